import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aRule } from './rule-builders.ts'
import { ruleIndex } from './rule-index.ts'
import type { MetricRule, Rule } from './rule.ts'

const own = { kind: 'node', nodeId: 'node-1' } as const

describe('the rule in effect', () => {
  test('is none before its effective time', () => {
    const rule = aRule({ effectiveFrom: 100 })
    const index = ruleIndex([rule])
    expect(index.ruleFor('node-1', 'cpu_usage', 99)).toBeUndefined()
    expect(index.ruleFor('node-1', 'cpu_usage', 100)).toBe(rule)
  })

  test('is that of the metric', () => {
    expect(ruleIndex([aRule()]).ruleFor('node-1', 'disk_io', 0)).toBeUndefined()
  })

  test('is the newest version of its time', () => {
    const versions = [aRule(), aRule({ version: 2, effectiveFrom: 100 }), aRule({ version: 3, effectiveFrom: 200 })]
    const index = ruleIndex(versions)
    expect([50, 100, 199, 200].map((at) => index.ruleFor('n', 'cpu_usage', at)?.version)).toEqual([1, 2, 2, 3])
  })

  test('is not an older version that takes effect after a newer one', () => {
    const index = ruleIndex([
      aRule(),
      aRule({ version: 2, effectiveFrom: 200 }),
      aRule({ version: 3, effectiveFrom: 100 }),
    ])
    expect([99, 100, 200].map((at) => index.ruleFor('n', 'cpu_usage', at)?.version)).toEqual([1, 3, 3])
  })

  test("is the node's own, which overrides the one for all nodes", () => {
    const index = ruleIndex([aRule(), aRule({ id: 'b', scope: own })])
    expect(index.ruleFor('node-1', 'cpu_usage', 0)?.id).toBe('b')
    expect(index.ruleFor('node-2', 'cpu_usage', 0)?.id).toBe(aRule().id)
  })

  test.each([{ deleted: true }, { enabled: false }])(
    "is again the one for all nodes when the node's own is %j",
    (change) => {
      const versions = [
        aRule(),
        aRule({ id: 'b', scope: own }),
        aRule({ id: 'b', version: 2, scope: own, effectiveFrom: 50, ...change }),
      ]
      const index = ruleIndex(versions)
      expect([49, 50].map((at) => index.ruleFor('node-1', 'cpu_usage', at)?.id)).toEqual(['b', aRule().id])
    },
  )

  test('is that of a pattern of whole node ids, between the one for all nodes and the own one', () => {
    const index = ruleIndex([
      aRule(),
      aRule({ id: 'p', scope: { kind: 'pattern', pattern: 'node-[12]' } }),
      aRule({ id: 'b', scope: own }),
    ])
    expect(['node-1', 'node-2', 'node-21'].map((id) => index.ruleFor(id, 'cpu_usage', 0)?.id)).toEqual([
      'b',
      'p',
      aRule().id,
    ])
  })

  test('is the later one of two patterns that match; of two at the same time, that with the greater id', () => {
    const of = (id: string, pattern: string, effectiveFrom: number): Rule =>
      aRule({ id, scope: { kind: 'pattern', pattern }, effectiveFrom })
    const index = ruleIndex([of('b', 'node-.*', 0), of('a', '.*-1', 10), of('c', '.*ode-1', 10)])
    expect([0, 10].map((at) => index.ruleFor('node-1', 'cpu_usage', at)?.id)).toEqual(['b', 'c'])
    expect(index.ruleFor('node-2', 'cpu_usage', 10)?.id).toBe('b')
  })

  test('does not apply to a metric that its newer version no longer has', () => {
    const index = ruleIndex([aRule(), aRule({ version: 2, metric: 'disk_io', effectiveFrom: 10 })])
    expect(index.ruleFor('n', 'cpu_usage', 10)).toBeUndefined()
    expect(index.ruleFor('n', 'disk_io', 10)?.version).toBe(2)
  })

  test('is the later one of two with the same scope and metric', () => {
    const index = ruleIndex([aRule({ id: 'b' }), aRule({ id: 'a', effectiveFrom: 10 })])
    expect([0, 10].map((at) => index.ruleFor('n', 'cpu_usage', at)?.id)).toEqual(['b', 'a'])
  })
})

