import { anAlert } from '#shared/alert/alert-builders.ts'
import { AlertItem } from '#shared/rest/alerts.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { expect, test } from 'vitest'
import { alertItem } from './alert-item.ts'

const at = Date.UTC(2026, 10, 24, 10)
const iso = (ms: number) => new Date(ms).toISOString()
const seen = (now: number) => ({ now, silencedBy: [] })
const firing = anAlert({ openedAt: at, since: at - 120_000 })

test('a firing alert has the fields of the first ReMo, and more', () => {
  const item = alertItem({ version: 3, alert: firing, unit: undefined }, seen(at))
  expect(AlertItem.parse(item)).toEqual({
    id: anId(1),
    node_id: 'node-1',
    metric_type: 'cpu_usage',
    metric_value: 97.2,
    threshold_value: 95,
    message: 'Server-Alpha: CPU 97.2\u202f% > 95\u202f% for 2\u202fm',
    severity: 'critical',
    acknowledged: false,
    created_at: '2026-11-24T10:00:00.000Z',
    node_name: 'Server-Alpha',
    kind: 'value',
    condition: 'greater',
    phase: 'firing',
    resolved_at: null,
    resolve_reason: null,
    acknowledged_by: null,
    acknowledged_at: null,
    acknowledged_until: null,
    comment: null,
    rule_id: anId(100),
    rule_version: 1,
    version: 3,
    clear_since: null,
    refires: 0,
    flapping_since: null,
    silenced_by: [],
    notes: [],
  })
})

test('it says by what it is silenced, that it is flapping, how often it has fired again, and its notes', () => {
  const notes = [
    { kind: 'commented' as const, by: 'anna', at, comment: 'disk is full' },
    { kind: 'assigned' as const, by: 'anna', at: at + 1, comment: '', to: 'kim' },
  ]
  const alert = { ...firing, refires: 2, flappingSince: at - 5_000, notes }
  const item = alertItem({ version: 3, alert, unit: undefined }, { now: at, silencedBy: [anId(7)] })
  expect(AlertItem.parse(item)).toMatchObject({
    refires: 2,
    flapping_since: iso(at - 5_000),
    silenced_by: [anId(7)],
    notes: [
      { kind: 'commented', by: 'anna', at: iso(at), comment: 'disk is full', to: null },
      { kind: 'assigned', by: 'anna', at: iso(at + 1), comment: '', to: 'kim' },
    ],
  })
})

test('an answer of a backend of 0.1.0 is read by a console that was upgraded first', () => {
  const { clear_since, refires, flapping_since, silenced_by, notes, ...old } = alertItem(
    { version: 3, alert: firing, unit: undefined },
    seen(at),
  )
  expect(AlertItem.parse(old)).toEqual({ ...old, clear_since, refires, flapping_since, silenced_by, notes })
})

test('the unit of a metric that ReMo does not know comes from its producer', () => {
  const alert = { ...firing, metric: 'temp', forSeconds: 0 }
  expect(alertItem({ version: 1, alert, unit: '°C' }, seen(at)).message).toBe(
    'Server-Alpha: Temp 97.2\u202f°C > 95\u202f°C',
  )
})

test('a lowered alert says when it resolves', () => {
  const alert = { ...firing, severity: 'warning' as const, threshold: 85, value: 82.9 }
  expect(alertItem({ version: 2, alert, unit: undefined, clear: 75 }, seen(at)).message).toBe(
    'Server-Alpha: CPU 82.9\u202f%, clears below 75\u202f%',
  )
})

test('the values of a no-data alert are the seconds that the rule allows', () => {
  const alert = { ...firing, kind: 'no-data' as const, value: null, threshold: 60 }
  const { metric_value, threshold_value, message } = alertItem({ version: 1, alert, unit: undefined }, seen(at))
  expect([metric_value, threshold_value, message]).toEqual([60, 60, 'Server-Alpha: no CPU data for 1\u202fm'])
})

test('an acknowledgement counts until it expires, and is still shown after that', () => {
  const acknowledgement = { by: 'anna', at: at + 1_000, comment: 'on it', until: at + 60_000 }
  const row = { version: 2, alert: { ...firing, acknowledgement }, unit: undefined }
  const known = {
    acknowledged_by: 'anna',
    acknowledged_at: iso(at + 1_000),
    acknowledged_until: iso(at + 60_000),
    comment: 'on it',
  }
  expect(alertItem(row, seen(at + 59_999))).toMatchObject({ acknowledged: true, ...known })
  expect(alertItem(row, seen(at + 60_000))).toMatchObject({ acknowledged: false, ...known })
})

test('a resolved alert says when and why it ended', () => {
  const alert = {
    ...firing,
    phase: 'resolved' as const,
    resolvedAt: at + 5_000,
    resolveReason: 'cleared' as const,
    clearSince: at - 120_000,
  }
  expect(alertItem({ version: 2, alert, unit: undefined }, seen(at))).toMatchObject({
    phase: 'resolved',
    resolved_at: iso(at + 5_000),
    resolve_reason: 'cleared',
    clear_since: iso(at - 120_000),
  })
})
