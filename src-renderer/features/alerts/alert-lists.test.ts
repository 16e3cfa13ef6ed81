import { describe, expect, test } from 'vitest'
import { anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { alertText, filterWords, hasWords } from './alert-filter.ts'
import { groupAlerts, isOpenAtFirst } from './alert-groups.ts'
import { sortedAlerts, type AlertSort } from './alert-sort.ts'
import { manyFacts } from './many-facts.ts'
import { refusedText } from './many-text.ts'
import { nodePrefix, prefixCounts, prefixText } from '#shared/node/node-prefix.ts'
import { stormOf } from '#shared/alert/storm.ts'

const warning = { severity: 'warning', threshold: 85 } as const
const one = (n: number, change: Partial<NodeAlert> = {}): NodeAlert =>
  anAlert({ id: anId(n), nodeId: `node-${n}`, openedAt: n * 1000, since: n * 1000, value: 96, ...change })

describe('order', () => {
  const alerts = [
    one(1, { ...warning, value: 170 }),
    one(10, { value: 97 }),
    one(2, { value: 99 }),
    one(3, { value: null, kind: 'offline', metric: '' }),
  ]
  test.for<[AlertSort, number[]]>([
    ['worst', [10, 3, 2, 1]],
    ['newest', [10, 3, 2, 1]],
    ['oldest', [1, 2, 3, 10]],
    ['node', [1, 2, 3, 10]],
    ['value', [1, 2, 10, 3]],
  ])('%s', ([sort, expected]) => {
    expect(sortedAlerts(alerts, sort).map(({ id }) => id)).toEqual(expected.map((n) => anId(n)))
  })

  test('alerts that compare as equal are in one order on every console', () => {
    const [a, b] = [one(1, { openedAt: 0 }), one(2, { openedAt: 0 })]
    expect(sortedAlerts([a, b], 'worst')).toEqual(sortedAlerts([b, a], 'worst'))
  })
})

describe('filter', () => {
  const alert = one(17, {
    nodeName: 'Server Alpha',
    acknowledgement: { by: 'ben', at: 0, comment: 'Batch job' },
    notes: [{ kind: 'assigned', by: 'ben', to: 'zoe', at: 1, comment: '' }],
  })
  test.for([
    ['node-17', true],
    ['ALPHA', true],
    ['cpu usage', true],
    ['batch ben', true],
    ['zoe', true],
    ['critical', true],
    ['node-18', false],
    ['batch node-18', false],
    ['  ', true],
  ] as const)('"%s" matches: %s', ([text, expected]) => {
    expect(hasWords(alertText(alert, ['CPU usage']), filterWords(text))).toBe(expected)
  })
})

describe('groups', () => {
  test('of a rule are apart by severity; critical ones first, then the largest', () => {
    const alerts = [
      one(1),
      one(2, warning),
      one(3, { ...warning, nodeId: 'node-1' }),
      one(4, { ruleId: anId(70) }),
      one(5),
    ]
    const groups = groupAlerts(alerts, 'rule')
    expect(groups.map((group) => [group.worst, group.alerts.map(({ id }) => id)])).toEqual([
      ['critical', [anId(1), anId(5)]],
      ['critical', [anId(4)]],
      ['warning', [anId(2), anId(3)]],
    ])
  })

  test('of a node have all of its alerts, and the worst of them', () => {
    const groups = groupAlerts([one(1, warning), one(2, { nodeId: 'node-1', metric: 'memory_usage' })], 'node')
    expect(groups.map(({ worst, alerts }) => [worst, alerts.length])).toEqual([['critical', 2]])
  })

  test('few alerts are all open; of many, the small groups', () => {
    const few = groupAlerts([one(1), one(2, warning)], 'rule')
    const many = groupAlerts([...Array.from({ length: 40 }, (_, i) => one(i)), one(50, warning)], 'rule')
    expect([few, many].map((groups) => groups.map((group) => isOpenAtFirst(groups, group)))).toEqual([
      [true, true],
      [false, true],
    ])
  })
})

describe('a storm', () => {
  const t0 = 1_764_000_000_000
  const minute = (count: number, from = t0): number[] => Array.from({ length: count }, (_, i) => from + i * 3000)

  test('is 20 alerts within a minute, in any order', () => {
    expect(stormOf(minute(19), t0 + 60_000)).toBeUndefined()
    expect(stormOf(minute(20).toReversed(), t0 + 60_000)).toEqual({ since: t0, count: 20 })
  })

  test('is not 20 alerts within two minutes', () => {
    const spread = Array.from({ length: 20 }, (_, i) => t0 + i * 6000)
    expect(stormOf(spread, t0 + 120_000)).toBeUndefined()
  })

  test('counts what follows, goes on with the next one, and ends five minutes after the last', () => {
    const again = [...minute(20), t0 + 100_000, ...minute(20, t0 + 200_000)]
    expect(stormOf(again, t0 + 400_000)).toEqual({ since: t0, count: 41 })
    const last = t0 + 200_000 + 57_000
    expect(stormOf(again, last + 299_999)).toBeDefined()
    expect(stormOf(again, last + 300_000)).toBeUndefined()
  })

  test('does not begin with alerts of a clock that is ahead', () => {
    expect(stormOf(minute(30), t0 - 1)).toBeUndefined()
  })

  test('counts 10,000 alerts', () => {
    const times = Array.from({ length: 10_000 }, (_, i) => t0 + i * 10)
    expect(stormOf(times, t0 + 100_000)?.count).toBe(10_000)
  })
})

test.for([
  ['web-117', 'web'],
  ['db-eu-2.example.net', 'db-eu'],
  ['node17', 'node'],
  ['gateway', 'gateway'],
  ['10.0.0.7', '10.0.0.7'],
  ['42', '42'],
] as const)('%s belongs to %s', ([id, prefix]) => {
  expect(nodePrefix(id)).toBe(prefix)
})

test('nodes count once, by prefix, most first', () => {
  const counts = prefixCounts(['web-1', 'db-1', 'web-2', 'web-1', 'edge-1', 'mail-1'])
  expect(prefixText(counts)).toBe('web 2, db 1, edge 1 and 1 more')
})

test('facts of many: values of one metric, when they began, and how many rules and nodes', () => {
  const alerts = [one(1, { value: 99 }), one(2, { value: 96 }), one(61, { value: 97 })]
  expect(manyFacts(alerts)).toMatchObject({
    count: 3,
    critical: 3,
    warning: 0,
    rules: 1,
    nodes: 3,
    values: { lowest: 96, median: 97, highest: 99 },
    from: 1000,
    to: 61_000,
    where: [{ prefix: 'node', count: 3 }],
  })
  const { bars } = manyFacts(alerts)
  expect([bars.length, bars[0]?.critical, bars.at(-1)?.critical]).toEqual([12, 2, 1])
})

test('facts of alerts of several metrics have no values; one alert is one bar', () => {
  expect(manyFacts([one(1), one(2, { metric: 'memory_usage' })]).values).toBeUndefined()
  const own = manyFacts([anOwnAlert(), anOwnAlert({ kind: 'rejects', value: 12 })])
  expect([own.values, own.nodes, own.where]).toEqual([undefined, 0, []])
  expect(manyFacts([one(1)]).bars).toEqual([{ from: 1000, critical: 1, warning: 0, info: 0 }])
})

test('what was left out is said with its reasons', () => {
  const [resolved, other] = [{ message: 'It has resolved.' }, { message: 'ben was first.' }]
  expect(refusedText([], 50)).toBe('')
  expect(refusedText([resolved, resolved, resolved], 50)).toBe('3 of 50 were left out. It has resolved.')
  expect(refusedText([other, resolved, resolved], 50)).toBe(
    '3 of 50 were left out. 2: It has resolved. 1: ben was first.',
  )
})
