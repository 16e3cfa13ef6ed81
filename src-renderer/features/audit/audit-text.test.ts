import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { AuditEntry } from '#shared/rest/audit.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { aMatcher, aSilence, aWeekly } from '#shared/silence/silence-builders.ts'
import { dateTime } from '../../live/local-time.ts'
import { actionText, changeLines, subjectText } from './audit-text.ts'

const entry = (change: Partial<AuditEntry>): AuditEntry => ({
  id: '1',
  at: '2026-11-24T10:15:30.123Z',
  actor: 'anna',
  action: 'rule.changed',
  subject: 'x',
  before: null,
  after: null,
  ...change,
})

const none = { rules: [], alerts: [] }

test('a change of a rule is in the words of the thresholds page', () => {
  const before = aRule({ scope: { kind: 'pattern', pattern: 'db-.*' } })
  const changed = entry({ before, after: { ...before, version: 2, warning: 80, forSeconds: 60 } })
  expect([actionText(changed.action), subjectText(changed, none)]).toEqual(['Rule changed', 'CPU usage, db-.*'])
  expect(changeLines(changed, none)).toEqual(['warning 85\u202f% → 80\u202f%', 'for 2\u202fm → 1\u202fm'])
  const moved = entry({ before, after: { ...before, scope: { kind: 'all' } } })
  expect(changeLines(moved, none)).toEqual(['CPU usage, db-.* → CPU usage, all nodes'])
  const removed = entry({ action: 'rule.removed', before })
  expect(changeLines(removed, none)).toEqual([expect.stringContaining('warning above 85') as string])
})

test('other changes name each field that differs, and nothing that each change has', () => {
  const user = entry({
    action: 'user.changed',
    subject: 'ben\u202e',
    before: { id: 1, role: 'viewer', disabled: false },
    after: { id: 1, role: 'operator', disabled: false },
  })
  expect([subjectText(user, none), changeLines(user, none)]).toEqual(['ben\\u202e', ['role viewer → operator']])
  const managed = entry({ action: 'rules.managed', after: { file: 'rules.yaml', appliedBy: 'ci', list: [1] } })
  expect(changeLines(managed, none)).toEqual(['file rules.yaml', 'applied by ci', 'list [1]'])
  expect(changeLines(entry({ action: 'database.restored', before: 'odd' }), none)).toEqual([])
})

test('a silence is in words, with its rule by name', () => {
  const rule = aRule()
  const facts = { rules: [rule], alerts: [] }
  const after = aSilence({ matchers: [aMatcher('rule', '=', rule.id), aMatcher('node', '=', 'mail-1')] })
  const created = entry({ action: 'silence.created', subject: after.id, after })
  expect(subjectText(created, facts)).toBe('CPU usage, mail-1')
  expect(changeLines(created, facts)).toEqual([
    'matches CPU usage, mail-1',
    `when ${dateTime(1_000_000)} to ${dateTime(8_200_000)}`,
    'comment disk swap',
  ])
  const expired = entry({ action: 'silence.expired', before: after, after: { ...after, version: 2, expiredAt: 2e6 } })
  expect(changeLines(expired, facts)).toEqual([`expired at ${dateTime(2e6)}`])
  const weekly = aSilence({ schedule: aWeekly({ days: [3], from: '22:00', to: '04:00', daysLater: 1 }) })
  const changed = entry({ action: 'silence.changed', before: aSilence(), after: weekly })
  expect(changeLines(changed, facts).join()).toContain('→ weekly, Wed 22:00 to 04:00 1 day later, Europe/Zurich')
})

test('an alert is named by its node and metric while this console knows it', () => {
  const alert = anAlert({ nodeId: 'web-1', metric: 'cpu_usage' })
  const acknowledgement = { by: 'anna', at: 1_000_000, comment: 'on it', until: 4_600_000 }
  const change = entry({ action: 'alert.acknowledged', subject: alert.id, after: acknowledgement })
  expect(subjectText(change, { rules: [], alerts: [alert] })).toBe('web-1 · CPU usage')
  expect(subjectText(change, none)).toBe(alert.id)
  expect(changeLines(change, none)).toEqual(['comment on it', `until ${dateTime(4_600_000)}`])
})
