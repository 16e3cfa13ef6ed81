import { beforeEach, expect, test } from 'vitest'
import { aMatcher, aSilence } from '#shared/silence/silence-builders.ts'
import { queued, TestNotifications, titleOf } from './notifications-builder.ts'

let console_: TestNotifications
beforeEach(async () => {
  console_ = new TestNotifications()
  await console_.after(0)
})

test('a silenced alert has no popup; it has one when the silence ends and it still fires', async () => {
  console_.firing.silence([aSilence({ matchers: [aMatcher('node', '=', 'node-1')] })])
  console_.fire(queued(1), queued(2))
  await console_.after(0)
  expect(console_.screen).toEqual([titleOf(2)])
  console_.fire(queued(3, { severity: 'warning' }))
  console_.clock = 8_200_000
  await console_.after(0)
  await console_.after(1000)
  expect(console_.texts.map(([text]) => text)).toContain(titleOf(1))
  expect(console_.screen).toHaveLength(2)
})

test('a silence takes the popup of what it matches from the screen, and does not bring it back', async () => {
  console_.settings = { ...console_.settings, 'notifications.reminderMinutes': 0 }
  console_.fire(queued(1))
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
  console_.fire(queued(1))
  await console_.after(0)
  console_.resolve(1)
  await console_.after(1000)
  expect([console_.shown, console_.settled]).toEqual([[], [[false, 1]]])
})
