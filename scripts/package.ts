/** `npm run package [-- --target <name>]`: builds the console and the packages that this system can make, into dist/. */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Arch, build, Platform } from 'electron-builder'
import config from '../electron-builder.config.ts'
import { printLine, runMain, secondsSince, UserError } from './bootstrap/console-output.mjs'
import { ensureBuild } from './console/build.ts'
import { buildDebianPackage } from './package/debian-package.ts'
import { drawIcons } from './package/icons.ts'
import { stageApp } from './package/staged-app.ts'
import { packageOptions } from './package/targets.ts'
import type { PackageOptions, Target } from './package/targets.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

await runMain(async () => {
  const options = packageOptions(process.argv.slice(2), process.platform)
  await ensureBuild()
  stageApp(root, process.platform)
  const icons = await drawIcons(root)
  const targets = process.platform === 'linux' ? (['dir', ...options.targets] as const) : options.targets
  for (const target of new Set<Target>(targets)) {
    const begin = Date.now()
    const files = await made(target, { icons, options })
    for (const file of files) printLine(`${relative(root, file)}, ${megabytes(file)} (${secondsSince(begin)})`)
  }
  printLine(`of our own in the package: ${megabytes(join(resources(), 'app.asar'))} in app.asar`)
})

interface MakeDeps {
  readonly icons: string
  readonly options: PackageOptions
}

/** @returns the files that it wrote */
async function made(target: Target, { icons, options }: MakeDeps): Promise<readonly string[]> {
  if (target === 'deb') return [await debianPackage(icons, options)]
  try {
    const files = await build({
      targets: targetMap(target),
      projectDir: root,
      publish: 'never',
      // Linux: all packages have the app that the first target left.
      prepackaged: process.platform === 'linux' && target !== 'dir' ? unpackedFolder() : null,
      config: builderConfig(),
    })
    return files.filter((file) => statSync(file).isFile() && !file.endsWith('.blockmap') && !file.endsWith('.yml'))
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    if (options.named || target === 'dir') throw new UserError(`${target} could not be made: ${reason}`)
    printLine(`left out: ${target} (${reason})`)
    return []
  }
}

interface PackageFacts {
  readonly version: string
  readonly author: string
  readonly homepage: string
}

function debianPackage(icons: string, { compression }: PackageOptions): Promise<string> {
  const facts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageFacts
  const { version, author: maintainer, homepage } = facts
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const unpacked = unpackedFolder()
  // dpkg-deb gives it to everything that is newer, so that the package of a commit always has the same bytes.
  process.env['SOURCE_DATE_EPOCH'] ??= String(Math.floor(commitTime() / 1000))
  return buildDebianPackage({
    ...{ root, unpacked, icons, compression },
    ...{ version, maintainer, homepage, arch, at: commitTime() },
  })
}

/** Electron of this start, where there is no other: see scripts/bootstrap/electron.mjs. */
function builderConfig(): typeof config {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (process.platform !== 'linux' || dist === undefined) return config
  const electronVersion = readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
  return { ...config, electronDist: dist, electronVersion }
}

function targetMap(target: Target): Map<Platform, Map<Arch, string[]>> {
  if (process.platform === 'darwin') return Platform.MAC.createTarget(target, Arch.universal)
  if (process.platform === 'win32') return Platform.WINDOWS.createTarget(target, Arch.x64)
  return Platform.LINUX.createTarget(target, process.arch === 'arm64' ? Arch.arm64 : Arch.x64)
}

function unpackedFolder(): string {
  if (process.platform === 'win32') return join(dist, 'win-unpacked')
  if (process.platform === 'darwin') return join(dist, 'mac-universal', 'ReMo.app', 'Contents')
  return join(dist, process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked')
}

function resources(): string {
  return join(unpackedFolder(), process.platform === 'darwin' ? 'Resources' : 'resources')
}

/** Packages of one commit have the same times in them. */
function commitTime(): number {
  const fixed = Number(process.env['SOURCE_DATE_EPOCH'])
  if (fixed > 0) return fixed * 1000
  try {
    return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' })) * 1000
  } catch {
    return Date.now() // a copy without Git
  }
}

function megabytes(file: string): string {
  return `${(statSync(file).size / 1e6).toFixed(1)} MB`
}
