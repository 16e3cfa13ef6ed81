import { expect, test } from 'vitest'
import { initialSettings, type SettingValues } from '#shared/settings/app-settings.ts'
import { notificationSentences } from './notification-sentences.ts'

const all = { matched: ['web-1', 'web-2'], total: 43 }
/** The sentence about this, with plain spaces; `undefined` if there is none. */
function sentence(what: string | RegExp, change: Partial<SettingValues> = {}): string | undefined {
  const found = notificationSentences({ ...initialSettings, ...change }, all).find((one) =>
    typeof what === 'string' ? one.what === what : what.test(one.what),
  )
  return found?.then.replaceAll('\u202f', ' ')
}

test.each<[string, Partial<SettingValues>, string | undefined]>([
  ['A warning', {}, 'none. It is in the window and in the tray.'],
  ['A warning', { 'notifications.warning': true }, 'one notification after 30 s.'],
  [
    'A warning',
    { 'notifications.warning': true, 'notifications.warningWaitSeconds': 90 },
    'one notification after 1 m 30 s.',
  ],
  ['A warning', { 'notifications.warning': true, 'notifications.warningWaitSeconds': 0 }, 'one notification at once.'],
  ['A critical alert', { 'notifications.critical': false }, 'none. It is in the window and in the tray.'],
  ['Nobody acknowledges a critical alert', {}, 'a reminder every 15 m.'],
  ['Nobody acknowledges a critical alert', { 'notifications.reminderMinutes': 60 }, 'a reminder every 1 h.'],
  ['Nobody acknowledges a critical alert', { 'notifications.reminderMinutes': 0 }, 'no reminder.'],
  ['Nobody acknowledges a critical alert', { 'notifications.critical': false }, undefined],
  ['An alert ends', { 'notifications.resolved': 'off' }, 'none.'],
  ['A node that is not yours', {}, undefined],
  [
    'A node that is not yours',
    { 'notifications.nodes': 'mine' },
    'none. Its alerts are listed. 2 of 43 nodes are yours.',
  ],
  ['Every notification', { 'notifications.hideDetails': true }, 'only a count. Names and values are hidden now.'],
  ['Every notification', {}, undefined],
  [
    'While the screen is locked',
    { 'notifications.hideWhenLocked': false },
    'names and values, for everybody who sees the screen.',
  ],
  [
    'ReMo lags behind Kafka',
    { 'monitoring.lagForSeconds': 90 },
    'a warning in the list above 30 s for 1 m 30 s, a critical alert above 2 m.',
  ],
  [
    'ReMo lags behind Kafka',
    { 'notifications.warning': true, 'notifications.critical': false },
    'a warning above 30 s for 1 m, a critical alert in the list above 2 m.',
  ],
  ['The backend is unreachable for 5 m', { 'monitoring.backendAwayMinutes': 0 }, undefined],
])('%s, with %o: %s', (what, change, then) => expect(sentence(what, change)).toBe(then))

test('rejected messages have a sentence once they are an alert', () => {
  expect(sentence(/rejected/)).toBeUndefined()
  expect(sentence('More than 1 rejected message a minute', { 'monitoring.rejectsAlert': true })).toBe(
    'a warning in the list after 5 m.',
  )
})

test('without any severity nothing is said about many, ends and reminders', () => {
  const none = { 'notifications.critical': false, 'notifications.warning': false }
  for (const what of ['Several of one rule', 'An alert ends']) {
    expect(sentence(what)).toBeDefined()
    expect(sentence(what, none)).toBeUndefined()
  }
})

test('what is written about a case is one text', () => {
  const whats = notificationSentences(initialSettings, all).map(({ what }) => what)
  expect(new Set(whats).size).toBe(whats.length)
})
