import { expect, test } from 'vitest'
import type { AlertEvent } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anOfflineRule, aRule } from '#shared/rule/rule-builders.ts'
import type { Rule } from '#shared/rule/rule.ts'
import {
  clearsText,
  conditionText,
  eventText,
  metricText,
  refiresText,
  resolvedText,
  resolvedValueText,
  ruleText,
} from './alert-labels.ts'

const plain = (text: string): string => text.replaceAll('\u202f', ' ')
const timeOf = (at: number): string => `12:00:${at}`

test('a value alert shows its condition and when it resolves', () => {
  const alert = anAlert()
  expect(plain(conditionText(alert, aRule(), '') + clearsText(alert, aRule(), ''))).toBe(
    '> 95 % for 2 m, clears below 75 %',
  )
  expect(ruleText(alert, aRule(), '')).toBe('All nodes · CPU usage · v1')
  expect(ruleText(alert, undefined, '')).toBe('CPU usage · v1 (since changed or deleted)')
})

test('a no-data alert shows times, not values', () => {
  const alert = anAlert({ kind: 'no-data', value: null, threshold: 60 })
  expect(
    plain(`${metricText(alert, '')}: ${conditionText(alert, undefined, '')}${clearsText(alert, undefined, '')}`),
  ).toBe('No CPU data: no data for 1 m, resolves with the next sample')
})

test('a lowered alert says what is true of its value', () => {
  const alert = anAlert({ severity: 'warning', threshold: 85, value: 82.9 })
  const shown = (rule: Rule | undefined) => plain(conditionText(alert, rule, '') + clearsText(alert, rule, ''))
  expect(shown(aRule())).toBe('clears below 75 %')
  expect(shown(aRule({ version: 2, clear: 60 }))).toBe('not cleared yet')
  expect(shown(undefined)).toBe('not cleared yet')
})

test('a line of the timeline has a word, a value and a name', () => {
  const event = { alertId: '', at: 0 }
  const facts = { alert: anAlert(), rule: aRule(), unit: '', timeOf: String }
  const text = (change: Partial<AlertEvent> & Pick<AlertEvent, 'kind'>, more: object = {}) =>
    plain(eventText({ ...event, ...change }, { ...facts, ...more }).text)
  expect(text({ kind: 'escalated', severity: 'critical', value: 97.2 })).toBe('Escalated to critical at 97.2 %')
  expect(text({ kind: 'escalated', severity: 'critical', value: 95.04 })).toBe('Escalated to critical at 95.04 %')
  expect(text({ kind: 'acknowledged', by: 'anna', comment: 'on it' })).toBe('Acknowledged by anna: “on it”')
  const lowered = { alert: anAlert({ severity: 'warning', threshold: 85, value: 82.9 }) }
  const eased = { kind: 'eased', severity: 'warning', value: 82.9 } as const
  expect(text(eased, lowered)).toBe('Lowered to warning at 82.9 %, clears below 75 %')
  expect(text(eased, { alert: { ...lowered.alert, phase: 'resolved' } })).toBe('Lowered to warning at 82.9 %')
})

test('a resolved alert shows the value at which it resolved, and why', () => {
  const alert = anAlert({ phase: 'resolved', resolvedAt: 2_000_000, resolvedValue: 74.98, resolveReason: 'cleared' })
  const facts = { alert, rule: aRule(), unit: '' }
  expect([plain(resolvedValueText(alert, facts) ?? ''), resolvedText(alert, timeOf)]).toEqual([
    '74.98 %',
    ', the value cleared',
  ])
  expect(resolvedText({ ...alert, resolveReason: 'rule-changed' }, timeOf)).toBe(', the threshold was changed')
  expect(resolvedValueText(anAlert({ phase: 'resolved' }), facts)).toBeUndefined()
})

test('an alert that a hold kept open says since when it was clear, and how often it fired again', () => {
  const alert = anAlert({ phase: 'resolved', resolvedAt: 30, resolveReason: 'cleared', clearSince: 10, refires: 2 })
  expect(resolvedText(alert, timeOf)).toBe(', the value cleared, clear since 12:00:10')
  const event = { alertId: '', at: 30, kind: 'resolved', value: 70.2, clearSince: 10 } as const
  expect(plain(eventText(event, { alert, rule: aRule(), unit: '', timeOf }).text)).toBe(
    'Resolved at 70.2 %, clear since 12:00:10',
  )
  expect([1, 2].map(refiresText).map(plain)).toEqual([
    'once, within 1 h of its end',
    '2 times, each within 1 h of its end',
  ])
})

