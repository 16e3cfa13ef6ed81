import { expect, test } from 'vitest'
import { anOfflineRule, aRule } from '#shared/rule/rule-builders.ts'
import { unitSpace } from '#shared/format/number.ts'
import { hasCapacity, percentText, type ThresholdForm } from './threshold-fields.ts'
import { formOfRule, fullDraft, isSameForm, isSimple, newForm, simpleDraft } from './threshold-form.ts'

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
  ['a percentage above 100', { warning: '150', critical: '' }, { warning: 'CPU usage is from 0 to 100\u202f%.' }],
  ['a percentage below 0', { clear: '-5' }, { clear: 'CPU usage is from 0 to 100\u202f%.' }],
  ['a word for a severity', { kind: 'offline', severity: 'bad' }, { severity: 'Choose one.' }],
  ['offline after a second', { kind: 'offline', seconds: '1s' }, { seconds: 'Enter a duration from 5 s to 24 h.' }],
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

test('the form of a rule for offline nodes reads back as the rule, and is never simple', () => {
  const rule = anOfflineRule({ seconds: 300, severity: 'warning' })
  const { kind, scope, seconds, severity, enabled } = rule
  expect(fullDraft(formOfRule(rule))).toEqual({ ok: true, draft: { kind, scope, seconds, severity, enabled } })
  expect(isSimple(rule)).toBe(false)
})

test('a simple percentage has no critical level that is never exceeded', () => {
  const draftOf = (warning: string, metric = 'cpu_usage') => simpleDraft({ ...simple, metric, warning })
  expect(draftOf('90')).toMatchObject({ ok: true, draft: { warning: 90 } })
  expect(draftOf('90')).not.toHaveProperty('draft.critical')
  expect(draftOf('90', 'disk_io')).toMatchObject({ draft: { warning: 90, critical: 108 } })
  expect(draftOf('150')).toEqual({ ok: false, problems: { warning: 'CPU usage is from 0 to 100\u202f%.' } })
})

test('forms differ by what their kind has', () => {
  const cpu = formOfRule(aRule())
  expect([
    isSameForm(cpu, { ...cpu, seconds: '9m', severity: 'warning', nodeId: 'node-7' }),
    isSameForm(cpu, { ...cpu, kind: 'offline' }),
    isSameForm(cpu, { ...cpu, forSeconds: '9m' }),
  ]).toEqual([true, false, false])
})

const network = { ...full, metric: 'network_traffic', clear: '85%', warning: '90 %', critical: '95%', capacity: '1000' }

test('levels can be percent of a declared capacity; the rule has them in the unit of the metric', () => {
  const read = fullDraft(network)
  expect(read).toMatchObject({ ok: true, draft: { capacity: 1000, clear: 850, warning: 900, critical: 950 } })
  expect(fullDraft({ ...network, warning: '7%', clear: '', capacity: '2500' })).toMatchObject({
    draft: { warning: 175 },
  })
})

test('the saved rule says its levels as percent again', () => {
  const read = fullDraft(network)
  const form = read.ok ? formOfRule(read.draft) : newForm
  expect([form.warning, percentText(form, 'warning', 'Mbps')]).toEqual([
    '900',
    `90${unitSpace}% of 1,000${unitSpace}Mbps`,
  ])
  expect(percentText(network, 'critical', 'Mbps')).toBe(`950${unitSpace}Mbps`)
  expect(percentText({ ...form, capacity: '' }, 'warning', 'Mbps')).toBeUndefined()
})

test.each<[Partial<ThresholdForm>, Record<string, string>]>([
  [{ capacity: '' }, { warning: 'Enter the capacity, or a number.' }],
  [{ warning: '%' }, { warning: 'Enter a percentage, such as 90%.' }],
  [{ capacity: '0' }, { capacity: 'Enter a number above 0.' }],
  [{ capacity: 'fast' }, { capacity: 'Enter a number, such as 85 or 97.5.' }],
])('%o is refused at its field', (change, problems) => {
  expect(fullDraft({ ...network, ...change })).toMatchObject({ ok: false, problems })
})

test('percentages have no capacity: they are percent already', () => {
  const metricOf = (metric: string, kind: ThresholdForm['kind'] = 'metric') => hasCapacity({ kind, metric }, '')
  expect([metricOf('network_traffic'), metricOf('cpu_usage'), metricOf('network_traffic', 'offline')]).toEqual([
    true,
    false,
    false,
  ])
})
