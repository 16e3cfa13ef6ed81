import { setTimeout as delay } from 'node:timers/promises'
import dbus from 'dbus-next'

const ownedWithinMs = 20_000

/**
 * Waits until a program owns a well-known name.
 * @param address of the bus, such as `unix:path=/tmp/dbus-x,guid=…`
 * @param requireAlive throws if that program has exited
 */
export async function waitForBusName(address: string, name: string, requireAlive: () => void): Promise<void> {
  const bus = dbus.sessionBus({ busAddress: address })
  const deadline = Date.now() + ownedWithinMs
  try {
    while (!(await isOwned(bus, name))) {
      requireAlive()
      if (Date.now() > deadline) throw new Error(`no service owns ${name} on the session bus`)
      await delay(20)
    }
  } finally {
    bus.disconnect()
  }
}

async function isOwned(bus: dbus.MessageBus, name: string): Promise<boolean> {
  const reply = await bus.call(
    new dbus.Message({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'NameHasOwner',
      signature: 's',
      body: [name],
    }),
  )
  return reply?.body[0] === true
}
