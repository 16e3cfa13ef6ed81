import { createHash, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createPackage } from '@electron/asar'
import updaterProvider from 'electron-updater/out/providers/Provider.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { checkFeedSignature, readFeedKey } from '../../src-shared/update/feed-signature.ts'
import { UpdateManifest } from '../../src-shared/update/update-manifest.ts'
import { UserError } from '../bootstrap/console-output.mjs'
import { makeFiles } from './make-files.ts'
import { packagesIn, releasePackage } from './packages.ts'
import { sbomProblems } from './sbom-schema.ts'
import { feedKeyOf, manifestName, publicKeyOf } from './update-manifest.ts'

const root = resolve('.')
const version = '0.2.0'
const debName = 'remo_0.2.0_amd64.deb'
const deb = Buffer.from('the bytes of a package')
const notes = 'Packages:\n\n- "quoted": yes\n- 2026-11-29'
const mit = { title: 'LICENSE', text: 'Permission is hereby granted\n' }
const { privateKey } = generateKeyPairSync('ed25519')
const runtime = {
  electron: '33.2.1',
  chrome: '130.0.6723.137',
  node: '20.18.1',
  zlib: '1.3.0.1-motley',
  modules: '130',
}
const inApp = {
  main: [
    { name: 'SQLite', version: '3.54.1', license: 'blessing', texts: [mit], note: 'Public domain.' },
    { name: '@noble/hashes', version: '2.4.0', license: 'MIT', texts: [mit] },
    { name: 'better-sqlite3', version: '13.2.0', license: 'MIT', texts: [mit] },
    { name: 'electron', version: '45.4.1', license: 'MIT', texts: [mit] },
    { name: 'keytar', version: '7.9.0', license: 'MIT', texts: [mit] },
    { name: 'node-addon-api', version: '8.9.2', license: 'MIT', texts: [mit] },
    { name: 'zod', version: '4.6.7', license: 'MIT', texts: [mit] },
  ],
  renderer: [
    { name: 'zod', version: '4.6.7', license: 'MIT', texts: [mit] },
    { name: 'svelte-toolbelt', version: '0.10.7', license: 'MIT', texts: [mit], note: 'By its file.' },
    { name: 'runed', version: '0.35.1', license: 'MIT OR Apache-2.0', texts: [mit] },
  ],
}

let folder: string
let dist: string
beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  folder = mkdtempSync(join(tmpdir(), 'remo-release-'))
  dist = join(folder, 'dist')
  const app = join(folder, 'app')
  for (const [bundle, list] of Object.entries(inApp))
    write(join(app, 'out', bundle, 'licenses.json'), JSON.stringify(list))
  write(join(app, 'node_modules', 'better-sqlite3', 'package.json'), '{}')
  mkdirSync(join(dist, 'linux-unpacked', 'resources'), { recursive: true })
  await createPackage(app, join(dist, 'linux-unpacked', 'resources', 'app.asar'))
})
afterAll(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => write(join(dist, debName), deb))

function write(path: string, content: string | Buffer): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
}

function make(feedKey?: KeyObject): Promise<string[]> {
  const commit = '0123456789abcdef'
  return makeFiles({ root, dist, version, commit, atSeconds: 1_796_000_000, notes, runtime, feedKey })
}

const read = (name: string): string => readFileSync(join(dist, name), 'utf8')
const manifest = manifestName('linux')

interface Bom {
  readonly metadata: { readonly timestamp: string; readonly component: { readonly version: string } }
  readonly components: ReadonlyArray<{
    readonly name: string
    readonly version?: string
    readonly purl: string
    readonly licenses: unknown
    readonly hashes?: ReadonlyArray<{ readonly alg: string; readonly content: string }>
    readonly components?: Bom['components']
  }>
  readonly dependencies: ReadonlyArray<{ readonly ref: string; readonly dependsOn?: readonly string[] }>
}

function billIn(files: readonly string[]): { text: string; bom: Bom } {
  const text = read(files.find((name) => name.endsWith('.cdx.json')) ?? '')
  return { text, bom: JSON.parse(text) as Bom }
}

