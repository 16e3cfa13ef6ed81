import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { extractFile, listPackage } from '@electron/asar'
import { z } from 'zod'
import { UserError } from '../bootstrap/console-output.mjs'
import { BundledPackage } from '../../src-shared/license/bundled-package.ts'

/** Where electron-builder leaves the unpacked app, by system. */
const archives = [
  'linux*-unpacked/resources/app.asar',
  'win*-unpacked/resources/app.asar',
  'mac*/*.app/Contents/Resources/app.asar',
]

/**
 * The archive of the packaged app, of which the packages were made.
 * @throws UserError if there is none
 */
export function appArchive(dist: string): string {
  const [found] = archives.flatMap((pattern) => globSync(pattern, { cwd: dist }).sort())
  if (found === undefined) throw new UserError('dist/ has no app. npm run package makes it.')
  return join(dist, found)
}

/**
 * Packages that are really in the app: those in the lists that the build wrote into it, without native modules that the
 * archive lacks. keytar is optional, so a build without it is possible.
 * @throws UserError if the archive has no list
 */
export function packagesInApp(archive: string): BundledPackage[] {
  const files = new Set(listPackage(archive, { isPack: false }).map((path) => path.replaceAll('\\', '/')))
  const lists = ['/out/main/licenses.json', '/out/renderer/licenses.json']
  const missing = lists.find((path) => !files.has(path))
  if (missing !== undefined) throw new UserError(`${archive} has no ${missing}: npm run package makes a new one.`)
  const all = lists.flatMap((path) =>
    z.array(BundledPackage).parse(JSON.parse(extractFile(archive, path.slice(1)).toString('utf8'))),
  )
  const unique = new Map(all.map((one) => [`${one.name} ${one.version}`, one]))
  const hasKeychain = files.has('/node_modules/keytar/package.json')
  return [...unique.values()]
    .filter(({ name }) => name !== 'keytar' || hasKeychain)
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
}

const RuntimeVersions = z.object({ electron: z.string(), chrome: z.string(), node: z.string() }).catchall(z.string())
/** `process.versions` of Electron. */
export type RuntimeVersions = z.infer<typeof RuntimeVersions>

/**
 * Versions in an Electron runtime, by asking it. The packaged program cannot be asked: its fuses do not allow that.
 * @throws UserError if it does not start
 */
export function runtimeVersions(executable: string | undefined): RuntimeVersions {
  if (executable === undefined || !existsSync(executable))
    throw new UserError('There is no Electron runtime. Use npm run release, which provides it.')
  const { status, stdout, stderr, error } = spawnSync(executable, ['-p', 'JSON.stringify(process.versions)'], {
    encoding: 'utf8',
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    timeout: 30_000,
  })
  if (status !== 0) throw new UserError(`${executable} does not start: ${(error?.message ?? stderr).trim()}.`)
  return RuntimeVersions.parse(JSON.parse(stdout))
}
