import type { Bus } from '../dbus/bus.ts'

const service = 'org.kde.StatusNotifierWatcher'
const path = '/StatusNotifierWatcher'
const limitMs = 1000
const owners = { sender: 'org.freedesktop.DBus', interface: 'org.freedesktop.DBus', member: 'NameOwnerChanged' }

/**
 * Whether the desktop shows tray icons. Windows and macOS always do: they have no session bus. On Linux a host on that
 * bus does, and some desktops (plain GNOME) have none. Asked each time, because desktop extensions change. No response
 * within a second counts as no.
 */
export async function hasTrayHost(sessionBus: Pick<Bus, 'call'> | undefined): Promise<boolean> {
  if (!sessionBus) return true
  const get = { destination: service, path, interface: 'org.freedesktop.DBus.Properties', member: 'Get' }
  const body = [service, 'IsStatusNotifierHostRegistered']
  const limited = new Promise<readonly unknown[]>((resolve) => setTimeout(() => resolve([false]), limitMs))
  const answer = sessionBus.call({ ...get, signature: 'ss', body }, { limitMs }).catch(() => [false])
  // A bus that does not let ReMo in takes longer to say so.
  const [isRegistered] = await Promise.race([answer, limited])
  return isRegistered === true
}

/** Calls `changed` after a host may have come or gone. @returns stops */
export function followTrayHost(sessionBus: Pick<Bus, 'follow'> | undefined, changed: () => void): () => void {
  const signals = { sender: service, interface: service }
  const stop = sessionBus?.follow({
    rules: [
      { ...owners, arg0: service },
      { ...signals, member: 'StatusNotifierHostRegistered' },
      { ...signals, member: 'StatusNotifierHostUnregistered' },
    ],
    onSignal: changed,
  })
  return stop ?? ((): void => undefined)
}
