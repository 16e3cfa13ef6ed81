import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aSilence, aWeekly } from '#shared/silence/silence-builders.ts'
import { agendaOf, hiddenBy, hiddenText } from './silence-agenda.ts'

const hour = 3_600_000
const once = (id: number, startsAt: number, endsAt: number) =>
  aSilence({ id: anId(id), schedule: { kind: 'once', startsAt, endsAt } })

test('ends of active windows and starts of later ones, soonest first', () => {
  const now = 10 * hour
  const silences = [once(1, 20 * hour, 22 * hour), once(2, 8 * hour, 12 * hour), once(3, hour, 2 * hour)]
  expect(agendaOf(silences, now, 5).map(({ silence, kind, at }) => [silence.id, kind, at])).toEqual([
    [anId(2), 'ends', 12 * hour],
    [anId(1), 'begins', 20 * hour],
  ])
  expect(agendaOf(silences, now, 1)).toHaveLength(1)
})

test('the notice comes ten minutes before the end, unless the window is shorter', () => {
  const notices = [once(1, 0, 2 * hour), once(2, 0, 500_000)].map(
    (silence) => agendaOf([silence], 1000, 1)[0]?.noticeAt,
  )
  expect(notices).toEqual([2 * hour - 600_000, undefined])
})

test('an active weekly one ends, and begins again', () => {
  const weekly = aSilence({ schedule: aWeekly() })
  const now = Date.parse('2026-11-29T02:00:00Z')
  expect(agendaOf([weekly], now, 5).map(({ kind, at }) => [kind, new Date(at).toISOString()])).toEqual([
    ['ends', '2026-11-29T03:00:00.000Z'],
    ['begins', '2026-12-06T01:00:00.000Z'],
  ])
})

test('what a silence hid: alerts that fired within it, and those that fired on', () => {
  const silence = once(1, 10 * hour, 12 * hour)
  const resolved = (id: number, from: number, to: number) =>
    anAlert({ id: anId(id), openedAt: from * hour, phase: 'resolved', resolvedAt: to * hour, resolveReason: 'cleared' })
  const alerts = [
    resolved(1, 8, 9),
    resolved(2, 9, 11),
    resolved(3, 11, 13),
    anAlert({ id: anId(4), openedAt: 11 * hour }),
    anAlert({ id: anId(5), openedAt: 11 * hour, nodeId: 'node-2' }),
    anAlert({ id: anId(6), openedAt: 12 * hour }),
  ]
  const hidden = hiddenBy(silence, alerts, 14 * hour)
  expect(hidden).toEqual({ alerts: 3, stillFiring: 2 })
  expect(hiddenText(hidden ?? { alerts: 0, stillFiring: 0 })).toBe('hid 3 alerts, 2 still fired')
  expect(hiddenText({ alerts: 1, stillFiring: 0 })).toBe('hid 1 alert')
  expect(hiddenText({ alerts: 0, stillFiring: 0 })).toBe('hid nothing')
})

test('of a silence that ended more than a week ago nobody knows it here', () => {
  expect(hiddenBy(once(1, 0, hour), [], 200 * hour)).toBeUndefined()
})
