import { execFile } from 'node:child_process'

const service = 'org.kde.StatusNotifierWatcher'
const path = '/StatusNotifierWatcher'
const get = 'org.freedesktop.DBus.Properties.Get'
const property = 'IsStatusNotifierHostRegistered'

/** Programs that query the session bus; a desktop has one of them. */
const queryCommands: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['gdbus', ['call', '--session', '--dest', service, '--object-path', path, '--method', get, service, property]],
  [
    'dbus-send',
    ['--session', '--print-reply', `--dest=${service}`, path, get, `string:${service}`, `string:${property}`],
  ],
]

/**
 * Whether the desktop shows tray icons. Windows and macOS always do. On Linux a host on the session bus does, and some
 * desktops (plain GNOME) have none. Queried each time, because desktop extensions change. No response within a second
 * counts as no.
 */
export async function hasTrayHost(platform: NodeJS.Platform): Promise<boolean> {
  if (platform !== 'linux') return true
  for (const [program, args] of queryCommands) {
    const answer = await queryBus(program, args)
    if (answer !== undefined) return /\btrue\b/.test(answer)
  }
  return false
}

/** The program's output; '' if it failed, `undefined` if it is not installed. */
function queryBus(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 1000 }, (error, stdout) => {
      if (!error) resolve(stdout)
      else resolve((error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '')
    })
  })
}
