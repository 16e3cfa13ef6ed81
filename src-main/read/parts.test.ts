import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { wholeNode } from '#shared/alert/series.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import { aPartBatch, aPartSample, type PartSample } from '../store/part-builders.ts'
import { aBatchWrite, aState, anAnchor, defined, startAt } from '../store/store-builders.ts'
import { aCachePerTest } from '../store/test-cache.ts'
import { exportNodeCsv } from './node-csv-export.ts'
import { PreviewJob } from './preview-job.ts'
import { readRange } from './read-range.ts'

const cache = aCachePerTest()
const hourMs = 3600_000
/** More than two chunks of a part with one metric. */
const many = 2500

/** Records of one part, ten seconds apart. */
function records(part: string, count: number, sample: Partial<PartSample> = {}): PartSample[] {
  const name = `${part}.value`
  const one = (i: number): PartSample =>
    aPartSample({ part, names: [name], at: startAt + i * 10_000, values: [(i % 900) / 10], ...sample })
  return Array.from({ length: count }, (_, i) => one(i))
}

function write(...all: ReadonlyArray<readonly PartSample[]>): void {
  for (const samples of all) {
    for (let i = 0; i < samples.length; i += 500) {
      cache.store.commitBatch(aBatchWrite({ samples: [aPartBatch(samples.slice(i, i + 500))] }))
    }
  }
}

function chart(metrics: readonly string[], { points = 10_000, to = startAt + 9e7 } = {}) {
  const request = { nodeId: 'web-1', metrics, from: startAt, to, points }
  return readRange(cache.reader, cache.store.samples.heads('web-1', metrics), request)
}

/** Numbers of the parts whose chunks were read. */
function partsRead(read: () => void): Set<string> {
  const found = new Set<string>()
  const { reader } = cache
  const note = <K extends 'chunks' | 'page'>(method: K): void => {
    const original = reader[method].bind(reader) as (...args: unknown[]) => never
    vi.spyOn(reader, method).mockImplementation(((...args: unknown[]) => {
      found.add((args[0] as { part: string }).part)
      return original(...args)
    }) as never)
  }
  note('chunks')
  note('page')
  read()
  vi.restoreAllMocks()
  return found
}

async function exported(metrics?: readonly string[]): Promise<Array<Record<string, string>>> {
  const path = join(cache.dir, 'out.csv')
  const request = { nodeId: 'web-1', from: startAt, to: startAt + 9e7, path, ...(metrics ? { metrics } : {}) }
  await exportNodeCsv(cache.reader, cache.store.samples.heads('web-1', metrics), request)
  return parse(readFileSync(path, 'utf8'), { columns: true })
}

