import { describe, expect, test } from 'vitest'
import { wholeNode } from '../alert/series.ts'
import { anOfflineRule } from '../rule/rule-builders.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import { emptySeries, evaluate, evaluateAt } from './evaluate.ts'
import { nodeInterval, partInterval } from './node-parts.ts'
import { evaluateNode } from './node-series.ts'
import { observedInterval } from './observed-interval.ts'
import { anEagerRule, levels, series, startAt, transitionWords } from './scenario.ts'
import type { SeriesState } from './series-state.ts'

const node = { ...series, metric: wholeNode }

interface PartRecord {
  readonly second: number
  readonly part?: string
  /** Seconds after `second` at which it was written; by default at once. */
  readonly sentAfter?: number
  readonly partition?: number
}

/** A part that sends each `every` seconds, from `from` on. */
const sends = (part: string, every: number, { from = 0, until = 600 } = {}): PartRecord[] =>
  Array.from({ length: Math.floor((until - from) / every) + 1 }, (_, i) => ({ second: from + i * every, part }))
const inOrder = (...parts: PartRecord[][]): PartRecord[] => parts.flat().toSorted((a, b) => a.second - b.second)

function nodeAfter(records: readonly PartRecord[], from: SeriesState = emptySeries): SeriesState {
  return records.reduce((state, { second, part, sentAfter = 0, partition = 0 }, offset) => {
    const at = startAt + second * 1000
    const position = { topic: 'telegraf', partition, offset }
    const record = { at, recordedAt: at + sentAfter * 1000, position, ...(part === undefined ? {} : { part }) }
    return evaluateNode(state, node, record)[0]
  }, from)
}

/** Seconds of silence after which the offline alert of this node opens. */
function offlineAfter(state: SeriesState, seconds = 60): number {
  const index = ruleIndex([anOfflineRule({ seconds })])
  const newest = ((state.last?.at ?? 0) - startAt) / 1000
  for (let silent = 0; silent <= 86_400; silent++) {
    const now = startAt + (newest + silent) * 1000
    if (evaluateAt(state, node, index, { now })[1].length > 0) return silent
  }
  return Infinity
}

const many = (count: number, partOf: (i: number) => PartRecord[]): PartRecord[] =>
  inOrder(...Array.from({ length: count }, (_, i) => partOf(i)))

describe('the interval of a node, and when it is offline under a rule of 60 s', () => {
  test.each<[string, PartRecord[], number, number]>([
    ['Telegraf: 30 records of one time, every 10 s', many(30, (i) => sends(`p${i}`, 10)), 10, 60],
    [
      'collectd: each plugin at its own fraction of a second, every 10 s',
      many(12, (i) => sends(`p${i}`, 10, { from: i * 0.05 })),
      10,
      60,
    ],
    [
      'plugins 2 s apart, every 60 s: two lost rounds are no fault',
      many(5, (i) => sends(`p${i}`, 60, { from: i * 2 })),
      60,
      180,
    ],
    ['records evenly over 5 minutes', many(10, (i) => sends(`p${i}`, 300, { from: i * 30, until: 3000 })), 300, 900],
    ['one plugin every 60 s, the others every 10 s', inOrder(sends('disk', 60), sends('cpu', 10)), 10, 60],
    [
      'a plugin once an hour does not mask it',
      inOrder(sends('smart', 3600, { until: 14_400 }), sends('cpu', 10, { until: 14_400 })),
      10,
      60,
    ],
    ['every record at another second, from ten plugins at once', many(10, (i) => sends(`p${i}`, 30)), 30, 90],
    [
      'a plugin that ended does not make it early',
      inOrder(sends('cpu', 10, { until: 100 }), sends('disk', 60, { until: 900 })),
      60,
      180,
    ],
    [
      'all parts under another name since a new version',
      inOrder(sends('cpu', 10, { until: 300 }), sends('system.cpu', 60, { from: 310, until: 900 })),
      60,
      180,
    ],
    ['one record of each part', many(5, (i) => [{ second: i, part: `p${i}` }]), 0, 60],
    ["ReMo's own format", sends('', 5), 5, 60],
    [
      "ReMo's own format every 10 minutes, beside a part",
      inOrder(sends('', 600, { until: 6000 }), sends('cpu', 60, { until: 6000 })),
      60,
      180,
    ],
    ['a total one interval behind', inOrder(sends('cpu', 10), sends('total', 10, { from: 0.5 })), 10, 60],
  ])('%s', (_, records, seconds, silent) => {
    const state = nodeAfter(records)
    expect(nodeInterval(state) / 1000).toBe(seconds)
    expect(offlineAfter(state)).toBe(silent)
  })

  test('does not follow from the steps between records of different parts', () => {
    const records = many(12, (i) => sends(`p${i}`, 10, { from: i * 0.05 }))
    const steps = records.slice(1).map(({ second }, i) => (second - (records[i]?.second ?? 0)) * 1000)
    expect(observedInterval(steps)).toBeLessThan(60)
    expect(nodeInterval(nodeAfter(records))).toBe(10_000)
  })
})

test('a node without parts has the state of earlier versions', () => {
  const state = nodeAfter([0, 5, 10].map((second) => ({ second })))
  expect(state).toEqual({
    ...emptySeries,
    last: { at: startAt + 10_000, position: { topic: 'telegraf', partition: 0, offset: 2 } },
    steps: [5000, 5000],
  })
  const before: SeriesState = { ...emptySeries, last: state.last, steps: [5000, 5000] }
  expect(nodeAfter([{ second: 12, part: 'cpu' }], before).parts).toEqual([
    { part: '', at: startAt + 10_000, steps: [5000, 5000] },
    { part: 'cpu', at: startAt + 12_000 },
  ])
})

