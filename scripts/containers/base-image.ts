import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { cachePath } from '../bootstrap/cache.mjs'
import { reasonIn, runQuietly } from '../bootstrap/run-command.mjs'
import { UserError } from '../bootstrap/console-output.mjs'
import type { ContainerEngine } from './container-engine.ts'

/**
 * Debian 12 without manuals, from this machine's mirror, as an image. It keeps apt's lists, so that images on top of it
 * need no `apt-get update`. It has the machine's certificates: npm requires them behind a proxy with its own CA.
 */
export async function importBase(engine: ContainerEngine, image: string): Promise<void> {
  const files = cachePath('engine-contexts', 'base.tar')
  mkdirSync(dirname(files), { recursive: true })
  await runOrFail('mmdebstrap', [...options(), 'bookworm', files, ...sources(await debianMirror())])
  await runOrFail('docker', ['import', '--change', 'LABEL remo.standin=true', files, image], engine.env)
  rmSync(files)
}

async function runOrFail(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
  const { ok, output } = await runQuietly(command, args, env ? { env } : {})
  if (!ok) throw new UserError(`Building the substitute for the Debian image failed: ${reasonIn(output)}`)
}

async function debianMirror(): Promise<string> {
  const targets = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']
  const { output } = await runQuietly('apt-get', targets)
  const mirror = output.split('\n').find((uri) => /\/debian\/?$/.test(uri))
  if (!mirror)
    throw new UserError('The substitutes need Debian packages, but the apt sources here list no Debian mirror.')
  return mirror.replace(/\/$/, '')
}

function sources(mirror: string): string[] {
  return [`${mirror} bookworm`, `${mirror} bookworm-updates`, `${mirror}-security bookworm-security`].map(
    (source) => `deb ${source} main`,
  )
}

function options(): string[] {
  const certificates = process.env['NODE_EXTRA_CA_CERTS'] ?? '/etc/ssl/certs/ca-certificates.crt'
  const copy = `upload "${realpathSync(certificates)}" /etc/ssl/certs/ca-certificates.crt`
  const without = ['man', 'doc', 'info', 'locale'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`)
  return [
    '--quiet',
    '--variant=apt',
    '--include=ca-certificates,netbase,tzdata',
    '--aptopt=Acquire::Languages "none"',
    // like the official image: installed packages need no package files
    '--aptopt=DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; }',
    '--skip=cleanup/apt/lists',
    ...without,
    ...(existsSync(certificates) ? [`--customize-hook=${copy}`] : []),
  ]
}