describe('a node of many parts', () => {
  const paths = Array.from({ length: 12 }, (_, i) => `disk{path=/${i}}`)

  it('a chart reads the chunks of the parts with its metrics, and no others', () => {
    for (const path of paths) write(records(path, many))
    const wanted = [`${paths[3] ?? ''}.value`, `${paths[5] ?? ''}.value`]
    expect(partsRead(() => chart(wanted))).toEqual(new Set([paths[3], paths[5]]))
    const [first, second] = chart(wanted)
    const values = records('', many).map(({ values: [value] }) => value)
    expect([...defined(first).last]).toEqual(values)
    expect([...defined(second).last]).toEqual(values)
    expect([...defined(chart(['unknown', ...wanted])[0]).at]).toEqual([])
  })

  it('an export of one metric reads its part; one of all has a line for each time with all parts', async () => {
    write(...paths.map((path, p) => records(path, 300).map((one) => ({ ...one, values: [p + 0.5] }))))
    const one = await exported([`${paths[2] ?? ''}.value`])
    expect([Object.keys(defined(one[0])).length, one.length]).toEqual([4, 300])
    const lines = await exported()
    expect(lines).toHaveLength(300)
    const numbers = Object.values(defined(lines[7])).slice(3).map(Number)
    expect(numbers.sort((a, b) => a - b)).toEqual(paths.map((_, p) => p + 0.5))
  })

  it('newest values are those of all parts, each at its own time', () => {
    write(records('cpu', 5), records('disk{path=/}', 3))
    const latest = defined(cache.store.samples.latest()[0])
    expect([latest.at, latest.metrics, latest.values]).toEqual([
      startAt + 40_000,
      ['disk{path=/}.value', 'cpu.value'],
      [0.2, 0.4],
    ])
    const ofParts = cache.store.samples.latestParts()
    expect(ofParts.map(({ part, at, values }) => [part, at, values])).toEqual([
      ['cpu', startAt + 40_000, [0.4]],
      ['disk{path=/}', startAt + 20_000, [0.2]],
    ])
    expect(cache.store.usage(9)).toMatchObject({ nodes: 1, series: 2 })
    expect(cache.store.stats()).toMatchObject({ nodes: 1, samples: 8 })
    cache.reopen()
    expect(cache.store.samples.latestParts()).toEqual(ofParts)
  })

  it('is forgotten by retention in all its parts', () => {
    write(records('cpu', many), records('mem', many))
    while (cache.store.dropBefore(startAt + 1e9));
    expect(cache.store.stats().samples).toBe(0)
    expect(cache.store.usage(9).chunks).toBe(0)
    cache.reopen()
    expect(cache.store.stats().samples).toBe(0)
  })

  it('loses the parts of which retention left nothing at the next start, with their series', () => {
    const dayMs = 24 * hourMs
    const eth = 'eth{id=0}'
    const veth = 'veth{id=1}'
    cache.reopen({ rows: 10, bytes: 1e4 })
    write(records(eth, 5), records(veth, many, { counters: ['veth.bytes'], raw: [7] }))
    const quiet = { nodeId: 'web-1', state: aState({ last: anAnchor(1) }) }
    const series = [
      { ...quiet, metric: wholeNode, part: veth },
      { ...quiet, metric: `${veth}.value` },
      { ...quiet, metric: `${eth}.value` },
    ]
    cache.store.commitBatch(aBatchWrite({ series }))
    for (const sample of records(eth, 200)) write([{ ...sample, at: sample.at + 30 * dayMs }])
    while (cache.store.dropBefore(startAt + 29 * dayMs));
    const metrics = (): string[] => cache.store.samples.series().map(({ part, metric }) => part ?? metric)
    expect([cache.store.counterRows().length, metrics()]).toEqual([1, [`${veth}.value`, `${eth}.value`, veth]])
    cache.reopen()
    expect(cache.reader.parts('web-1').map(({ part }) => part)).toEqual([eth])
    expect([cache.store.counterRows().length, metrics().sort()]).toEqual([0, [wholeNode, `${eth}.value`].sort()])
    write(records(veth, 3, { at: startAt + 31 * dayMs }))
    cache.reopen()
    expect([...defined(chart([`${veth}.value`], { to: startAt + 40 * dayMs })[0]).last]).toEqual([0.2])
  })

  it('a chart finds a metric that a part gets later, also after a commit that failed', () => {
    write(records('cpu', 10))
    const later = aPartBatch([aPartSample({ part: 'cpu', names: ['later'], values: [5], at: startAt + 1e6 })])
    const failing = {
      ...aBatchWrite({ samples: [later] }),
      positions: [{ topic: 't', partition: 0, next: 5, last: null }],
    }
    cache.store.commitBatch({ ...aBatchWrite({}), positions: [{ topic: 't', partition: 0, next: 9, last: null }] })
    expect(() => cache.store.commitBatch(failing)).toThrow('go back')
    cache.store.discardUnsaved()
    cache.store.commitBatch(aBatchWrite({ samples: [later] }))
    expect([...defined(chart(['later'])[0]).last]).toEqual([5])
    cache.reopen()
    expect([...defined(chart(['later'])[0]).last]).toEqual([5])
  })
})

