/** Files of the package, on every system: what is in it, and how its program is hardened. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { getRawHeader, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses'
import { expect, test } from 'vitest'

const dist = join(import.meta.dirname, '..', '..', 'dist')

/** The unpacked app of this system, as electron-builder names its folder, and the programs in it. */
function unpackedApp(): { readonly program: string; readonly resources: string } {
  const folder = readdirSync(dist).find((name) => /^(?:linux|win|mac)(?:-\w+)?(?:-unpacked)?$/.test(name)) ?? ''
  if (folder.startsWith('mac')) {
    const contents = join(dist, folder, 'ReMo.app', 'Contents')
    return { program: join(contents, 'MacOS', 'ReMo'), resources: join(contents, 'Resources') }
  }
  const program = folder.startsWith('win') ? 'ReMo.exe' : 'remo'
  return { program: join(dist, folder, program), resources: join(dist, folder, 'resources') }
}

const { program, resources } = unpackedApp()
const asar = join(resources, 'app.asar')
const files = (): string[] => listPackage(asar, { isPack: false }).map((path) => path.replaceAll('\\', '/'))

/** Bytes of a folder's files. */
function bytesOf(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  return names.map((path) => statSync(path)).reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0)
}

test('only production files are in the asar', () => {
  const types = /\.(?:map|ts|svelte|md|sh|ya?ml|test\.\w+)$/
  const folders = /\/(?:tests?|__tests__|docs|bench|scripts|src[^/]*)\//
  const isLicense = (path: string) => /\/licen[cs]e[^/]*$/i.test(path)
  expect(files().filter((path) => (types.test(path) || folders.test(path)) && !isLicense(path))).toEqual([])
  const top = files().filter((path) => path.lastIndexOf('/') === 0)
  expect(top.sort()).toEqual(['/node_modules', '/out', '/package.json'])
  const modules = files().filter((path) => /^\/node_modules\/[^/]+$/.test(path))
  expect(modules.sort()).toEqual(['/node_modules/better-sqlite3', '/node_modules/keytar'])
})

test('our own part is smaller than 25 MB', () => {
  const [packed, unpacked] = [statSync(asar).size, bytesOf(`${asar}.unpacked`)]
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  process.stdout.write(`app.asar ${megabytes(packed)}, native modules beside it ${megabytes(unpacked)}\n`)
  expect(packed + unpacked).toBeLessThan(25e6)
})

test('every file in the asar has its hash in the header', () => {
  const isHashed = (node: unknown): boolean => {
    const {
      files: inside,
      integrity,
      link,
    } = node as {
      files?: Record<string, unknown>
      integrity?: { algorithm: string }
      link?: string
    }
    if (inside) return Object.values(inside).every(isHashed)
    return link !== undefined || integrity?.algorithm === 'SHA256'
  }
  expect(isHashed(getRawHeader(asar).header)).toBe(true)
})

test('no other app lies beside the asar, which would run instead of it', () => {
  expect(existsSync(join(resources, 'app'))).toBe(false)
  expect(existsSync(join(resources, 'default_app.asar'))).toBe(false)
})

test('the fuses in the program forbid to run other code with it', async () => {
  const wire = await getCurrentFuseWire(program)
  expect(wire.version).toBe(FuseVersion.V1)
  const states = Object.fromEntries(
    [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ].map((option) => [FuseV1Options[option], wire[option] === FuseState.ENABLE]),
  )
  expect(states).toEqual({
    RunAsNode: false,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    EnableCookieEncryption: true,
    EnableEmbeddedAsarIntegrityValidation: true,
    OnlyLoadAppFromAsar: true,
    GrantFileProtocolExtraPrivileges: false,
  })
})