test('intervals list each change of the rule in effect, oldest first', () => {
  const all = aRule()
  const node = aRule({ id: 'b', scope: own, effectiveFrom: 10 })
  const gone = aRule({ id: 'b', version: 2, scope: own, effectiveFrom: 20, deleted: true })
  const off = aRule({ version: 2, effectiveFrom: 30, enabled: false })
  const index = ruleIndex([off, gone, all, node])
  expect(index.intervals('node-1', 'cpu_usage')).toEqual([
    { from: 0, rule: all },
    { from: 10, rule: node },
    { from: 20, rule: all },
    { from: 30, rule: undefined },
  ])
  expect(index.intervals('node-1', 'disk_io')).toEqual([])
})

test('current rules are the newest versions of the rules that are not deleted', () => {
  const newest = aRule({ version: 2, enabled: false })
  const index = ruleIndex([newest, aRule(), aRule({ id: 'b' }), aRule({ id: 'b', version: 2, deleted: true })])
  expect(index.current()).toEqual([newest])
  expect(index.version({ id: 'b', version: 1 })).toEqual(aRule({ id: 'b' }))
  expect(index.version({ id: 'b', version: 3 })).toBeUndefined()
})

const version = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  scope: fc.constantFrom<Rule['scope']>(
    { kind: 'all' },
    own,
    { kind: 'node', nodeId: 'node-2' },
    { kind: 'pattern', pattern: 'node-.*' },
    { kind: 'pattern', pattern: '.*-1' },
    { kind: 'pattern', pattern: '.*-2' },
  ),
  metric: fc.constantFrom('cpu_usage', 'disk_io'),
  effectiveFrom: fc.integer({ min: 0, max: 20 }),
  enabled: fc.boolean(),
  deleted: fc.boolean(),
  noDataSeconds: fc.constantFrom(undefined, 10, 20),
})
const versions = fc
  .array(version, { maxLength: 12 })
  .map((list) =>
    list.map((rule, i) => aRule({ ...rule, version: 1 + list.slice(0, i).filter(({ id }) => id === rule.id).length })),
  )

const matches = ({ scope }: Rule): boolean =>
  scope.kind === 'node' ? scope.nodeId === 'node-1' : scope.kind === 'all' || /^(?:node-.*|.*-1)$/.test(scope.pattern)
const widths = ['node', 'pattern', 'all']

/** The rules for node-1 by their width, each the one that counts there. */
const search = (rules: readonly MetricRule[], at: number): MetricRule[] => {
  const started = rules.filter((rule) => rule.effectiveFrom <= at)
  const inForce = started.filter(
    (rule) => !started.some((other) => other.id === rule.id && other.version > rule.version),
  )
  const inEffect = inForce.filter(
    (rule) => rule.metric === 'cpu_usage' && rule.enabled && !rule.deleted && matches(rule),
  )
  return widths.flatMap((width) =>
    inEffect
      .filter(({ scope }) => scope.kind === width)
      .toSorted((x, y) => y.effectiveFrom - x.effectiveFrom || (x.id < y.id ? 1 : -1))
      .slice(0, 1),
  )
}

test('the index gives the same result as a search through all versions', () => {
  fc.assert(
    fc.property(versions, fc.integer({ min: -1, max: 21 }), (rules, at) => {
      const index = ruleIndex(rules)
      const found = search(rules, at)
      expect(index.ruleFor('node-1', 'cpu_usage', at)).toBe(found[0])
      const seconds = found.find(({ noDataSeconds }) => noDataSeconds !== undefined)?.noDataSeconds
      expect(index.noDataSecondsFor('node-1', 'cpu_usage', at)).toBe(seconds)
      const interval = index.intervals('node-1', 'cpu_usage').findLast(({ from }) => from <= at)
      expect([interval?.rule, interval?.noDataSeconds]).toEqual([found[0], seconds])
    }),
    { numRuns: 3000 },
  )
})

test('the rule of a series stays the same until the time that the index says', () => {
  fc.assert(
    fc.property(versions, fc.integer({ min: -1, max: 21 }), (rules, at) => {
      const index = ruleIndex(rules)
      const until = index.unchangedUntil('node-1', 'cpu_usage', at)
      expect(until).toBeGreaterThan(at)
      const rule = index.ruleFor('node-1', 'cpu_usage', at)
      const seconds = index.noDataSecondsFor('node-1', 'cpu_usage', at)
      for (let later = at; later < Math.min(until, 25); later++) {
        expect(index.ruleFor('node-1', 'cpu_usage', later)).toBe(rule)
        expect(index.noDataSecondsFor('node-1', 'cpu_usage', later)).toBe(seconds)
      }
      if (rules.every(({ effectiveFrom }) => effectiveFrom <= at)) expect(until).toBe(Infinity)
    }),
    { numRuns: 3000 },
  )
})
