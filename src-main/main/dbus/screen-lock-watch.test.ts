import { expect, test } from 'vitest'
import type { BusFollower } from './bus.ts'
import { ScreenLockWatch } from './screen-lock-watch.ts'

/** A bus of which a test gives the signals, without a program that answers, unless the test gives the answer. */
class SilentBus {
  follower: BusFollower | undefined
  answer: () => Promise<unknown[]> = () => Promise.reject(new Error('nobody answers'))

  call(): Promise<unknown[]> {
    return this.answer()
  }

  follow(follower: BusFollower): () => void {
    this.follower = follower
    return () => undefined
  }

  activeChanged(name: string, isActive: boolean): void {
    const message = { type: 4, flags: 0, serial: 1, sender: ':1.1', path: '/', errorName: '', replySerial: 0 }
    this.follower?.onSignal({ ...message, interface: name, member: 'ActiveChanged', body: [isActive] })
  }
}

test('one lock that two programs report is one, and ends with the last of them', () => {
  const [session, system] = [new SilentBus(), new SilentBus()]
  const locks: boolean[] = []
  const known: boolean[] = []
  new ScreenLockWatch({
    ...{ session, system, env: {}, pid: 1 },
    onChange: (isLocked) => locks.push(isLocked),
    onKnown: (isKnown) => known.push(isKnown),
  })
  session.activeChanged('org.gnome.ScreenSaver', true)
  session.activeChanged('org.freedesktop.ScreenSaver', true)
  session.activeChanged('org.gnome.ScreenSaver', false)
  expect(locks).toEqual([true])
  session.activeChanged('org.freedesktop.ScreenSaver', false)
  expect([locks, known]).toEqual([[true, false], [true]])
})

test.each([
  ['says unlocked', () => Promise.resolve([false])],
  ['is an error', () => Promise.reject(new Error('the name has no owner'))],
])('a signal counts more than an answer from before it that %s', async (_, answer) => {
  const [session, system] = [new SilentBus(), new SilentBus()]
  const locks: boolean[] = []
  new ScreenLockWatch({
    ...{ session, system, env: {}, pid: 1, onKnown: () => undefined },
    onChange: (isLocked) => locks.push(isLocked),
  })
  session.answer = answer
  session.follower?.onConnected?.()
  session.activeChanged('org.gnome.ScreenSaver', true)
  await new Promise(setImmediate)
  expect(locks).toEqual([true])
})
