import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** One native module of the app: only what it loads at run time. */
interface NativeModule {
  readonly name: string
  /** Binary that this repository compiled, for a runtime that the npm package has none for. */
  readonly compiled: string
}

const nativeModules: readonly NativeModule[] = [
  { name: 'better-sqlite3', compiled: 'build/Release/better_sqlite3.node' },
  { name: 'keytar', compiled: 'build/Release/keytar.node' },
]

/** The folder that electron-builder packs into the asar. */
export function stagedApp(root: string): string {
  return join(root, 'dist', 'app')
}

/**
 * Fills the folder with the built console and its native modules: no sources, tests, source maps, or modules of the
 * backend. Everything else is in the bundles.
 * @param platform of the package, as `process.platform`
 */
export function stageApp(root: string, platform: NodeJS.Platform): void {
  const target = stagedApp(root)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  cpSync(join(root, 'out'), join(target, 'out'), {
    recursive: true,
    filter: (path) => !path.endsWith('.map') && basename(path) !== '.built-from',
  })
  for (const module of nativeModules) stageModule({ root, target, platform }, module)
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(packageJson(root), null, 2)}\n`)
}

interface Stage {
  readonly root: string
  readonly target: string
  readonly platform: NodeJS.Platform
}

function stageModule({ root, target, platform }: Stage, { name, compiled }: NativeModule): void {
  const from = join(root, 'node_modules', name)
  const to = join(target, 'node_modules', name)
  // The keychain is optional: a console without it asks for the password at each start.
  if (name === 'keytar' && !existsSync(join(from, compiled))) return
  const licenses = readdirSync(from).filter((file) => /^(?:licen[cs]e|copying)/i.test(file))
  for (const file of ['package.json', 'lib', ...licenses]) cpSync(join(from, file), join(to, file), { recursive: true })
  for (const binary of binaries(from, { compiled, platform })) cpSync(join(from, binary), join(to, binary))
}

/** The compiled binary, else the prebuilt ones of this platform, for all its processors. */
function binaries(from: string, { compiled, platform }: { compiled: string; platform: NodeJS.Platform }): string[] {
  if (existsSync(join(from, compiled))) return [compiled]
  return readdirSync(join(from, 'prebuilds'))
    .filter((file) => file.startsWith(`${platform}-`))
    .map((file) => join('prebuilds', file))
}

/** What Electron and electron-builder read. electron-builder looks for the modules of `dependencies`. */
function packageJson(root: string): object {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>
  const { name, productName, version, description, license, author, homepage, type, main } = read('package.json')
  const staged = nativeModules.filter((module) => existsSync(join(stagedApp(root), 'node_modules', module.name)))
  const dependencies = Object.fromEntries(
    staged.map((module) => [module.name, read(join('node_modules', module.name, 'package.json'))['version']]),
  )
  const shown = { name, productName, version, description, license, author, homepage }
  // The desktop entry that the windows belong to.
  return { ...shown, type, main, desktopName: 'remo.desktop', dependencies }
}
