import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PopupAction } from '#shared/notification/popup-action.ts'
import { socketsOf } from '../../src-main/main/dbus/bus-address.ts'
import { Bus } from '../../src-main/main/dbus/bus.ts'
import { BusPopups } from '../../src-main/main/notifications/bus-popups.ts'
import type { DesktopPopup } from '../../src-main/main/notifications/desktop-popup.ts'
import { leftPopupsFile } from '../../src-main/main/notifications/left-popups.ts'
import { NotificationServer } from '../support/notification-server.ts'
import type { ServerOptions } from '../support/notification-server.ts'
import { nullLog } from '../support/null-log.ts'
import { PrivateBus } from '../support/private-bus.ts'

// Popups of Linux on a real bus (dbus-daemon), with a server that the test controls.

const noServer = /^No notification server runs in this session\. Install one, such as dunst/

let daemon: PrivateBus
const ends: Array<() => void | Promise<void>> = []

beforeEach(async () => {
  daemon = await new PrivateBus().start()
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
  await daemon.end()
})

/** The server may be slow, or restart for long, unless a test is about that: a busy computer is slow as well. */
function popups({ address = daemon.address, answerLimitMs = 10_000, restartMs = 10_000 } = {}): BusPopups {
  const bus = new Bus({ sockets: () => socketsOf(address), log: nullLog, firstRetryMs: 20 })
  const left = leftPopupsFile(join(daemon.folder, 'popups.json'), nullLog)
  const made = new BusPopups({ bus, left, icon: () => '', log: nullLog, answerLimitMs, restartMs })
  ends.push(async () => {
    await made.end()
    bus.end()
  })
  return made
}

async function server(options: ServerOptions = {}): Promise<NotificationServer> {
  const started = await NotificationServer.start(daemon.address, options)
  ends.push(() => started.stop())
  return started
}

/** What the person did with a popup. */
class Person {
  readonly did: Array<PopupAction | 'click' | 'close'> = []

  popup(tag: string, over: Partial<DesktopPopup> = {}): DesktopPopup {
    return {
      tag,
      title: `title of ${tag}`,
      body: 'body',
      withoutDetails: 'same',
      urgency: 'critical',
      buttons: [{ label: 'Acknowledge', action: { kind: 'acknowledge', alertIds: [tag] } }],
      onClick: () => this.did.push('click'),
      onAction: (action) => this.did.push(action),
      onClose: () => this.did.push('close'),
      ...over,
    }
  }
}

const person = (): Person => new Person()

test('a server with markup and buttons gets both', async () => {
  const desktop = await server()
  const shown = popups()
  expect(await shown.show(person().popup('a', { title: '<b>&"', body: '<b>&" 1 < 2' }))).toBeUndefined()
  expect(desktop.received).toMatchObject([
    {
      summary: '<b>&"',
      body: '&lt;b&gt;&amp;" 1 &lt; 2',
      actions: ['default', 'Open', 'button-0', 'Acknowledge'],
      hints: { urgency: 2, 'desktop-entry': 'remo', 'suppress-sound': true },
      timeout: 0,
    },
  ])
  expect(shown.facts).toEqual({ server: 'test-server 7', hasButtons: true, isInhibited: false })
})

test('a server without them gets plain text and no buttons', async () => {
  const desktop = await server({ capabilities: ['body'] })
  const shown = popups()
  await shown.show(person().popup('a', { body: '<b>&"', urgency: 'normal' }))
  expect(desktop.received).toMatchObject([{ body: '<b>&"', actions: [], hints: { urgency: 1 }, timeout: -1 }])
  expect(shown.facts.hasButtons).toBe(false)
})

test('a text that no bus accepts as it is gets through', async () => {
  const desktop = await server()
  const texts = popups()
  expect(await texts.show(person().popup('a', { body: 'node\0one' }))).toBeUndefined()
  expect(
    await texts.show(person().popup('b', { body: `lone \ud800 surrogate, ${'long '.repeat(50_000)}` })),
  ).toBeUndefined()
  expect(desktop.received.map(({ body }) => body.slice(0, 9))).toEqual(['node\ufffdone', 'lone \ufffd su'])
})

