import { expect, test } from 'vitest'
import { bundleOf, ownSignature, readCodesign } from './code-signature.ts'
import type { SignatureDeps } from './code-signature.ts'

const bundle = '/Applications/ReMo.app'
const head = `Executable=${bundle}/Contents/MacOS/ReMo\nIdentifier=app.remo.console\nFormat=app bundle with Mach-O universal (x86_64 arm64)`
const developerId = `${head}
CodeDirectory v=20500 size=422 flags=0x10000(runtime) hashes=3+7 location=embedded
Signature size=9046
Authority=Developer ID Application: Example Ltd (A1B2C3D4E5)
Authority=Developer ID Certification Authority
Authority=Apple Root CA
Timestamp=1 Dec 2026 at 10:00:00
Info.plist entries=31
TeamIdentifier=A1B2C3D4E5
Runtime Version=15.2.0
Sealed Resources version=2 rules=13 files=9
Internal requirements count=1 size=180
`
const adHoc = `${head}
CodeDirectory v=20400 size=309 flags=0x2(adhoc) hashes=3+3 location=embedded
Signature=adhoc
Info.plist entries=31
TeamIdentifier=not set
Sealed Resources version=2 rules=13 files=9
Internal requirements count=0 size=12
`
/** What the linker signs on Apple silicon, before anybody signs the app. */
const byLinker = `${head}
CodeDirectory v=20400 size=1234 flags=0x20002(adhoc,linker-signed) hashes=36+0 location=embedded
Signature=adhoc
Info.plist=not bound
TeamIdentifier=not set
Sealed Resources=none
Internal requirements=none
`

test.for([
  ['a certificate of Apple', true, developerId, 'certificate'],
  ['a certificate of an organization', true, `${head}\nSignature size=1781\nAuthority=Example\n`, 'certificate'],
  ['an ad hoc signature', true, adHoc, 'ad-hoc'],
  ['the signature of a linker', true, byLinker, 'ad-hoc'],
  ['no signature', false, `${bundle}: code object is not signed at all\n`, 'none'],
  ['a bundle that is gone', false, `${bundle}: No such file or directory\n`, 'unknown'],
  ['a codesign that does not start', false, '', 'unknown'],
  ['an answer in other words', true, head, 'unknown'],
] as const)('%s is recognized', ([, ok, output, signature]) => {
  expect(readCodesign({ ok, output })).toBe(signature)
})

test('the app is found from its program, also below a folder that is called like an app', () => {
  expect(bundleOf(`${bundle}/Contents/MacOS/ReMo`)).toBe(bundle)
  expect(bundleOf('/Users/ada/my.app/ReMo.app/Contents/MacOS/ReMo')).toBe('/Users/ada/my.app/ReMo.app')
  expect(bundleOf('/usr/local/bin/electron')).toBeUndefined()
})

const asked: string[] = []
const deps: SignatureDeps = {
  platform: 'darwin',
  isPackaged: true,
  execPath: `${bundle}/Contents/MacOS/ReMo`,
  codesign: (path) => {
    asked.push(path)
    return Promise.resolve({ ok: true, output: adHoc })
  },
}

test('only an installed app of macOS asks for its signature', async () => {
  expect(await ownSignature(deps)).toBe('ad-hoc')
  expect(asked.splice(0)).toEqual([bundle])
  expect(await ownSignature({ ...deps, isPackaged: false })).toBe('unknown')
  expect(await ownSignature({ ...deps, platform: 'linux' })).toBe('unknown')
  expect(await ownSignature({ ...deps, execPath: '/usr/bin/remo' })).toBe('unknown')
  expect(asked).toEqual([])
})
