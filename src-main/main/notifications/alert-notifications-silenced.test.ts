import { beforeEach, expect, test } from 'vitest'
import type { Alert, NodeAlert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { QueuedNotification } from '#shared/notification/queued-notification.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aMatcher, aSilence } from '#shared/silence/silence-builders.ts'
import { TestNotifications } from './notifications-builder.ts'

/** Each of a rule of its own. */
const queued = (number: number, over: Partial<NodeAlert> = {}): QueuedNotification => ({
  alert: anAlert({ id: anId(number), nodeId: `node-${number}`, ruleId: anId(500 + number), ...over }),
  transition: 'opened',
  wasShown: false,
})
const title = (number: number): string => `[CRITICAL] node-${number} CPU 97.2 % > 95 % for 2 m`

let console_: TestNotifications
beforeEach(async () => {
  console_ = new TestNotifications()
  await console_.after(0)
})

/** Alerts as the data thread publishes them: first the list of firing ones, then the notifications. */
const publish = (...alerts: Alert[]): void => {
  console_.firing.change(alerts)
  console_.notifications.alertsChanged(alerts)
}
const fire = (...items: QueuedNotification[]): void => {
  publish(...items.map(({ alert }) => alert))
  console_.notifications.add(items)
}
const resolve = (number: number): void =>
  publish({ ...queued(number).alert, phase: 'resolved', resolvedAt: console_.clock, resolveReason: 'cleared' })

test('a silenced alert has no popup; it has one when the silence ends and it still fires', async () => {
  console_.firing.silence([aSilence({ matchers: [aMatcher('node', '=', 'node-1')] })])
  fire(queued(1), queued(2))
  await console_.after(0)
  expect(console_.screen).toEqual([title(2)])
  fire(queued(3, { severity: 'warning' }))
  console_.clock = 8_200_000
  await console_.after(0)
  await console_.after(1000)
  expect(console_.texts.map(([text]) => text)).toContain(title(1))
  expect(console_.screen).toHaveLength(2)
})

test('a silence takes the popup of what it matches from the screen, and does not bring it back', async () => {
  console_.settings = { ...console_.settings, 'notifications.reminderMinutes': 0 }
  fire(queued(1))
  await console_.after(0)
  console_.firing.silence([aSilence()])
  console_.notifications.silencesChanged()
  expect(console_.screen).toEqual([])
  console_.clock = 8_200_000
  await console_.after(0)
  expect(console_.shown).toHaveLength(1)
})

test('an alert that ended while it was silenced is dropped', async () => {
  console_.firing.silence([aSilence()])
  fire(queued(1))
  await console_.after(0)
  resolve(1)
  await console_.after(1000)
  expect([console_.shown, console_.settled]).toEqual([[], [[false, 1]]])
})
