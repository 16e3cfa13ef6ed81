/**
 * A copy of this system that forgets: an overlay over the root of the file system, in a private mount namespace. What
 * dpkg installs, changes and removes in it never reaches the real system. Programs run in it as an ordinary user with
 * an empty home, in a process namespace that ends with them. The network is that of the machine.
 */
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printLine } from '../bootstrap/console-output.mjs'
import { reasonIn, runInForeground, runQuietly } from '../bootstrap/run-command.mjs'
import { asUser, canSwitchUser, environment, folders, idsOf, mounts, quoted, user, type Work } from './ordinary-user.ts'

/** Socket of the program that runs dpkg as root for the tests: root-commands.ts. */
const socket = '/run/remo-root-commands'
const namespace = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-ec'] as const

/** Not chroot: the kernel refuses user namespaces, and so Chromium's sandbox, in a changed root. */
const enter = 'mkdir -p mnt/before && pivot_root . mnt/before && cd / && umount --lazy mnt/before'

/** @returns why there can be none here: one sentence; `undefined` if there can */
export async function whyNoCleanRoot(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'Only Linux has a .deb.'
  if (process.getuid?.() !== 0) return 'Only root can install a package in a copy of the system.'
  if (!(await canSwitchUser())) return 'Root cannot mount or create users here.'
  const own = mkdtempSync(join(tmpdir(), 'remo-root-'))
  try {
    const check = [
      ...overlay(own),
      'mount -t proc proc proc',
      enter,
      // A system whose /usr or /var is a mount of its own is not in the overlay.
      '{ test -x /usr/bin/dpkg && test -s /var/lib/dpkg/status; } || { echo no dpkg; exit 1; }',
      `runuser -u ${user} -- unshare --user true`,
    ]
    const { ok, output } = await runQuietly('unshare', [...namespace, check.join('\n')])
    return ok ? undefined : `There can be no copy of this system to install it in (${reasonIn(output)}).`
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

/**
 * @param variables of the environment of the program
 * @returns its exit code
 */
export async function runInCleanRoot(
  { root, results, reportName, args }: Work,
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  printLine(`runs as the user ${user} in a copy of this system, with Chromium's sandbox`)
  const { uid, gid } = idsOf(user)
  const own = mkdtempSync(join(tmpdir(), 'remo-root-'))
  chmodSync(own, 0o755)
  for (const folder of ['home', 'results', 'runtime']) {
    mkdirSync(join(own, folder), { mode: 0o700 })
    chownSync(join(own, folder), uid, gid)
  }
  mkdirSync(join(own, 'tmp'))
  chmodSync(join(own, 'tmp'), 0o1777)
  const runtime = `/run/user/${uid}`
  const binds = [
    ...folders(root, join(own, 'results')),
    [join(own, 'home'), `/home/${user}`],
    [join(own, 'runtime'), runtime],
    // Last: `own` is below it.
    [join(own, 'tmp'), '/tmp'],
  ] as const
  const installer = `REMO_ROOT_COMMANDS=${socket}`
  const given = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const script = [
    ...overlay(own),
    'mount -t proc proc proc',
    ...['dev', 'sys'].map((name) => `mount --rbind /${name} ${name}`),
    ...binds.map(([from, to]) => `mkdir -p .${quoted(to)} && mount --bind ${quoted(from)} .${quoted(to)}`),
    enter,
    `cd ${mounts.checkout}`,
    `${installer} node scripts/test/root-commands.ts &`,
    asUser([...environment(runtime, reportName), installer, ...given], args),
  ]
  const path = [join(mounts.node, 'bin'), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
  try {
    return await runInForeground('unshare', [...namespace, script.join('\n')], { PATH: path.join(':') })
  } finally {
    cpSync(join(own, 'results'), results, { recursive: true })
    rmSync(own, { recursive: true, force: true })
  }
}

/** Lines of a shell script: mounts the copy in the folder, and enters it. Where `/` is an overlay itself, it needs memory. */
function overlay(own: string): readonly string[] {
  const layers = 'mkdir -p upper work root'
  const mount = 'mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root'
  return [
    `cd ${quoted(own)}`,
    `${layers} && { ${mount} 2>/dev/null || { mount -t tmpfs tmpfs . && cd ${quoted(own)} && ${layers} && ${mount}; }; }`,
    'cd root',
  ]
}