describe('a metric of several parts', () => {
  const sample = fc.record({ part: fc.constantFrom('', 'cpu', 'total'), step: fc.nat(3), value: fc.nat(100) })
  const given = fc.record({
    samples: fc.array(sample, { minLength: 1, maxLength: 60 }),
    times: fc.constantFrom(1, 10, 60),
    points: fc.constantFrom(20, 5000),
  })
  const ranks = ['', 'cpu', 'total']

  it('has one value for each time, in charts and exports, for any interleaving', async () => {
    let nodes = 0
    await fc.assert(
      fc.asyncProperty(given, async ({ samples, times, points }) => {
        const nodeId = `node-${nodes++}`
        let at = startAt
        const all = Array.from({ length: times }, () => samples)
          .flat()
          .map(({ part, step, value }) =>
            aPartSample({ nodeId, part, at: (at += step * 1000), names: ['cpu_usage'], values: [value] }),
          )
        // The parts get their numbers in this order: at equal times, a later one has the newer value.
        const first = ranks.map((part) =>
          aPartSample({ nodeId, part, at: startAt - 1000, names: ['cpu_usage'], values: [1] }),
        )
        write(first, all)
        const expected = new Map<number, readonly [number, number]>()
        for (const { part, at: time, values } of all) {
          const rank = ranks.indexOf(part)
          if ((expected.get(time)?.[0] ?? -1) <= rank) expected.set(time, [rank, defined(values[0])])
        }
        const inOrder = [...expected].sort(([a], [b]) => a - b).map(([time, [, value]]) => [time, value] as const)
        const heads = cache.store.samples.heads(nodeId)
        const request = { nodeId, from: startAt, to: Math.max(at, startAt + 1000), metrics: ['cpu_usage'], points }
        const columns = defined(readRange(cache.reader, heads, request)[0])
        if (columns.at.length === inOrder.length) {
          expect([...columns.at].map((time, i) => [time, columns.last[i]])).toEqual(inOrder)
        }
        const values = inOrder.map(([, value]) => value)
        const known = [...columns.max].filter((value) => !Number.isNaN(value))
        expect([Math.max(...known), columns.last.at(-1)]).toEqual([Math.max(...values), values.at(-1)])

        const path = join(cache.dir, 'out.csv')
        await exportNodeCsv(cache.reader, heads, { ...request, path })
        const lines = parse(readFileSync(path, 'utf8'), { columns: true }) as Array<Record<string, string>>
        const cells = lines.map((line) => [Date.parse(defined(line['timestamp'])), Number(line['cpu_percent'])])
        expect(cells).toEqual(inOrder)
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  it('is tried by a rule as one series', async () => {
    const values = { names: ['cpu_usage'] }
    const cool = records('a', 700, values).map((one) => ({ ...one, values: [50] }))
    const hot = records('b', 700, values).map((one, i) => ({
      ...one,
      at: one.at + 5000,
      values: [i === 300 ? 97 : 50],
    }))
    write(cool, hot)
    const rule = aRule({ warning: 85, critical: 95, clear: 75, forSeconds: 0 })
    const { id: _, version: _v, deleted: _d, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...draft } = rule as Rule
    const request = { rules: [], draft: draft as RuleDraft, from: startAt, to: startAt + 3 * hourMs }
    const job = new PreviewJob(request, {
      store: () => cache.reader,
      heads: {
        known: () => null,
        heads: (nodeId, metrics) => Promise.resolve(cache.store.samples.heads(nodeId, metrics)),
      },
      clock: () => 0,
    })
    await job.step(Infinity)
    const [node] = job.result().nodes
    const at = startAt + 3_005_000
    expect(node?.alerts).toMatchObject([{ from: at, to: at + 5000, severity: 'critical', value: 97 }])
  })
})
