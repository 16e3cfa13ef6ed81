import { execFileSync } from 'node:child_process'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface DpkgAnswer {
  readonly code: number
  readonly output: string
}

/** Runs dpkg as root, in the copy of the system that the stage runs in: see scripts/test/root-commands.ts. */
export async function dpkg(...args: readonly string[]): Promise<DpkgAnswer> {
  const socketPath = process.env['REMO_ROOT_COMMANDS']
  if (socketPath === undefined) throw new Error('run these tests with `npm test package`, which provides dpkg')
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method: 'POST' }, (response) => {
      text(response).then((answer) => resolve(JSON.parse(answer) as DpkgAnswer), reject)
    })
    call.once('error', reject)
    call.end(JSON.stringify(args))
  })
}

/** Such as `0.2.0 installed`; empty if dpkg does not know the package. */
export function packageState(): string {
  try {
    const format = '${Version} ${db:Status-Status}'
    return execFileSync('dpkg-query', ['--show', '--showformat', format, 'remo'], { encoding: 'utf8', stdio: 'pipe' })
  } catch {
    return ''
  }
}

/** Installs the package of this version, unless it is installed. */
export async function requireInstalled(): Promise<void> {
  if (packageState() === `${packages.version} installed`) return
  const { code, output } = await dpkg('--install', packages.current)
  if (code !== 0) throw new Error(output)
}

/** The packages that scripts/test/run-package.ts made, and the version of the newer one. */
export const packages = {
  version: process.env['REMO_TEST_VERSION'] ?? '',
  current: process.env['REMO_TEST_PACKAGE'] ?? '',
  /** The same layout, as version 0.1.0. */
  before: process.env['REMO_TEST_PACKAGE_BEFORE'] ?? '',
}