test('parts have any names', () => {
  const state = nodeAfter(many(2, (i) => sends(['__proto__', 'constructor'][i] ?? '', 10)))
  expect(state.parts?.map(({ part }) => part)).toEqual(['__proto__', 'constructor'])
  expect([partInterval(state, '__proto__'), partInterval(state, 'toString')]).toEqual([10_000, 10_000])
})

describe('a clock', () => {
  test('that is ahead belongs to its part alone', () => {
    const state = nodeAfter(inOrder(sends('cpu', 10), sends('app', 10, { from: 250, until: 850 })))
    const ahead = inOrder(sends('cpu', 10, { until: 300 }), sends('app', 10, { until: 300 })).map((record) =>
      record.part === 'app' ? { ...record, second: record.second + 250 } : record,
    )
    expect(nodeInterval(state)).toBe(10_000)
    const mixed = nodeAfter(ahead)
    expect((mixed.last?.at ?? 0) - startAt).toBe(550_000)
    expect(mixed.parts).toMatchObject([
      { part: 'app', at: startAt + 550_000 },
      { part: 'cpu', at: startAt + 300_000 },
    ])
    expect(nodeInterval(mixed)).toBe(10_000)
    // Only its first record, which is long after the others.
    expect(mixed.resumedAt).toBe(startAt + 250_000)
  })

  test('that is set back is that of the present for all parts: those from the future go on from it', () => {
    const wrong = inOrder(sends('cpu', 10, { until: 100 }), sends('disk', 10, { until: 100 })).map((record) => ({
      ...record,
      second: record.second + 3000,
    }))
    const state = nodeAfter(wrong)
    const right = nodeAfter([{ second: 110, part: 'cpu' }], state)
    expect(right).toMatchObject({
      last: { at: startAt + 110_000 },
      parts: ['cpu', 'disk'].map((part) => ({ part, at: startAt + 110_000 })),
    })
    const both = nodeAfter(
      inOrder(sends('disk', 10, { from: 110, until: 160 }), sends('cpu', 10, { from: 120, until: 160 })),
      right,
    )
    expect(both.parts).toMatchObject([
      { part: 'cpu', at: startAt + 160_000 },
      { part: 'disk', at: startAt + 160_000 },
    ])
    expect(nodeInterval(both)).toBe(10_000)
  })

  test('a late record of a part changes nothing, also if the part is slow', () => {
    const state = nodeAfter(inOrder(sends('cpu', 10), sends('disk', 10)))
    expect(nodeAfter([{ second: 100, part: 'disk', sentAfter: 500 }], state)).toBe(state)
  })

  test('a slow part is not late beside a fast one', () => {
    const state = nodeAfter(inOrder(sends('cpu', 10), [{ second: 0, part: 'disk' }]))
    const next = nodeAfter([{ second: 300, part: 'disk', sentAfter: 290 }], state)
    expect(next.parts).toContainEqual({ part: 'disk', at: startAt + 300_000, steps: [300_000] })
    expect(next.last).toBe(state.last)
  })
})

test('of records with one time, the newest does not depend on which partition was read first', () => {
  const records = [0, 1, 2].map((partition) => ({ second: 10, part: `p${partition}`, partition }))
  const newest = (list: PartRecord[]) => nodeAfter(list).last?.position.partition
  expect([newest(records), newest(records.toReversed())]).toEqual([2, 2])
})

describe('a metric is missing while its node goes on', () => {
  /** The metric of `part` after its last record up to `second`, and its node. Words of the alert that opens then. */
  const missing = (part: string, all: PartRecord[], second: number, noDataSeconds: number): string[] => {
    const records = all.filter((record) => record.second <= second)
    const index = ruleIndex([anEagerRule({ ...levels({ noDataSeconds }), warning: 85 })])
    const metric = records
      .filter((record) => record.part === part)
      .reduce((state, record, offset) => {
        const reading = {
          at: startAt + record.second * 1000,
          value: 1,
          part,
          position: { topic: 't', partition: 0, offset },
        }
        return evaluate(state, series, index, reading)[0]
      }, emptySeries)
    const state = nodeAfter(records)
    return transitionWords(evaluateAt(metric, series, index, { now: startAt + second * 1000, node: state })[1])
  }
  const cpu = sends('cpu', 10, { until: 600 })

  test('for the time of its rule, if its part is fast', () => {
    const records = inOrder(cpu, sends('disk', 10, { until: 300 }))
    expect(missing('disk', records, 350, 60)).toEqual([])
    expect(missing('disk', records, 360, 60)).toEqual(['360 no-data opened critical'])
  })

  test('for three intervals of its part, if they are longer: never of the node', () => {
    const records = inOrder(cpu, sends('disk', 20, { until: 300 }))
    expect(missing('disk', records, 350, 30)).toEqual([])
    expect(missing('disk', records, 360, 30)).toEqual(['360 no-data opened critical'])
  })

  test('a slow part beside fast ones is not missing between its records', () => {
    const records = inOrder(cpu, sends('disk', 60, { until: 300 }))
    expect(missing('disk', records, 470, 60)).toEqual([])
    expect(missing('disk', records, 480, 60)).toEqual(['480 no-data opened critical'])
  })

  test('a total that is one interval behind is not missing', () => {
    const records = inOrder(sends('cpu', 60, { until: 600 }), sends('total', 60, { until: 540 }))
    expect(missing('total', records, 660, 60)).toEqual([])
  })
})
