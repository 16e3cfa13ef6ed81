import { execFile } from 'node:child_process'

const service = 'org.kde.StatusNotifierWatcher'
const path = '/StatusNotifierWatcher'
const get = 'org.freedesktop.DBus.Properties.Get'
const property = 'IsStatusNotifierHostRegistered'

/** Programs that ask the session bus; a desktop has one of them. */
const queryCommands: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['gdbus', ['call', '--session', '--dest', service, '--object-path', path, '--method', get, service, property]],
  [
    'dbus-send',
    ['--session', '--print-reply', `--dest=${service}`, path, get, `string:${service}`, `string:${property}`],
  ],
]

/**
 * Whether somebody shows tray icons. Windows and macOS always do; on Linux it is a host at the session bus, and some
 * desktops (plain GNOME) have none: there a window that hides into the tray would be gone for good. Asked anew each
 * time, as extensions come and go. No answer within a second counts as no.
 */
export async function hasTrayHost(platform: NodeJS.Platform): Promise<boolean> {
  if (platform !== 'linux') return true
  for (const [program, args] of queryCommands) {
    const answer = await queryBus(program, args)
    if (answer !== undefined) return /\btrue\b/.test(answer)
  }
  return false
}

/** What the program printed; '' when it failed, `undefined` when it is not installed. */
function queryBus(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 1000 }, (error, stdout) => {
      if (!error) resolve(stdout)
      else resolve((error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '')
    })
  })
}