test('the popup of a tag is replaced, also when two are shown at once', async () => {
  const desktop = await server({ firstId: 40 })
  const shown = popups()
  await Promise.all(['1', '2', '3'].map((title) => shown.show(person().popup('a', { title }))))
  await shown.show(person().popup('b'))
  expect(desktop.received.map(({ id, replaces }) => [id, replaces])).toEqual([[40, 0], [40, 40], [40, 40], [41, 0]]) // prettier-ignore
})

test('a withdrawn popup leaves the screen, also while it is about to be shown', async () => {
  const desktop = await server()
  const shown = popups()
  const someone = person()
  await shown.show(someone.popup('a'))
  shown.withdraw('a')
  void shown.show(someone.popup('b'))
  shown.withdraw('b')
  await expect.poll(() => desktop.closedByCall).toEqual([1, 2])
  expect([someone.did, desktop.onScreen.size]).toEqual([[], 0])
})

test.for([
  ['default', ['close', 'click']],
  ['button-0', ['close', { kind: 'acknowledge', alertIds: ['a'] }]],
  ['button-9', ['close']],
] as const)('the person presses %s', async ([key, did]) => {
  const desktop = await server()
  const someone = person()
  await popups().show(someone.popup('a'))
  desktop.press(1, key)
  await expect.poll(() => someone.did).toEqual(did)
  await expect.poll(() => desktop.onScreen.size).toBe(0)
})

test('the person closes a popup; the next one with its tag is a new one', async () => {
  const desktop = await server()
  const shown = popups()
  const someone = person()
  await shown.show(someone.popup('a'))
  desktop.dismiss(1)
  await expect.poll(() => someone.did).toEqual(['close'])
  await shown.show(someone.popup('a'))
  expect(desktop.received.map(({ replaces }) => replaces)).toEqual([0, 0])
})

test('another program cannot press a button', async () => {
  const desktop = await server()
  const someone = person()
  const shown = popups()
  await shown.show(someone.popup('a'))
  // It may not own the name, but it may send the same signal.
  const stranger = await NotificationServer.start(daemon.address)
  ends.push(() => stranger.stop())
  stranger.press(1, 'default')
  desktop.dismiss(1)
  await expect.poll(() => someone.did).toEqual(['close'])
})

test('after a restart of the server, the next popup is shown at once, with what the new one can do', async () => {
  const before = await server()
  const shown = popups()
  const someone = person()
  await shown.show(someone.popup('sticky'))
  await shown.show(someone.popup('passing', { urgency: 'normal' }))
  before.stop()
  const after = await server({ capabilities: ['body'], firstId: 70 })
  expect(await shown.show(someone.popup('new'))).toBeUndefined()
  // What had to stay is on the screen again; what would have gone by itself is gone.
  await expect
    .poll(() => after.received.map(({ summary }) => summary).toSorted())
    .toEqual(['title of new', 'title of sticky'])
  expect(after.received.map(({ replaces, actions }) => [replaces, actions])).toEqual([[0, []], [0, []]]) // prettier-ignore
  expect([someone.did, shown.facts.hasButtons]).toEqual([['close'], false])
})

test('a popup waits for a server that is just restarting', async () => {
  const before = await server()
  const shown = popups()
  await shown.show(person().popup('a'))
  before.stop()
  const result = shown.show(person().popup('b', { urgency: 'normal' }))
  await server({ firstId: 70 })
  expect(await result).toBeUndefined()
})

test('without a server the reason says what to install, and goes with the first server', async () => {
  const shown = popups()
  const reasons: Array<string | undefined> = []
  shown.onFacts(() => reasons.push(shown.facts.problem))
  expect(await shown.show(person().popup('a'))).toMatch(noServer)
  expect(shown.facts.problem).toMatch(noServer)
  await server()
  await expect.poll(() => shown.facts).toMatchObject({ server: 'test-server 7' })
  expect(shown.facts.problem).toBeUndefined()
  expect(await shown.show(person().popup('a'))).toBeUndefined()
})

