/**
 * Runs a program as the user `anna` of a made-up computer: with a home folder, an empty network and host names of its
 * own. Pictures then show nothing of the computer that takes them, and every port is free. Namespaces of Linux do this
 * for any user, and leave nothing behind.
 */
import { cachePath } from '../bootstrap/cache.mjs'
import { runInForeground, runQuietly } from '../bootstrap/run-command.mjs'
import { UserError } from '../bootstrap/console-output.mjs'

const user = 'anna'
const uid = 1000

/** Names that resolve to this computer, so that pictures show addresses as a company has them. */
export const madeUpHosts = {
  kafka: 'kafka-1.example.com',
  staging: 'kafka.staging.example.com',
  backend: 'remo.example.com',
} as const

/**
 * Files and folders of the system stay under their paths, those of this user included: the working folder is still the
 * old /home, and its folders appear in the new one.
 */
const setUp = `
ip link set lo up
from=$PWD
cd /home
mount -t tmpfs tmpfs /home
for folder in *; do
  [ -d "$folder" ] || continue
  mkdir "/home/$folder"
  mount --no-canonicalize --rbind "./$folder" "/home/$folder"
done
cd "$from"
mkdir -p /home/${user} /home/.system
echo '${user}:x:${uid}:${uid}::/home/${user}:/bin/sh' >/home/.system/passwd
mount --bind /home/.system/passwd /etc/passwd
echo '127.0.0.1 localhost ${Object.values(madeUpHosts).join(' ')}' >/home/.system/hosts
mount --bind /home/.system/hosts /etc/hosts
`

const outer = ['--user', '--map-root-user', '--mount', '--net']
const inner = ['--user', `--map-user=${uid}`, `--map-group=${uid}`]

/** @throws UserError if this system does not allow such a computer */
export async function requireMadeUpComputer(): Promise<void> {
  if (process.platform !== 'linux') throw new UserError('npm run screenshots requires Linux: it uses namespaces.')
  const { ok, output } = await runQuietly('unshare', [
    ...outer,
    'sh',
    '-ec',
    `${setUp}\nexec unshare ${inner.join(' ')} true`,
  ])
  if (!ok)
    throw new UserError(`npm run screenshots requires user namespaces, which this system refuses: ${output.trim()}`)
}

/**
 * @param args of Node
 * @returns the program's exit code
 */
export function runOnMadeUpComputer(args: readonly string[]): Promise<number> {
  return runInForeground('unshare', unshareArgs(args))
}

/** Arguments of `unshare` that run Node with `args` there. */
export function unshareArgs(args: readonly string[]): string[] {
  // kafkajs sets a timer in the past once per process (tulios/kafkajs#1751): a harmless warning
  const command = [process.execPath, '--disable-warning=TimeoutNegativeWarning', ...args].map(quoted).join(' ')
  const script = `${setUp}\nexec unshare ${inner.join(' ')} env -i ${environment().map(quoted).join(' ')} ${command}`
  return [...outer, 'sh', '-ec', script]
}

/** Nothing of this user's session. The time zone is one with a name that everybody knows. */
function environment(): string[] {
  const passed = ['PATH', 'JAVA_HOME', 'ELECTRON_OVERRIDE_DIST_PATH', 'ELECTRON_EXEC_PATH']
  return [
    ...passed.flatMap((name) => (process.env[name] === undefined ? [] : [`${name}=${process.env[name]}`])),
    `REMO_CACHE_DIR=${cachePath()}`,
    `HOME=/home/${user}`,
    `USER=${user}`,
    `XDG_RUNTIME_DIR=/home/${user}`,
    'LANG=C.UTF-8',
    'TZ=Europe/Berlin',
  ]
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
