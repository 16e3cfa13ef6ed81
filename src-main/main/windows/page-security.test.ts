import { expect, test } from 'vitest'
import { externalLink, isTrustedFrame, originOf, pageOptions } from './page-security.ts'

const ours = ['app://remo']
const frame = (url: string, parent: object | null = null): { url: string; parent: object | null } => ({ url, parent })

test('the app scheme has an origin, although it is opaque in the URL standard', () => {
  expect(originOf('app://remo/index.html#/alerts')).toBe('app://remo')
})

test('the top frame of the page is trusted', () => {
  expect(isTrustedFrame(frame('app://remo/index.html'), ours)).toBe(true)
})

test.each([
  ['a removed frame', null],
  ['a frame inside the page', frame('app://remo/index.html', {})],
  ['a host with the same beginning', frame('app://remo.evil/index.html')],
  ['the app name as user of another host', frame('app://remo@evil/index.html')],
  ['a page of the network', frame('https://remo/index.html')],
  ['a local file', frame('file:///app/remo/index.html')],
  ['an empty page', frame('about:blank')],
  ['a broken address', frame('::')],
])('%s is not trusted', (_, foreign) => {
  expect(isTrustedFrame(foreign, ours)).toBe(false)
})

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

test('documentation of Kafka opens', () => {
  expect(externalLink('https://kafka.apache.org/documentation/#topicconfigs')).toBe(
    'https://kafka.apache.org/documentation/#topicconfigs',
  )
})

test.each([
  'http://kafka.apache.org/',
  'https://kafka.apache.org.evil.example/',
  'https://evil.example/?kafka.apache.org',
  'https://kafka.apache.org@evil.example/',
  'https://user:secret@kafka.apache.org/',
  'https://kafka.apache.org:8443/',
  'file:///etc/passwd',
  'smb://server/share',
  '\\\\server\\share',
  'javascript:alert(1)',
  'ms-msdt:/id PCWDiagnostic',
  'remo://alert/1',
  'vscode://file/etc/passwd',
  '',
  'https://',
])('%j does not open', (address) => {
  expect(externalLink(address)).toBeUndefined()
})
