import { afterEach, beforeEach, expect, test } from 'vitest'
import { socketsOf } from '../../src-main/main/dbus/bus-address.ts'
import { Bus } from '../../src-main/main/dbus/bus.ts'
import { ScreenLockWatch } from '../../src-main/main/dbus/screen-lock-watch.ts'
import { nullLog } from '../support/null-log.ts'
import { PrivateBus } from '../support/private-bus.ts'
import { Logind, ScreenSaver } from '../support/screen-lock.ts'
import type { LogindSession } from '../support/screen-lock.ts'

// The lock of a Linux screen, with a session bus and a system bus of the test.

let session: PrivateBus
let system: PrivateBus
let locks: boolean[]
const ends: Array<() => void> = []

beforeEach(async () => {
  session = await new PrivateBus().start()
  system = await new PrivateBus().start()
  locks = []
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) end()
  await session.end()
  await system.end()
})

function watch(env: NodeJS.ProcessEnv = {}): void {
  const busOf = ({ address }: PrivateBus): Bus =>
    new Bus({ sockets: () => socketsOf(address), log: nullLog, firstRetryMs: 20 })
  const buses = { session: busOf(session), system: busOf(system) }
  const onChange = (isLocked: boolean): void => void locks.push(isLocked)
  const watching = new ScreenLockWatch({ ...buses, env, pid: process.pid, onChange, onKnown: () => undefined })
  ends.push(() => {
    watching.end()
    buses.session.end()
    buses.system.end()
  })
}

async function saver(name: string, isActive = false): Promise<ScreenSaver> {
  const started = await ScreenSaver.start(session.address, name, isActive)
  ends.push(() => started.stop())
  return started
}

/** Locks the screen once more: nobody follows the program yet when it begins. @returns `locks` */
function lockedBy(locker: ScreenSaver): readonly boolean[] {
  locker.activate(true)
  return locks
}

async function logind(...sessions: readonly LogindSession[]): Promise<Logind> {
  const started = await Logind.start(system.address, sessions, sessions[0]?.path ?? '/')
  ends.push(() => started.stop())
  return started
}

const aSession = (id: string): LogindSession => ({
  id,
  path: `/org/freedesktop/login1/session/_${id}`,
  isLocked: false,
})

test.for(['org.freedesktop.ScreenSaver', 'org.gnome.ScreenSaver', 'org.xfce.ScreenSaver'])(
  '%s locks and unlocks',
  async (name) => {
    const locker = await saver(name)
    watch()
    await expect.poll(() => lockedBy(locker)).toEqual([true])
    locker.activate(false)
    await expect.poll(() => locks).toEqual([true, false])
  },
)

test('a screen that is locked already counts, also if its program starts later', async () => {
  watch()
  const locker = await saver('org.gnome.ScreenSaver', true)
  await expect.poll(() => locks).toEqual([true])
  // Nobody says any more that it is locked.
  locker.stop()
  await expect.poll(() => locks).toEqual([true, false])
})

test.for([
  ['its own', { XDG_SESSION_ID: '7' }, '7'],
  ['the graphical one, if it belongs to none', {}, '1'],
  ['the graphical one, if its own is unknown', { XDG_SESSION_ID: 'none' }, '1'],
] as const)('logind says it of one session: %s', async ([_which, env, id]) => {
  const sessions = [aSession('1'), aSession('7')]
  const own = sessions.find((one) => one.id === id)
  const other = sessions.find((one) => one.id !== id)
  const manager = await logind(...sessions)
  if (!own || !other) throw new Error('no session')
  own.isLocked = true
  watch(env)
  await expect.poll(() => locks).toEqual([true])
  manager.lock(other, true)
  manager.lock(own, false)
  await expect.poll(() => locks).toEqual([true, false])
})

test('a bus that ends says nothing, and is followed again when it is back', async () => {
  await saver('org.gnome.ScreenSaver', true)
  watch()
  await expect.poll(() => locks).toEqual([true])
  await session.kill()
  await expect.poll(() => locks).toEqual([true, false])
  await session.start()
  await saver('org.gnome.ScreenSaver', true)
  await expect.poll(() => locks).toEqual([true, false, true])
})

test('without any source nothing is assumed', async () => {
  await system.kill()
  watch()
  const locker = await saver('org.gnome.ScreenSaver')
  // An answer of another source shows that there was time to assume something.
  await expect.poll(() => lockedBy(locker)).toEqual([true])
})
