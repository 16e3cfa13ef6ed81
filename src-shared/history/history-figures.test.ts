import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hourMs, minuteMs } from '../format/time-units.ts'
import { anId } from '../rule/rule-builders.ts'
import { BarCount, barStarts, FiguresCount, type HistoryFact, NodeCounts, RuleCounts } from './history-figures.ts'
import { dayStarts, rangeBefore, ReportCount, SummaryCount } from './history-report.ts'

const at = Date.UTC(2026, 10, 24, 10)
const aFact = (part: Partial<HistoryFact> = {}): HistoryFact => ({
  id: anId(1),
  openedAt: at,
  resolvedAt: null,
  worst: 'critical',
  acknowledgedAt: null,
  flapped: false,
  nodeId: 'node-1',
  nodeName: 'Server-Alpha',
  ruleId: anId(100),
  metric: 'cpu_usage',
  kind: 'value',
  ...part,
})

describe('figures', () => {
  const none = { fired: 0, critical: 0, meanToAcknowledgeMs: null, meanToRecoverMs: null, neverAcknowledged: 0 }

  test.each<[string, Array<Partial<HistoryFact>>, Partial<typeof none> | Record<string, number | null>]>([
    ['of nothing', [], {}],
    ['of a warning that fires', [{ worst: 'warning' }], { fired: 1, neverAcknowledged: 1 }],
    [
      'count the time to acknowledge of criticals only',
      [
        { acknowledgedAt: at + 1000 },
        { acknowledgedAt: at + 3000 },
        { worst: 'warning', acknowledgedAt: at + hourMs },
        {},
      ],
      { fired: 4, critical: 3, meanToAcknowledgeMs: 2000, neverAcknowledged: 1 },
    ],
    [
      'count the time to recover of what ended',
      [{ resolvedAt: at + minuteMs }, { worst: 'warning', resolvedAt: at + 3 * minuteMs }, {}],
      { fired: 3, critical: 2, meanToRecoverMs: 2 * minuteMs, neverAcknowledged: 3 },
    ],
    [
      'have no negative time: the clock of a person may be behind that of the node',
      [{ acknowledgedAt: at - hourMs, resolvedAt: at - 1 }],
      { fired: 1, critical: 1, meanToAcknowledgeMs: 0, meanToRecoverMs: 0 },
    ],
  ])('%s', (_name, facts, expected) => {
    const count = new FiguresCount()
    for (const fact of facts) count.add(aFact(fact))
    expect(count.figures).toEqual({ ...none, ...expected })
  })
})

describe('bars', () => {
  test('are equal intervals without a gap, and none is empty of time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 0, max: 1e10 }),
        fc.integer({ min: 1, max: 200 }),
        (from, span, bars) => {
          const starts = barStarts({ from, to: from + span }, bars)
          expect(starts).toHaveLength(Math.min(bars, span))
          const lengths = [...starts.slice(1), from + span].map((end, i) => end - (starts[i] ?? 0))
          if (starts.length > 0) expect(starts[0]).toBe(from)
          expect(lengths.every((length) => length >= 1)).toBe(true)
          expect(Math.max(...lengths, 1) - Math.min(...lengths, Infinity)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  test('count each alert in the interval in which it opened', () => {
    const count = new BarCount([0, 10, 20])
    for (const openedAt of [-1, 0, 9, 10, 20, 1e9])
      count.add({ openedAt, worst: openedAt === 9 ? 'warning' : 'critical' })
    expect(count.bars).toEqual([
      { from: 0, critical: 1, warning: 1, info: 0 },
      { from: 10, critical: 1, warning: 0, info: 0 },
      { from: 20, critical: 2, warning: 0, info: 0 },
    ])
  })
})

test('the noisiest rules: nodes once, short ones under two minutes, acknowledged', () => {
  const count = new RuleCounts()
  const quick = { resolvedAt: at + 2 * minuteMs - 1 }
  count.add(aFact({ ruleId: anId(101), metric: 'temp' }))
  count.add(aFact({ ...quick, nodeId: 'b' }))
  count.add(aFact({ ...quick, nodeId: 'b', acknowledgedAt: at }))
  count.add(aFact({ resolvedAt: at + 2 * minuteMs, nodeId: 'c', kind: 'no-data' }))
  expect(count.noisiest).toEqual([
    { ruleId: anId(100), metric: 'cpu_usage', kind: 'value', fired: 3, nodes: 2, short: 2, acknowledged: 1 },
    { ruleId: anId(101), metric: 'temp', kind: 'value', fired: 1, nodes: 1, short: 0, acknowledged: 0 },
  ])
})

test('the noisiest nodes: time in which at least one alert fires counts once', () => {
  const count = new NodeCounts(at + 100)
  count.add(aFact({ nodeId: 'a', openedAt: at + 90, nodeName: 'New name' }))
  count.add(aFact({ nodeId: 'a', openedAt: at + 10, resolvedAt: at + 30, flapped: true }))
  count.add(aFact({ nodeId: 'a', openedAt: at, resolvedAt: at + 20 }))
  count.add(aFact({ nodeId: 'b', openedAt: at + 200 }))
  expect(count.noisiest).toEqual([
    { nodeId: 'a', nodeName: 'New name', fired: 3, flapped: 1, firingMs: 40 },
    { nodeId: 'b', nodeName: 'Server-Alpha', fired: 1, flapped: 0, firingMs: 0 },
  ])
  expect(count.first).toEqual({ nodeId: 'a', nodeName: 'New name', fired: 3 })
})

describe('days of the wall clock', () => {
  /** Zurich, autumn 2026: clocks go back on 25 October at 01:00 UTC, from +2 to +1. */
  const zurich = (time: number): number => (time < Date.UTC(2026, 9, 25, 1) ? 120 : 60)

  test('begin at midnight, also beside a change of the clocks', () => {
    const range = { from: Date.UTC(2026, 9, 24, 12), to: Date.UTC(2026, 9, 26, 12) }
    expect(dayStarts(range, zurich).map((start) => new Date(start).toISOString())).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ])
  })

  test('a range that ends at midnight has no day after it, and an empty one has none', () => {
    const midnight = Date.UTC(2026, 9, 23, 22)
    expect(dayStarts({ from: midnight, to: midnight + 24 * hourMs }, zurich)).toEqual([midnight])
    expect(dayStarts({ from: midnight, to: midnight }, zurich)).toEqual([])
  })

  test('a report has them, and the range of the same length before it', () => {
    const range = { from: Date.UTC(2026, 9, 24, 22), to: Date.UTC(2026, 9, 25, 23) }
    expect(rangeBefore(range)).toEqual({ from: Date.UTC(2026, 9, 23, 21), to: range.from })
    const count = new ReportCount(range, { offsetAt: zurich, now: range.to })
    for (const openedAt of [range.to, range.to - 1, range.from, range.from - 1, Date.UTC(2026, 9, 23, 20)]) {
      count.add(aFact({ openedAt, worst: openedAt === range.from ? 'warning' : 'critical' }))
    }
    const { days, now, before, rules, nodes } = count.report
    expect(days).toEqual([{ from: range.from, critical: 1, warning: 1, info: 0 }])
    expect([now.fired, before.fired, rules[0]?.fired, nodes[0]?.fired]).toEqual([2, 1, 2, 2])
  })
})

test('a summary without alerts names no node', () => {
  const { bars, figures, noisiest } = new SummaryCount({ from: 0, to: 100 }, { bars: 2, now: 100 }).summary
  expect([bars.length, figures.fired, noisiest]).toEqual([2, 0, undefined])
})
