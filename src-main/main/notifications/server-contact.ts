import type { Bus } from '../dbus/bus.ts'
import { busMethod } from '../dbus/bus-connection.ts'
import type { CallLimit } from '../dbus/bus-connection.ts'
import type { BusCall } from '../dbus/bus-message.ts'
import type { NotificationServer } from './server-popup.ts'

/** The server that answered, by its address on a bus. */
export interface ServerContact extends NotificationServer {
  readonly owner: string
  /** Id of the bus. */
  readonly bus: string
}

export const serverName = 'org.freedesktop.Notifications'
export const serverPath = '/org/freedesktop/Notifications'
export const propertiesInterface = 'org.freedesktop.DBus.Properties'

/** The time that is left for several calls. */
export class Deadline {
  readonly #at: number

  constructor(limitMs: number) {
    this.#at = performance.now() + limitMs
  }

  /** At least 1 ms, so that a call fails by its own limit. */
  get leftMs(): number {
    return Math.max(1, this.#at - performance.now())
  }

  get forCall(): CallLimit {
    return { limitMs: this.leftMs }
  }
}

/** A call of the notification server. */
export function serverCall(member: string, signature = '', body: readonly unknown[] = []): BusCall {
  return { destination: serverName, path: serverPath, interface: serverName, member, signature, body }
}

type Calls = Pick<Bus, 'call'>

/** Asks the server who it is and what it can do. One that the bus can start is started. @throws BusError */
export async function askServer(bus: Calls, deadline: Deadline): Promise<ServerContact> {
  const call = (one: BusCall): Promise<readonly unknown[]> => bus.call(one, deadline.forCall)
  const [title, , version] = await call(serverCall('GetServerInformation'))
  const [capabilities] = await call(serverCall('GetCapabilities'))
  const [owner] = await call(busMethod('GetNameOwner', serverName))
  const [id] = await call(busMethod('GetId'))
  return {
    title: [title, version].map(text).filter(Boolean).join(' ') || 'The notification server',
    capabilities: new Set(Array.isArray(capabilities) ? capabilities.map(text) : []),
    owner: text(owner),
    bus: text(id),
  }
}

/** Whether the server holds popups back, as KDE does while the screen is shared. Other servers do not say it. */
export async function askInhibited(bus: Calls, deadline: Deadline): Promise<boolean> {
  const get = { ...serverCall('Get', 'ss', [serverName, 'Inhibited']), interface: propertiesInterface }
  const [isInhibited] = await bus.call(get, deadline.forCall).catch(() => [false])
  return isInhibited === true
}

/** Whether the bus starts a server when one is called. */
export async function canStartServer(bus: Calls, deadline: Deadline): Promise<boolean> {
  const [names] = await bus.call(busMethod('ListActivatableNames'), deadline.forCall)
  return Array.isArray(names) && names.includes(serverName)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