describe('a release', () => {
  test('has checksums of all its files, also of the package', async () => {
    const files = await make()
    const sums = read('SHA256SUMS').trimEnd().split('\n')
    expect(sums).toContain(`${createHash('sha256').update(deb).digest('hex')}  ${debName}`)
    const listed = sums.map((line) => line.split('  ')).map(([sum = '', name = '']) => ({ sum, name }))
    expect([...listed.map(({ name }) => name), 'SHA256SUMS'].sort()).toEqual(files)
    for (const { sum, name } of listed)
      expect(
        createHash('sha256')
          .update(readFileSync(join(dist, name)))
          .digest('hex'),
        name,
      ).toBe(sum)
  })

  test('has the same files in a second run', async () => {
    const files = await make(privateKey)
    const first = files.map(read)
    expect(await make(privateKey)).toEqual(files)
    expect(files.map(read)).toEqual(first)
  })

  test('has an update manifest that electron-updater and ReMo read', async () => {
    await make()
    const text = read(manifest)
    const { parseUpdateInfo, resolveFiles } = updaterProvider
    const info = parseUpdateInfo(text, manifest, new URL('https://feed.example/remo/latest.yml'))
    const sha512 = createHash('sha512').update(deb).digest('base64')
    expect(info).toEqual({
      version,
      files: [{ url: debName, sha512, size: deb.length }],
      path: debName,
      sha512,
      releaseDate: '2026-11-30T00:53:20.000Z',
      releaseNotes: notes,
    })
    const [file] = resolveFiles(info, new URL('https://feed.example/remo/'))
    expect(file?.url.href).toBe(`https://feed.example/remo/${debName}`)
    expect(UpdateManifest.parse(info).files).toEqual(info.files)
  })

  test('has a signature that consoles accept, and none of an earlier run', async () => {
    await make(privateKey)
    const signed = { manifest: readFileSync(join(dist, manifest)), signature: read(`${manifest}.sig`) }
    const key = readFeedKey(publicKeyOf(privateKey)) ?? ''
    const crypto = {
      verify: (message: Uint8Array, { signature, key: spki }: { signature: string; key: string }) =>
        verify(
          null,
          message,
          { key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' },
          Buffer.from(signature, 'base64'),
        ),
    }
    expect(checkFeedSignature({ ...signed, key }, crypto)).toBe('ok')
    const changed = Buffer.from(signed.manifest.toString().replace('0.2.0', '0.2.1'))
    expect(checkFeedSignature({ ...signed, manifest: changed, key }, crypto)).toBe('wrong')
    expect(await make()).not.toContain(`${manifest}.sig`)
    expect(() => read(`${manifest}.sig`)).toThrow('ENOENT')
  })

  test('has the texts of all licenses, with what is said about them', async () => {
    await make()
    const text = read('THIRD-PARTY-LICENSES.txt')
    expect(text).toContain('  zod 4.6.7: MIT\n')
    expect(text).toContain('svelte-toolbelt 0.10.7\nLicense: MIT\nNote: By its file.\n')
    expect(text).toContain('electron 33.2.1')
    expect(text.match(/Permission is hereby granted/g)?.length).toBe(8)
  })

  test('requires a package of its version', async () => {
    rmSync(join(dist, debName))
    write(join(dist, 'remo_0.1.9_amd64.deb'), deb)
    await expect(make()).rejects.toThrow(UserError)
  })
})

describe('the bill of materials', () => {
  test('is valid CycloneDX 1.6', async () => {
    const { text } = billIn(await make())
    expect(text).toContain('"specVersion": "1.6"')
    expect(sbomProblems(text)).toEqual([])
    expect(sbomProblems(text.replace('"type": "application"', '"type": "toy"')).length).toBeGreaterThan(0)
    expect(sbomProblems(text.replace('"id": "blessing"', '"id": "NONE-1.0"')).length).toBeGreaterThan(0)
  })

  test('has what is in the archive, and not what it lacks', async () => {
    const { bom } = billIn(await make())
    expect(bom.components.map(({ purl }) => purl).sort()).toEqual([
      'pkg:generic/sqlite@3.54.1',
      'pkg:npm/%40noble/hashes@2.4.0',
      'pkg:npm/better-sqlite3@13.2.0',
      'pkg:npm/electron@33.2.1',
      'pkg:npm/node-addon-api@8.9.2',
      'pkg:npm/runed@0.35.1',
      'pkg:npm/svelte-toolbelt@0.10.7',
      'pkg:npm/zod@4.6.7',
    ])
    expect(bom.metadata).toMatchObject({ timestamp: '2026-11-30T00:53:20.000Z', component: { version } })
  })

  test('has versions, licenses, hashes of the lockfile, and what is in Electron', async () => {
    const { bom } = billIn(await make())
    const find = (name: string) => bom.components.find((one) => one.name === name)
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { integrity: string }>
    }
    const integrity = lock.packages['node_modules/zod']?.integrity.replace('sha512-', '') ?? ''
    expect(find('zod')?.hashes).toEqual([{ alg: 'SHA-512', content: Buffer.from(integrity, 'base64').toString('hex') }])
    expect(find('SQLite')?.licenses).toEqual([{ license: { id: 'blessing' } }])
    expect(find('runed')?.licenses).toEqual([{ expression: 'MIT OR Apache-2.0' }])
    const electron = find('electron')
    expect(electron?.hashes, 'another runtime than the one that the checksums are of').toBeUndefined()
    expect(electron?.components?.map(({ name, version: own }) => `${name} ${own ?? '?'}`)).toEqual([
      'Chromium 130.0.6723.137',
      'FFmpeg ?',
      'Node.js 20.18.1',
      'zlib 1.3.0.1-motley',
    ])
  })

  test('says what needs what', async () => {
    const { bom } = billIn(await make())
    const needs = (ref: string) => bom.dependencies.find((one) => one.ref === ref)?.dependsOn
    expect(needs('pkg:npm/better-sqlite3@13.2.0')).toEqual([
      'pkg:generic/sqlite@3.54.1',
      'pkg:npm/node-addon-api@8.9.2',
    ])
    expect(needs('pkg:npm/svelte-toolbelt@0.10.7')).toEqual(['pkg:npm/runed@0.35.1'])
    expect(needs('pkg:generic/remo@0.2.0')).toEqual([
      'pkg:npm/%40noble/hashes@2.4.0',
      'pkg:npm/better-sqlite3@13.2.0',
      'pkg:npm/electron@33.2.1',
      'pkg:npm/svelte-toolbelt@0.10.7',
      'pkg:npm/zod@4.6.7',
    ])
  })
})

