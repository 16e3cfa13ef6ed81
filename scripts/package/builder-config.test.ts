import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import config from '../../electron-builder.config.ts'
import { appId, linkScheme } from '../../src-main/main/app/app-identity.ts'
import { macSigning } from './mac-signing.ts'

const root = join(import.meta.dirname, '..', '..')
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')

test('the package and the running app have the same id and scheme', () => {
  expect(config.appId).toBe(appId)
  expect(config.protocols).toEqual([{ name: 'ReMo', schemes: [linkScheme] }])
})

test('nobody can run other code with the program', () => {
  expect(config.electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  })
})

test('Windows installs it for one user without an administrator, keeps data, and gives it a shortcut with its id', () => {
  expect(config.nsis).toMatchObject({ oneClick: true, perMachine: false, deleteAppDataOnUninstall: false })
  expect(config.nsis).toMatchObject({ createStartMenuShortcut: true, include: 'packaging/win/installer.nsh' })
})

test('on Windows the installer registers links, and removes them and the start on login', () => {
  const installer = textOf('packaging/win/installer.nsh')
  const part = (name: string) => new RegExp(`!macro ${name}\\n([^]*?)!macroend`).exec(installer)?.[1] ?? ''
  const classes = `HKCU "Software\\Classes\\${linkScheme}`
  expect(part('customInstall')).toContain(`WriteRegStr ${classes}\\shell\\open\\command"`)
  expect(part('customUnInstall')).toContain(`DeleteRegKey ${classes}"`)
  expect(part('customUnInstall')).toContain('CurrentVersion\\Run" "${APP_ID}"')
  expect(installer, 'needs no administrator').not.toMatch(/HKLM|HKCR/)
})

test('macOS gets one app for both processors, with no more rights than V8 needs', () => {
  expect(config.mac).toMatchObject({
    target: [
      { target: 'dmg', arch: 'universal' },
      { target: 'zip', arch: 'universal' },
    ],
  })
  const path = 'packaging/mac/entitlements.plist'
  expect(config.mac).toMatchObject({ entitlements: path, entitlementsInherit: path })
  const keys = [...textOf(path).matchAll(/<key>(.*)<\/key>/g)].map(([, key]) => key)
  expect(keys).toEqual(['com.apple.security.cs.allow-jit'])
})

test('with a certificate macOS gets a hardened runtime, without one a signature all the same', () => {
  expect(macSigning({ CSC_LINK: '/certificate.p12' })).toEqual({ hardenedRuntime: true })
  expect(macSigning({ CSC_NAME: 'Example Ltd' })).toEqual({ hardenedRuntime: true })
  expect(macSigning({ CSC_LINK: '' })).toEqual({ identity: '-', hardenedRuntime: false })
})
