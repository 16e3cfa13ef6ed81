/** A real, unlocked keychain (GNOME Keyring) on a private session bus, with its files in a private folder. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StartedDaemon } from '../process/daemon.ts'
import { startDaemon } from '../process/daemon.ts'

export const keyringName = 'keyring' as const
/** The well-known bus name of the keychain. */
export const keyringService = 'org.freedesktop.secrets'

/** Without a password on its input it would wait for one in an invisible dialog. */
const unlocked = `exec gnome-keyring-daemon --foreground --unlock --components=secrets <<end
keyring of this folder
end`

/** @param address of the session bus. Returns before the keychain answers: wait until `keyringService` has an owner. */
export function startKeyring(dir: string, address: string): Promise<StartedDaemon> {
  const home = join(dir, 'keyring')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: address, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home }
  return startDaemon({ name: keyringName, dir, command: 'sh', args: ['-c', unlocked], env })
}