test('an offline alert is about its node, not about a metric', () => {
  const alert = anAlert({ kind: 'offline', metric: '', value: null, threshold: 60 })
  const rule = anOfflineRule()
  expect([metricText(alert, ''), plain(conditionText(alert, rule, '') + clearsText(alert, rule, ''))]).toEqual([
    'Node offline',
    'no sample for 1 m, resolves with the next sample',
  ])
  expect(ruleText(alert, rule, '')).toBe('All nodes · Node offline · v1')
})

test('the timeline of missing data says what is missing since when, and that it is back', () => {
  const nodeId = 'node-17'
  const offline = anAlert({ kind: 'offline', nodeId, metric: '', value: null, threshold: 60, since: 5 })
  const noData = anAlert({ kind: 'no-data', nodeId, value: null, threshold: 60, since: 5 })
  const linesOf = (alert: typeof offline) =>
    [
      { alertId: '', at: 65, kind: 'opened', severity: alert.severity } as const,
      { alertId: '', at: 70, kind: 'resolved' } as const,
    ].map((event) => eventText(event, { alert, rule: undefined, unit: '', timeOf: (at) => `12:00:0${at}` }))
  const ended = { phase: 'resolved', resolvedAt: 70, resolveReason: 'data-returned' } as const
  expect(linesOf({ ...offline, ...ended })).toEqual([
    { state: 'critical', text: 'node-17 is offline, last seen 12:00:05' },
    { state: 'ok', text: 'node-17 is back' },
  ])
  expect(linesOf({ ...noData, ...ended }).map(({ text }) => text)).toEqual([
    'No CPU data since 12:00:05',
    'CPU data is back',
  ])
  expect(linesOf({ ...offline, ...ended, resolveReason: 'rule-changed' })[1]?.text).toBe('Resolved')
})

test('names with characters that are not seen are shown escaped', () => {
  const rule = aRule({ scope: { kind: 'node', nodeId: '\u202egpj.nimda' } })
  expect(ruleText(anAlert(), rule, '')).toBe('\\u202egpj.nimda · CPU usage · v1')
})

test('the timeline says what people, silences and this computer did', () => {
  const facts = { alert: anAlert(), rule: aRule(), unit: '', timeOf }
  const text = (event: Partial<AlertEvent>) => eventText({ alertId: '', at: 1, kind: 'notified', ...event }, facts).text
  expect([
    text({ kind: 'notified' }),
    text({ kind: 'notified', as: 'popup' }),
    text({ kind: 'notified', as: 'summary' }),
    text({ kind: 'notified', as: 'digest' }),
    text({ kind: 'notified', as: 'toast' }),
    text({ kind: 'notified', as: 'reminder' }),
    text({ kind: 'notified', as: 'resolved' }),
    text({ kind: 'commented', by: 'ben', comment: 'moved the batch job' }),
    text({ kind: 'assigned', by: 'anna', to: 'anna' }),
    text({ kind: 'assigned', by: 'anna', to: 'ben', comment: 'your turn' }),
    text({ kind: 'silenced', by: 'ben', comment: 'the backup runs' }),
    text({ kind: 'unsilenced' }),
    text({ kind: 'expired', by: 'anna' }),
    text({ kind: 'flapping', severity: 'critical', value: 96.2 }),
    text({ kind: 'settled', severity: 'critical', value: 97 }),
  ]).toEqual([
    'Notification shown on this computer',
    'Popup shown on this computer',
    'Named in a summary on this computer',
    'Named in a digest on this computer',
    'Shown only in the window: this computer refused the popup',
    'Reminder shown on this computer',
    'Its end was shown on this computer',
    'ben: “moved the batch job”',
    'Taken over by anna',
    'Assigned to ben by anna: “your turn”',
    'Silenced by ben: “the backup runs”',
    'No longer silenced',
    'Acknowledgement by anna expired',
    'Flapping, more than 4 changes in 10 minutes at 96.2\u202f%',
    'Steady again, critical at 97.0\u202f%',
  ])
})
