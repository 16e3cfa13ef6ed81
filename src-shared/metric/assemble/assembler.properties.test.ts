import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PartShape, RecordPart } from '../formats/record-part.ts'
import {
  aPart,
  aShape,
  columnsOfRecords,
  KeptCounters,
  rowsOf,
  type TestRecord,
  type TestRow,
} from './assemble-builders.ts'
import { Assembler } from './assembler.ts'

/** Shapes of one host: gauges, counters, both, fewer fields than before, totals, shares, means. */
const shapes: readonly PartShape[] = [
  aShape({ part: 'mem', gauges: ['mem.used', 'mem.free'] }),
  aShape({ part: 'sys', gauges: ['sys.load'], counters: ['sys.forks'] }),
  aShape({ part: 'sys', counters: ['sys.forks', 'sys.switches'] }),
  ...['eth0', 'eth1', 'eth2'].map((name) =>
    aShape({
      part: `net{interface=${name}}`,
      gauges: [`net.speed{interface=${name}}`],
      counters: [`net.rx{interface=${name}}`, `net.tx{interface=${name}}`],
      house: [
        {
          metric: 'network_traffic',
          combine: 'sum',
          over: 'records',
          terms: [
            { index: 1, numerator: 8 / 1e6, denominator: 0 },
            { index: 2, numerator: 8 / 1e6, denominator: 0 },
          ],
        },
      ],
    }),
  ),
  ...['cpu0', 'cpu1'].map((cpu) =>
    aShape({
      part: `cpu{cpu=${cpu}}`,
      counters: ['idle', 'busy'],
      house: [
        {
          metric: 'cpu_usage',
          combine: 'complement',
          over: 'records',
          terms: [
            { index: 0, numerator: 1, denominator: 1 },
            { index: 1, numerator: 0, denominator: 1 },
          ],
        },
      ],
    }),
  ),
  aShape({ part: 'http', counters: ['http.sum', 'http.count'], means: [{ name: 'http.mean', sum: 0, count: 1 }] }),
]

const raw = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 5_000 }) },
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const part: fc.Arbitrary<RecordPart> = fc
  .record({
    shape: fc.constantFrom(...shapes),
    tick: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 12 }) }, fc.integer({ min: -5, max: 4_000 })),
    values: fc.array(raw, { minLength: 3, maxLength: 3 }),
    node: fc.constantFrom('a', 'a', 'a', 'b'),
  })
  .map(({ shape, tick, values, node }) => aPart(shape, tick * 10, values.slice(0, shape.names.length), node))
/** Of one partition; times go forward for the most part. */
const log: fc.Arbitrary<TestRecord[]> = fc
  .array(fc.array(part, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 40 })
  .map((records) =>
    records.map((parts, i) => ({
      offset: i,
      parts: parts.map((one) => ({ ...one, at: one.at + Math.floor(i / 3) * 10_000 })),
    })),
  )
const cuts = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 })

/** The log in batches that end at these records. */
function batches(records: readonly TestRecord[], at: readonly number[]): TestRecord[][] {
  const ends = [...at].sort((a, b) => a - b)
  return [...ends, records.length]
    .map((end, i) => records.slice(ends[i - 1] ?? 0, end))
    .filter((batch) => batch.length > 0)
}

function inOneBatch(records: readonly TestRecord[]): TestRow[] {
  return rowsOf(columnsOfRecords(new Assembler(), records))
}

describe('the rows of a partition are the same to the bit', () => {
  test('wherever batches end', () => {
    fc.assert(
      fc.property(log, cuts, (records, at) => {
        const assembler = new Assembler()
        const rows = batches(records, at).flatMap((batch) => {
          const read = rowsOf(columnsOfRecords(assembler, batch))
          assembler.commit()
          return read
        })
        expect(rows).toStrictEqual(inOneBatch(records))
      }),
    )
  })

  test('wherever ReMo starts again', () => {
    fc.assert(
      fc.property(log, cuts, (records, at) => {
        const kept = new KeptCounters()
        const rows = batches(records, at).flatMap((batch) => {
          const assembler = new Assembler()
          assembler.restore(kept.rows())
          const columns = columnsOfRecords(assembler, batch)
          kept.keep(columns)
          return rowsOf(columns)
        })
        expect(rows).toStrictEqual(inOneBatch(records))
      }),
      { numRuns: 300 },
    )
  })

  test('whatever was read and not stored in between, also in other partitions', () => {
    fc.assert(
      fc.property(log, log, cuts, (records, others, at) => {
        const assembler = new Assembler()
        const rows = batches(records, at).flatMap((batch, i) => {
          columnsOfRecords(assembler, batch.slice(0, i + 1))
          assembler.rollback()
          columnsOfRecords(assembler, others)
          assembler.rollback({ topic: 't', partition: 0 })
          // the records of another partition are stored later
          columnsOfRecords(assembler, [{ topic: 'u', partition: 1, parts: others[0]?.parts ?? [] }])
          const read = rowsOf(columnsOfRecords(assembler, batch))
          assembler.commit({ topic: 't', partition: 0 })
          assembler.rollback()
          return read
        })
        expect(rows).toStrictEqual(inOneBatch(records))
      }),
    )
  })
})

test('a record that comes twice gives neither a rate nor a total', () => {
  fc.assert(
    fc.property(log, (records) => {
      const assembler = new Assembler()
      for (const record of records) {
        columnsOfRecords(assembler, [record])
        const again = rowsOf(columnsOfRecords(assembler, [record]))
        const names = again.flatMap(({ part: name, values, raw: counters }) => [
          ...(name === 'total' ? [name] : []),
          ...Object.keys(values),
          ...Object.keys(counters),
        ])
        expect(names.filter((name) => !/^(mem\.|sys\.load|net\.speed)/.test(name))).toEqual([])
      }
    }),
  )
})

test('no values make it throw, or write what is no number', () => {
  const wild = fc.array(fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 1e308)), {
    minLength: 3,
    maxLength: 3,
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...shapes), wild, fc.integer({ min: 0, max: 99 }))), (list) => {
      const parts = list.map(([shape, values, second]) => aPart(shape, second, values.slice(0, shape.names.length)))
      const columns = columnsOfRecords(new Assembler(), [{ parts }])
      expect(columns.values.every(Number.isFinite)).toBe(true)
      expect(columns.raw?.values.every(Number.isFinite) ?? true).toBe(true)
    }),
  )
})
