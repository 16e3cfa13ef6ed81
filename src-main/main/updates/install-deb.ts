import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { byCommand } from '#shared/update/installation.ts'
import { UpdateFailure } from './update-failure.ts'

const pkexec = '/usr/bin/pkexec'

/**
 * Installs a package as root. It copies the file to where only root can write, and checks the copy: the file in the
 * user's folder could change between check and installation. apt-get installs what the package needs, and removes
 * nothing. Arguments: file, SHA-512 in hexadecimal.
 */
const script = `set -eu
umask 022
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
cp -- "$1" "$dir/remo.deb"
echo "$2  $dir/remo.deb" | sha512sum --check --status || exit 65
export DEBIAN_FRONTEND=noninteractive
if command -v apt-get >/dev/null; then
  apt-get install --yes --no-remove --no-install-recommends -o DPkg::Lock::Timeout=60 \\
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$dir/remo.deb"
else
  dpkg --install "$dir/remo.deb"
fi`

/** Exit codes of pkexec (its manual), and the one of the script. */
const dismissed = 126
const notAuthorized = 127
const changed = 65

/** Whether this computer can ask for a password. */
export function canAskPassword(): boolean {
  try {
    accessSync(pkexec, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export interface RunResult {
  readonly code: number
  readonly stderr: string
}

/** Runs a program, and waits for its end. */
export type Run = (program: string, args: readonly string[]) => Promise<RunResult>

const run: Run = (program, args) =>
  new Promise((resolve) => {
    execFile(program, [...args], { env: plainEnvironment(), maxBuffer: 16 * 1024 ** 2 }, (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : notAuthorized, stderr })
    })
  })

/** Without the variables of an AppImage or of Electron. pkexec passes on none to root. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _, LD_LIBRARY_PATH: __, LD_PRELOAD: ___, ...env } = process.env
  return { ...env, LC_ALL: 'C.UTF-8' }
}

/**
 * Installs a .deb after the system has asked for a password. ReMo watches on meanwhile.
 * @param sha512 of the file, base64
 * @throws UpdateFailure if the operator declined, or the system could not install it
 */
export async function installDeb(file: string, sha512: string, runProgram: Run = run): Promise<void> {
  const hex = Buffer.from(sha512, 'base64').toString('hex')
  const args = ['--disable-internal-agent', '/bin/sh', '-c', script, 'remo-update', file, hex]
  const { code, stderr } = await runProgram(pkexec, args)
  if (code !== 0) throw failureOf(code, stderr.trim(), file)
}

function failureOf(code: number, stderr: string, file: string): UpdateFailure {
  const cause = new Error(`exit code ${code}: ${stderr}`)
  if (code === dismissed) return new UpdateFailure('The password was not given. Nothing was installed.', { cause })
  if (code === notAuthorized) {
    const why = 'This session has nothing that could ask for the password, or you may not install packages.'
    return new UpdateFailure(`${why} Nothing was installed.`, { cause, way: byCommand('deb', file, why) })
  }
  if (code === changed)
    return new UpdateFailure(
      'The downloaded file has changed since it was checked. Nothing was installed. Check again.',
      {
        cause,
      },
    )
  const last = stderr.split('\n').at(-1) ?? ''
  const why = `The system did not install the package${last === '' ? '' : `: ${last.replace(/^E:\s*/, '')}`}`
  return new UpdateFailure(/[.!?]$/.test(why) ? why : `${why}.`, {
    cause,
    way: byCommand('deb', file, 'The command shows what is wrong.'),
  })
}
