import { expect, test } from 'vitest'
import { pageOptions } from './page-security.ts'

test('the page is sandboxed, isolated and has no Node', () => {
  expect(pageOptions('/app/preload.cjs')).toMatchObject({
    preload: '/app/preload.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
  })
})
