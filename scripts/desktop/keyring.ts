/** A real keychain (GNOME Keyring) on a session bus of our own, unlocked, with its files in a folder of ours. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StartedDaemon } from '../process/daemon.ts'
import { startDaemon } from '../process/daemon.ts'

export const keyringName = 'keyring' as const
/** The well-known name by which programs find it. */
export const keyringService = 'org.freedesktop.secrets'

/** Without a password on its input it would wait for one in a dialog that nobody sees. */
const unlocked = `exec gnome-keyring-daemon --foreground --unlock --components=secrets <<end
keyring of this folder
end`

/** @param address of the session bus. Returns before it answers: wait for `keyringService` to be owned. */
export function startKeyring(dir: string, address: string): Promise<StartedDaemon> {
  const home = join(dir, 'keyring')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: address, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home }
  return startDaemon({ name: keyringName, dir, command: 'sh', args: ['-c', unlocked], env })
}