test('a server that ends for good is noticed before the next popup', async () => {
  const desktop = await server()
  const shown = popups({ restartMs: 500 })
  await expect.poll(() => shown.facts.server).toBe('test-server 7')
  desktop.stop()
  await expect.poll(() => shown.facts.problem).toMatch(noServer)
  expect(shown.facts.server).toBeUndefined()
})

test('a server that does not start is the reason', async () => {
  await daemon.kill()
  await daemon.start({ 'org.freedesktop.Notifications': '/bin/false' })
  expect(await popups().show(person().popup('a'))).toMatch(/^The notification server does not start: .*[^.]\.$/)
})

test('a server that refuses is the reason', async () => {
  await server({ refusal: 'too many notifications.' })
  expect(await popups().show(person().popup('a'))).toBe(
    'test-server 7 refused the notification: too many notifications.',
  )
})

test('a server that does not answer holds nothing up, and what it shows too late is taken back', async () => {
  const desktop = await server()
  const shown = popups({ answerLimitMs: 5000 })
  await shown.show(person().popup('a'))
  desktop.freeze()
  expect(await shown.show(person().popup('b'))).toMatch(/^test-server 7 did not answer\./)
  desktop.answer()
  await expect.poll(() => desktop.closedByCall).toEqual([2])
  expect([...desktop.onScreen]).toEqual([1])
  expect(await shown.show(person().popup('c'))).toBeUndefined()
})

test('a server that is frozen from the start is the reason, until it answers', async () => {
  const desktop = await server()
  desktop.freeze()
  const shown = popups({ answerLimitMs: 5000 })
  expect(await shown.show(person().popup('a'))).toMatch(/^The notification server did not answer\./)
  desktop.answer()
  expect(await shown.show(person().popup('a'))).toBeUndefined()
  expect(shown.facts.problem).toBeUndefined()
})

test('no bus, then one: the reason comes and goes', async () => {
  await daemon.kill()
  const shown = popups()
  expect(await shown.show(person().popup('a'))).toMatch(/^This session has no D-Bus session bus\./)
  await daemon.start()
  await server()
  await expect.poll(() => shown.facts.problem).toBeUndefined()
  expect(await shown.show(person().popup('a'))).toBeUndefined()
})

test('a bus that dies and comes back is used again, and shows what had to stay', async () => {
  await server()
  const shown = popups()
  await shown.show(person().popup('a'))
  await daemon.kill()
  await expect.poll(() => shown.facts.problem).toMatch(/^The D-Bus session bus ended\./)
  await daemon.start()
  const again = await server()
  await expect.poll(() => again.received.map(({ summary }) => summary)).toEqual(['title of a'])
  expect(shown.facts.problem).toBeUndefined()
})

test('an abstract address works', async () => {
  const desktop = await server()
  expect(await popups({ address: daemon.abstractAddress }).show(person().popup('a'))).toBeUndefined()
  expect(desktop.received).toHaveLength(1)
})

test('the end takes every popup off the screen', async () => {
  const desktop = await server()
  const shown = popups()
  await shown.show(person().popup('a'))
  await shown.show(person().popup('b'))
  await shown.end()
  await expect.poll(() => desktop.onScreen.size).toBe(0)
})

test('what a killed run left on the screen goes at the next start, but nothing of another server', async () => {
  const desktop = await server()
  const killed = popups()
  await killed.show(person().popup('a'))
  await killed.show(person().popup('b'))
  await expect.poll(() => leftPopupsFile(join(daemon.folder, 'popups.json'), nullLog).value.ids).toEqual([1, 2])
  popups()
  await expect.poll(() => desktop.onScreen.size).toBe(0)

  await killed.show(person().popup('c'))
  desktop.stop()
  const other = await server()
  const fresh = popups()
  await fresh.show(person().popup('d'))
  expect(other.closedByCall).toEqual([])
})

test('a desktop that holds popups back says so, where it can', async () => {
  const desktop = await server({ isInhibited: true })
  const shown = popups()
  await expect.poll(() => shown.facts.isInhibited).toBe(true)
  desktop.inhibit(false)
  await expect.poll(() => shown.facts.isInhibited).toBe(false)
})
