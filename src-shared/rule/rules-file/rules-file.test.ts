import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anId, anOfflineRule, aRule } from '../rule-builders.ts'
import { draftOfRule, isSameDraft } from '../rule-draft.ts'
import { ruleTargetKey } from '../rule-scope.ts'
import { levelProblems, MetricRuleDraft, OfflineRuleDraft, type RuleDraft, type RuleScope } from '../rule.ts'
import { stockRules } from '../stock-rules.ts'
import { fileKeys } from './file-fields.ts'
import { diffLines, diffSummary } from './diff-text.ts'
import { parseRulesFile } from './parse-rules-file.ts'
import { rulesDiff } from './rules-diff.ts'
import { writeRulesFile } from './write-rules-file.ts'

const draftsOf = (text: string): readonly RuleDraft[] => {
  const file = parseRulesFile(text)
  if (!file.ok) throw new Error(JSON.stringify(file.problems))
  return file.rules.map(({ draft }) => draft)
}
const problemsOf = (text: string): string[] => {
  const file = parseRulesFile(text)
  return file.ok ? [] : file.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

const example = `# Rules of production
- metric: cpu_usage
  nodes: all
  condition: above
  warning: 85
  critical: 95
  clear: 75
  for: 2m
  hold: 2m
  no_data_for: 60s
  overrides:
    - nodes: "db-.*"
      warning: 75
      critical: 90
      clear: none
    - node: node-05
      condition: below
      warning: 5
      for: 90s

- metric: node_offline
  nodes: all
  no_sample_for: 60s
  severity: critical
  overrides:
    - nodes: "edge-.*"
      no_sample_for: 5m

- metric: disk_io
  node: node-22
  warning: 400
  enabled: false
`

test('a file has rules for all nodes, with overrides that have only what differs', () => {
  const cpu = { metric: 'cpu_usage', condition: 'greater', forSeconds: 120, holdSeconds: 120, enabled: true }
  expect(draftsOf(example)).toEqual([
    { ...cpu, scope: { kind: 'all' }, warning: 85, critical: 95, clear: 75, noDataSeconds: 60 },
    { ...cpu, scope: { kind: 'pattern', pattern: 'db-.*' }, warning: 75, critical: 90 },
    { ...cpu, scope: { kind: 'node', nodeId: 'node-05' }, condition: 'less', warning: 5, forSeconds: 90 },
    { kind: 'offline', scope: { kind: 'all' }, seconds: 60, severity: 'critical', enabled: true },
    {
      kind: 'offline',
      scope: { kind: 'pattern', pattern: 'edge-.*' },
      seconds: 300,
      severity: 'critical',
      enabled: true,
    },
    {
      metric: 'disk_io',
      scope: { kind: 'node', nodeId: 'node-22' },
      condition: 'greater',
      warning: 400,
      forSeconds: 0,
      enabled: false,
    },
  ])
})

test('an empty file has no rules', () => {
  expect([draftsOf(''), draftsOf('# nothing\n'), draftsOf('[]\n')]).toEqual([[], [], []])
})

describe('a problem has its line, its column and a sentence:', () => {
  const rule = '- metric: cpu_usage\n  nodes: all\n  warning: 85\n'
  test.each([
    ['an unknown field', `${rule}  critcal: 95\n`, ['4:3 Unknown field critcal. Did you mean critical?']],
    [
      'a field of the other kind',
      '- metric: node_offline\n  nodes: all\n  no_sample_for: 60s\n  warning: 1\n',
      [
        '4:3 Unknown field warning. The fields here are metric, nodes, node, overrides, no_sample_for, severity, enabled.',
      ],
    ],
    ['two rules for one scope', `${rule}${rule}`, ['5:10 A rule for cpu_usage on all nodes is already in line 1.']],
    [
      'the same override twice',
      `${rule}  overrides:\n    - nodes: a.*\n      warning: 80\n    - nodes: a.*\n      warning: 70\n`,
      ['7:14 A rule for cpu_usage on a.* is already in line 5.'],
    ],
    ['impossible levels', `${rule}  critical: 80\n`, ['4:13 Critical must be at or above the warning level (85).']],
    [
      'impossible levels of an override',
      `${rule}  critical: 90\n  overrides:\n    - node: a\n      warning: 95\n`,
      ['6:7 Critical must be at or above the warning level (95).'],
    ],
    ['no level', '- metric: cpu_usage\n  nodes: all\n', ['1:3 Set a warning or a critical level.']],
    ['a level outside the metric', `${rule}  critical: 850\n`, ['4:13 CPU usage is from 0 to 100\u202f%.']],
    [
      'a level with a unit',
      '- metric: cpu_usage\n  nodes: all\n  warning: 85 %\n',
      ['3:12 warning: Write a number without a unit, such as 85. It is in the unit of the metric.'],
    ],
    ['a level that is no number', '- metric: x\n  nodes: all\n  warning: .nan\n', ['3:12 warning: Write a number']],
    ['a duration without a unit', `${rule}  for: 120\n`, ['4:8 for: Write a duration in whole seconds with its unit']],
    ['a duration of half a second', `${rule}  for: 500ms\n`, ['4:8 for: Write a duration in whole seconds']],
    [
      'a duration out of range',
      `${rule}  hold: 2h\n`,
      ['4:9 hold: Write a duration in whole seconds with its unit, such as 30s, 2m or 1h30m; from 0s to 30m.'],
    ],
    ['a bad pattern', '- metric: x\n  nodes: "db-("\n  warning: 1\n', ['2:10 nodes: Missing closing ): db-(']],
    ['a number as a node', '- metric: x\n  node: 007\n  warning: 1\n', ['2:9 node: Put this text in quotes.']],
    [
      'no nodes',
      '- metric: x\n  warning: 1\n',
      ['1:3 Write nodes: with all or a pattern of ids, or node: with one id.'],
    ],
    ['both nodes and node', '- metric: x\n  nodes: all\n  node: a\n  warning: 1\n', ['1:3 Write nodes: with all']],
    ['no metric', '- nodes: all\n', ['1:3 Write the metric, such as cpu_usage, or node_offline.']],
    ['none outside an override', `${rule}  clear: none\n`, ['4:10 clear: Write a number']],
    [
      'overrides of a rule for one node',
      '- metric: x\n  node: a\n  warning: 1\n  overrides:\n    - node: b\n      warning: 2\n',
      ['5:7 Only a rule for all nodes has overrides.'],
    ],
    ['no list', 'rules: 1\n', ['1:1 Write a list of rules. Each begins with "- metric: ".']],
    ['no rule', '- 7\n', ['1:3 Write a rule here: "metric: ", "nodes: " and its levels.']],
    ['a duplicate key', `${rule}  warning: 86\n`, ['4:3 This is not valid YAML: Map keys must be unique.']],
    ['no YAML', '- metric: [\n', ['2:1 This is not valid YAML: Flow sequence in block collection must be']],
    ['two documents', `${rule}---\n${rule}`, ['4:1 This is not valid YAML']],
    ['an anchor and an alias', '- &a\n  metric: x\n- *a\n', ['3:3 Aliases are not supported. Write the value again.']],
    ['a tag', '- metric: !!binary aGk=\n', ['1:20 Tags are not supported.']],
  ])('%s', (_, text, expected) => {
    const problems = problemsOf(text)
    for (const sentence of expected) expect(problems.join('\n')).toContain(sentence)
  })

  test('all problems are there, by line', () => {
    const text = '- metric: x\n  nodes: all\n  for: 7\n  warning: a\n- metric: y\n  nodes: "("\n  warning: 1\n'
    expect(problemsOf(text).map((problem) => problem.split(':')[0])).toEqual(['3', '4', '6'])
  })
})

test('a file that is too large, or nested without an end, is refused at once', () => {
  expect(problemsOf(' '.repeat(1_000_001))).toEqual(['1:1 The file is too large. It may have 1,000,000 characters.'])
  expect(problemsOf('['.repeat(200_000))).toHaveLength(1)
  const bomb = ['- &a0 [x]', ...Array.from({ length: 30 }, (_, i) => `- &a${i + 1} [*a${i}, *a${i}]`)].join('\n')
  expect(problemsOf(bomb)[0]).toContain('not supported')
  const many = Array.from({ length: 5_001 }, (_, i) => `- {metric: m${i}, nodes: all, warning: 1}`).join('\n')
  expect(problemsOf(many)).toEqual(['5001:3 There are too many rules. A file may have 5,000.'])
})

test('rules are written with their overrides under them, in one order', () => {
  const rules = [
    aRule({ id: anId(3), scope: { kind: 'node', nodeId: '007' }, warning: 97, critical: 99 }),
    anOfflineRule(),
    aRule({ id: anId(2), scope: { kind: 'pattern', pattern: 'db-.*' }, warning: 75 }),
    aRule({ holdSeconds: 120 }),
  ]
  const text = `# Rules of ReMo. Levels are in the unit of the metric.

- metric: node_offline
  nodes: all
  no_sample_for: 1m

- metric: cpu_usage
  nodes: all
  warning: 85
  critical: 95
  clear: 75
  for: 2m
  hold: 2m
  overrides:
    - nodes: db-.*
      warning: 75
      hold: 0s
    - node: "007"
      warning: 97
      critical: 99
      hold: 0s
`
  // A warning of 75 with the clear level of 75 is impossible, so this file is only written.
  expect(writeRulesFile(rules)).toBe(text)
  expect(writeRulesFile(rules.toReversed())).toBe(text)
  expect(draftsOf(writeRulesFile([])).length).toBe(0)
})

test('an override has the flapping of its rule, unless it says otherwise', () => {
  const general = aRule({ findsFlapping: true })
  const node = { kind: 'node', nodeId: 'a' } as const
  const without = aRule({ id: anId(2), scope: node })
  expect(writeRulesFile([general, without])).toContain('    - node: a\n      finds_flapping: false\n')
  expect(writeRulesFile([general, { ...without, findsFlapping: false }])).toBe(writeRulesFile([general, without]))
  expect(writeRulesFile([general, { ...without, findsFlapping: true }])).toContain('- node: a\n')
  const alone = writeRulesFile([{ ...without, findsFlapping: false }])
  expect(alone).not.toContain('finds_flapping')
  const text = '- metric: x\n  nodes: all\n  warning: 1\n  finds_flapping: true\n  overrides:\n    - node: a\n'
  expect(draftsOf(`${text}      warning: 2\n`)).toMatchObject([{ findsFlapping: true }, { findsFlapping: true }])
  expect(draftsOf(`${text}      finds_flapping: false\n`)).toMatchObject([{}, { findsFlapping: false }])
  expect(draftsOf('- metric: x\n  nodes: all\n  warning: 1\n')[0]).not.toHaveProperty('findsFlapping')
  expect(problemsOf('- metric: x\n  nodes: all\n  warning: 1\n  finds_flapping: 5\n')).toEqual([
    '4:19 finds_flapping: Write true or false.',
  ])
  const diff = rulesDiff([general], [draftOfRule(aRule())])
  expect(diffLines(diff)[0]?.details).toEqual(['finds flapping on → off'])
})

test('an override has the capacity of its rule, and a file says a wrong one at its place', () => {
  const text = '- metric: network_traffic\n  nodes: all\n  warning: 900\n  capacity: 1000\n'
  expect(draftsOf(`${text}  overrides:\n    - node: a\n      warning: 800\n`)).toMatchObject([
    { capacity: 1000 },
    { capacity: 1000, warning: 800 },
  ])
  expect(problemsOf(text.replace('1000', '0'))).toEqual([
    '4:13 capacity: Write a number above 0 without a unit, such as 1000. It is in the unit of the metric.',
  ])
})

test('a file has every field of a rule', () => {
  const keys = [...Object.keys(MetricRuleDraft.shape), ...Object.keys(OfflineRuleDraft.shape)]
  const own = keys.filter((key) => !['scope', 'metric', 'anyTags', 'kind'].includes(key))
  expect(new Set<string>(fileKeys)).toEqual(new Set(own))
})

test('the stock rules come back from their file', () => {
  const stock = stockRules(0)
  expect(rulesDiff(stock, draftsOf(writeRulesFile(stock)))).toEqual({ added: [], changed: [], removed: [] })
})

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    'all',
    'none',
    'true',
    '007',
    '1e3',
    'null',
    '- a',
    'a: b',
    '# no',
    '*a',
    '&b',
    '!c',
    'ä\u202e',
    '~',
    'on',
  ),
)
const scope = fc.oneof(
  fc.constant<RuleScope>({ kind: 'all' }),
  fc
    .constantFrom('db-.*', '.*-[0-9]+', 'a|b', '\\d+', '"', "'x'", '.', '#.*')
    .map((pattern): RuleScope => ({ kind: 'pattern', pattern })),
  text.map((nodeId): RuleScope => ({ kind: 'node', nodeId })),
)
const level = fc.option(
  fc
    .oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.double({ min: -1e15, max: 1e15, noNaN: true }))
    .map((n) => n + 0),
  { nil: undefined },
)
const seconds = (min: number, max: number) => fc.option(fc.integer({ min, max }), { nil: undefined })
const metricDraft = fc
  .record({
    scope,
    metric: fc
      .oneof(fc.constantFrom('load', 'disk_io', 'disk.used{path=/}', 'cpu.time{state=idle}'), text)
      .filter((name) => name !== 'node_offline'),
    anyTags: fc.option(
      fc.uniqueArray(fc.constantFrom('path', 'cpu', 'device', 'on', '7', '#'), { minLength: 1, maxLength: 3 }),
      { nil: undefined },
    ),
    condition: fc.constantFrom('greater', 'less'),
    warning: level,
    critical: level,
    clear: level,
    forSeconds: fc.integer({ min: 0, max: 86_400 }),
    holdSeconds: seconds(0, 1_800),
    findsFlapping: fc.option(fc.boolean(), { nil: undefined }),
    noDataSeconds: seconds(5, 86_400),
    enabled: fc.boolean(),
  })
  .map((draft): object => Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)))
  .filter((draft): draft is MetricRuleDraft => {
    const parsed = MetricRuleDraft.safeParse(draft)
    return parsed.success && levelProblems(parsed.data).length === 0
  })