describe('packages', () => {
  test.each([
    ['remo_0.2.0_amd64.deb', 'linux'],
    ['ReMo-0.2.0.AppImage', 'linux'],
    ['remo-0.2.0.x86_64.rpm', 'linux'],
    ['ReMo Setup 0.2.0.exe', 'windows'],
    ['ReMo-0.2.0-universal.dmg', 'mac'],
    ['ReMo-0.2.0-universal-mac.zip', 'mac'],
    ['remo_0.1.0_amd64.deb', undefined],
    ['remo_10.2.0_amd64.deb', undefined],
    ['remo_0.2.01_amd64.deb', undefined],
    ['remo_0.2.0~rc.1_amd64.deb', undefined],
    ['ReMo-0.2.0-rc.1.AppImage', undefined],
    ['ReMo-0.2.0.AppImage.blockmap', undefined],
    ['remo-0.2.0-linux-x64.cdx.json', undefined],
  ])('%s is a package of 0.2.0 for %s', (name, system) => {
    expect(releasePackage(name, '0.2.0')?.system).toBe(system)
  })

  test('of a prerelease are found by both ways to write it', () => {
    expect(releasePackage('remo_0.3.0~rc.1_amd64.deb', '0.3.0-rc.1')?.system).toBe('linux')
    expect(releasePackage('ReMo-0.3.0-rc.1.AppImage', '0.3.0-rc.1')?.system).toBe('linux')
    expect(releasePackage('ReMo-0.3.0-rc.10.AppImage', '0.3.0-rc.1')).toBeUndefined()
  })

  test('are files, not folders', () => {
    mkdirSync(join(dist, 'other_0.2.0.deb'))
    expect(packagesIn(dist, '0.2.0').map(({ name }) => name)).toEqual([debName])
    rmSync(join(dist, 'other_0.2.0.deb'), { recursive: true })
  })

  test('have the manifest that electron-updater asks for', () => {
    expect([manifestName('linux', 'x64'), manifestName('linux', 'arm64')]).toEqual([
      'latest-linux.yml',
      'latest-linux-arm64.yml',
    ])
    expect([manifestName('windows'), manifestName('mac')]).toEqual(['latest.yml', 'latest-mac.yml'])
  })
})

describe('the key of the feed', () => {
  const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })

  test('may be encrypted', () => {
    expect(publicKeyOf(feedKeyOf(String(encrypted), 'secret'))).toBe(publicKeyOf(privateKey))
    expect(() => feedKeyOf(String(encrypted), undefined)).toThrow('set REMO_FEED_KEY_PASSPHRASE')
    expect(() => feedKeyOf(String(encrypted), 'wrong')).toThrow('The key of the feed cannot be read')
  })

  test('is refused if it is of another kind, public, or no key', () => {
    const { privateKey: rsa, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    expect(() => feedKeyOf(String(rsa.export({ type: 'pkcs8', format: 'pem' })), undefined)).toThrow(
      'must be an Ed25519',
    )
    expect(() => feedKeyOf(String(publicKey.export({ type: 'spki', format: 'pem' })), undefined)).toThrow(UserError)
    expect(() => feedKeyOf('-----BEGIN', undefined)).toThrow(UserError)
  })
})
