import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { PopupAction } from '#shared/notification/popup-action.ts'
import { startVirtualDesktop } from '../../scripts/desktop/virtual-desktop.ts'
import type { VirtualDesktop } from '../../scripts/desktop/virtual-desktop.ts'
import { sessionBusSockets } from '../../src-main/main/dbus/bus-address.ts'
import { Bus } from '../../src-main/main/dbus/bus.ts'
import { BusPopups } from '../../src-main/main/notifications/bus-popups.ts'
import type { DesktopPopup } from '../../src-main/main/notifications/desktop-popup.ts'
import { leftPopupsFile } from '../../src-main/main/notifications/left-popups.ts'
import { Notifications } from '../support/notification-daemon.ts'
import { nullLog } from '../support/null-log.ts'

// Popups as a real notification server (dunst) takes them.

let desktop: VirtualDesktop
let notifications: Notifications
let bus: Bus
let popups: BusPopups
const folder = mkdtempSync(join(tmpdir(), 'remo-dunst-'))

beforeAll(async () => {
  desktop = await startVirtualDesktop({ dir: join(folder, 'desktop') })
})
afterAll(() => desktop.stop())
beforeEach(async () => {
  notifications = await new Notifications(desktop.env, desktop.chosenButton).listen()
  notifications.clear()
  bus = new Bus({ sockets: () => sessionBusSockets(desktop.env), log: nullLog })
  popups = new BusPopups({
    bus,
    left: leftPopupsFile(join(folder, 'left.json'), nullLog),
    icon: () => '',
    log: nullLog,
  })
})
afterEach(async () => {
  await popups.end()
  bus.end()
  notifications.end()
})

function popup(over: Partial<DesktopPopup> = {}): DesktopPopup {
  const text = { title: 'title', body: 'body', withoutDetails: 'same' } as const
  return { tag: 'a', ...text, urgency: 'critical', onClick: () => undefined, ...over }
}

test('dunst shows markup in a name as text, with the urgency, and stays until it is closed', async () => {
  expect(await popups.show(popup({ title: 'web <b>1</b> & "2"', body: 'Rack <b>&"' }))).toBeUndefined()
  expect(notifications.displayed()).toBe(1)
  const received = { summary: 'web <b>1</b> & "2"', body: 'Rack &lt;b&gt;&amp;"', urgency: 'critical', isSticky: true }
  await expect.poll(() => notifications.calls()).toMatchObject([received])
  expect(popups.facts).toMatchObject({ hasButtons: true, server: expect.stringMatching(/^dunst \d/) })
})

test('a button of dunst does its action, and the popup leaves the screen', async () => {
  const actions: PopupAction[] = []
  const acknowledge = { kind: 'acknowledge', alertIds: ['1'] } as const
  const silence = { kind: 'silence', alertIds: ['1'] } as const
  await popups.show(
    popup({
      buttons: [
        { label: 'Acknowledge', action: acknowledge },
        { label: 'Silence 1\u202fh', action: silence },
      ],
      onAction: (action) => actions.push(action),
    }),
  )
  await expect.poll(() => notifications.calls()[0]?.buttons).toEqual(['Acknowledge', 'Silence 1 h'])
  notifications.press('Silence 1 h')
  await expect.poll(() => actions).toEqual([silence])
  await expect.poll(() => notifications.displayed()).toBe(0)
})

test('a click is the default action', async () => {
  const click = vi.fn()
  await popups.show(popup({ onClick: click }))
  notifications.click()
  await expect.poll(() => click).toHaveBeenCalledOnce()
})

test('a popup is replaced in its place, and withdrawn', async () => {
  await popups.show(popup({ title: '5 critical' }))
  await popups.show(popup({ title: '2 critical', isUpdate: true }))
  expect(notifications.displayed()).toBe(1)
  popups.withdraw('a')
  await expect.poll(() => notifications.displayed()).toBe(0)
  expect(notifications.closed().map(({ summary }) => summary)).toEqual(['2 critical'])
})

test('closing all popups closes ours', async () => {
  const close = vi.fn()
  await popups.show(popup({ onClose: close }))
  notifications.clear()
  await expect.poll(() => close).toHaveBeenCalledOnce()
})