const offlineDraft = fc
  .record({
    kind: fc.constant('offline'),
    scope,
    seconds: fc.integer({ min: 5, max: 86_400 }),
    severity: fc.constantFrom('warning', 'critical'),
    enabled: fc.boolean(),
  })
  .filter((draft): draft is OfflineRuleDraft => OfflineRuleDraft.safeParse(draft).success)

test('whatever the rules are, they come back from their file', () => {
  const rules = fc.uniqueArray(fc.oneof(metricDraft, offlineDraft), { maxLength: 12, selector: ruleTargetKey })
  fc.assert(
    fc.property(rules, (drafts: RuleDraft[]) => {
      const read = new Map(draftsOf(writeRulesFile(drafts)).map((draft) => [ruleTargetKey(draft), draft]))
      expect(read.size).toBe(drafts.length)
      for (const draft of drafts) {
        const back = read.get(ruleTargetKey(draft))
        if (!back || !isSameDraft(back, draft)) expect(back).toEqual(draft)
      }
    }),
    { numRuns: 1000 },
  )
})

test('the difference says what is added, changed and removed, in words', () => {
  const current = [aRule(), anOfflineRule(), aRule({ id: anId(5), metric: 'disk_io', warning: 400, critical: 500 })]
  const { clear: _, ...withoutClear } = draftOfRule(aRule({ warning: 80, forSeconds: 60 })) as MetricRuleDraft
  const added = draftOfRule(aRule({ scope: { kind: 'pattern', pattern: 'db-.*' }, enabled: false }))
  const diff = rulesDiff(current, [withoutClear, added, draftOfRule(anOfflineRule())])
  expect(diffSummary(diff)).toBe('1 added, 1 changed, 1 removed')
  expect(diffLines(diff)).toEqual([
    {
      kind: 'added',
      name: 'CPU usage, db-.*',
      details: ['warning above 85\u202f%, critical above 95\u202f%, clears below 75\u202f%', 'off'],
    },
    {
      kind: 'changed',
      name: 'CPU usage, all nodes',
      details: ['warning 85\u202f% → 80\u202f%', 'clear 75\u202f% → none', 'for 2\u202fm → 1\u202fm'],
    },
    { kind: 'removed', name: 'Disk I/O, all nodes', details: [expect.stringContaining('400') as string] },
  ])
  expect(diffSummary(rulesDiff([], []))).toBe('no difference')
})
