import type { Badge } from '#shared/health/badge.ts'
import { variant } from '../dbus/bus-message.ts'
import type { BusSignal } from '../dbus/bus-message.ts'

/** The desktop entry of the packages: docks know a program by it. */
const appUri = 'application://remo.desktop'

/**
 * The signal by which docks of Linux draw a number on the icon: those of Ubuntu, KDE and others follow the launcher API of
 * Unity, which needs no library for it. It has numbers only, so what is unknown has none.
 */
export function launcherUpdate(badge: Badge): BusSignal {
  const count = badge.kind === 'count' ? badge.count : 0
  return {
    path: '/com/canonical/unity/launcherentry/remo',
    interface: 'com.canonical.Unity.LauncherEntry',
    member: 'Update',
    signature: 'sa{sv}',
    body: [appUri, { count: variant('x', count), 'count-visible': variant('b', count > 0) }],
  }
}
