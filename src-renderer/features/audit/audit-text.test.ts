import { expect, test } from 'vitest'
import type { AuditEntry } from '#shared/rest/audit.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
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

test('a change of a rule is in the words of the thresholds page', () => {
  const before = aRule({ scope: { kind: 'pattern', pattern: 'db-.*' } })
  const changed = entry({ before, after: { ...before, version: 2, warning: 80, forSeconds: 60 } })
  expect([actionText(changed.action), subjectText(changed)]).toEqual(['Rule changed', 'CPU usage, db-.*'])
  expect(changeLines(changed)).toEqual(['warning 85\u202f% → 80\u202f%', 'for 2\u202fm → 1\u202fm'])
  const moved = entry({ before, after: { ...before, scope: { kind: 'all' } } })
  expect(changeLines(moved)).toEqual(['CPU usage, db-.* → CPU usage, all nodes'])
  const removed = entry({ action: 'rule.removed', before })
  expect(changeLines(removed)).toEqual([expect.stringContaining('warning above 85') as string])
})

test('other changes name each field that differs, and nothing that each change has', () => {
  const user = entry({
    action: 'user.changed',
    subject: 'ben\u202e',
    before: { id: 1, role: 'viewer', disabled: false },
    after: { id: 1, role: 'operator', disabled: false },
  })
  expect([subjectText(user), changeLines(user)]).toEqual(['ben\\u202e', ['role viewer → operator']])
  const managed = entry({ action: 'rules.managed', after: { file: 'rules.yaml', appliedBy: 'ci', list: [1] } })
  expect(changeLines(managed)).toEqual(['file rules.yaml', 'applied by ci', 'list [1]'])
  expect(changeLines(entry({ action: 'database.restored', before: 'odd' }))).toEqual([])
})
