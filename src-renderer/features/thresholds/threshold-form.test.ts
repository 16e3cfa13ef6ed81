import { expect, test } from 'vitest'
import { aRule } from '#shared/rule/rule-builders.ts'
import type { ThresholdForm } from './threshold-fields.ts'
import { formOfRule, fullDraft, isSimple, newForm, simpleDraft } from './threshold-form.ts'

const simple = { ...newForm, nodeId: 'node-1', warning: '80' }
const full = formOfRule(aRule())

test('a simple value warns there and is critical at 1.2 times the value, immediately', () => {
  expect(simpleDraft(simple)).toEqual({
    ok: true,
    draft: {
      scope: { kind: 'node', nodeId: 'node-1' },
      metric: 'cpu_usage',
      condition: 'greater',
      warning: 80,
      critical: 96,
      forSeconds: 0,
      enabled: true,
    },
  })
})

test('all nodes can have a simple threshold too', () => {
  const read = simpleDraft({ ...simple, scope: 'all', nodeId: '' })
  expect(read.ok && read.draft.scope).toEqual({ kind: 'all' })
})

test('the form of a rule reads back as the rule', () => {
  const rule = aRule({ noDataSeconds: 60, forSeconds: 5400 })
  const { scope, metric, condition, warning, critical, clear, forSeconds, noDataSeconds, enabled } = rule
  expect(fullDraft(formOfRule(rule))).toEqual({
    ok: true,
    draft: { scope, metric, condition, warning, critical, clear, forSeconds, noDataSeconds, enabled },
  })
})

test.for<[string, Partial<ThresholdForm>, Record<string, string>]>([
  ['critical below warning', { critical: '80' }, { critical: 'Critical must be at or above the warning level (85).' }],
  [
    'clear above warning',
    { clear: '90' },
    { clear: 'The clear level must be below the level that raises the alert (85).' },
  ],
  ['no level at all', { warning: '', critical: '', clear: '' }, { warning: 'Set a warning or a critical level.' }],
  ['a word for a number', { warning: 'high' }, { warning: 'Enter a number, such as 85 or 97.5.' }],
  [
    'a word for a duration',
    { forSeconds: 'soon' },
    { forSeconds: 'Enter a duration in whole seconds, such as 30s, 5m or 1h30m.' },
  ],
  ['no data for a second', { noDataSeconds: '1s' }, { noDataSeconds: 'Enter a duration from 5 s to 24 h.' }],
  ['no node', { scope: 'node', nodeId: '' }, { nodeId: 'Choose a node.' }],
])('%s is shown as a problem of its field', ([, change, problems]) => {
  expect(fullDraft({ ...full, ...change })).toEqual({ ok: false, problems })
})

test('a rule with more than the simple form shows is not simple', () => {
  const read = simpleDraft(simple)
  const rule = aRule(read.ok ? { ...read.draft, noDataSeconds: undefined as never } : {})
  const { clear: _clear, noDataSeconds: _noData, ...exactly } = rule
  expect([isSimple(exactly), isSimple(aRule())]).toEqual([true, false])
})
