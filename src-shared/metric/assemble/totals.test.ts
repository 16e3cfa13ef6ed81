import { describe, expect, test } from 'vitest'
import type { PartShape, RecordPart } from '../formats/record-part.ts'
import { aPart, aShape, assembled, columnsOfRecords, KeptCounters, rowsOf, type TestRow } from './assemble-builders.ts'
import { Assembler } from './assembler.ts'

/** An interface whose bytes are added up to the traffic of its node, in Mbit/s: 125,000 B/s are one. */
function anInterface(name: string): PartShape {
  return aShape({
    part: `net{interface=${name}}`,
    counters: [`net.bytes{interface=${name}}`],
    house: [
      {
        metric: 'network_traffic',
        combine: 'sum',
        over: 'records',
        terms: [{ index: 0, numerator: 8 / 1e6, denominator: 0 }],
      },
    ],
  })
}

const [eth0, eth1, eth2] = [anInterface('eth0'), anInterface('eth1'), anInterface('eth2')]
/** Raw bytes with so many Mbit/s since 0 s. */
const after = (shape: PartShape, second: number, mbit = 1, node = 'a'): RecordPart =>
  aPart(shape, second, [125_000 * mbit * second], node)

const totalsIn = (rows: readonly TestRow[]) =>
  rows.filter(({ part }) => part === 'total').map(({ second, values }) => [second, values['network_traffic']])
const totals = (assembler: Assembler, ...records: ReadonlyArray<RecordPart | readonly RecordPart[]>) =>
  totalsIn(
    assembled(
      assembler,
      records.map((parts) => ({ parts: [parts].flat() as RecordPart[] })),
    ),
  )
const begun = (...shapes: readonly PartShape[]): Assembler => {
  const assembler = new Assembler()
  // the first group may lack parts, whose records were written before reading began
  expect(totals(assembler, ...shapes.map((shape) => after(shape, 0)))).toEqual([])
  return assembler
}

describe('a total over records', () => {
  test('is made once all parts of the time before are there, in any order', () => {
    const assembler = begun(eth0, eth1)
    expect(totals(assembler, after(eth1, 10, 2))).toEqual([])
    expect(totals(assembler, after(eth0, 10, 1))).toEqual([[10, 3]])
    expect(totals(assembler, after(eth0, 20, 1), after(eth1, 20, 2))).toEqual([[20, 3]])
  })

  test('is made at once of a single part', () => {
    expect(totals(begun(eth0), after(eth0, 10), after(eth0, 20))).toEqual([
      [10, 1],
      [20, 1],
    ])
  })

  test('is made again with a part that is new', () => {
    const assembler = begun(eth0)
    expect(totals(assembler, after(eth0, 10), after(eth1, 10, 2))).toEqual([[10, 1]])
    // eth1 has no rate yet at 10 s, and then it is expected
    expect(totals(assembler, after(eth0, 20))).toEqual([])
    expect(totals(assembler, after(eth1, 20, 2))).toEqual([[20, 3]])
    expect(totals(assembler, after(eth0, 30), after(eth1, 30, 2), after(eth2, 30))).toEqual([[30, 3]])
  })

  test('of a part that is gone is made when a later time begins, before the row of that record', () => {
    const assembler = begun(eth0, eth1)
    expect(totals(assembler, after(eth0, 10))).toEqual([])
    const rows = assembled(assembler, [{ offset: 5, parts: [after(eth0, 20)] }])
    expect(rows.map(({ part, second }) => [part, second])).toEqual([
      ['total', 10],
      ['net{interface=eth0}', 20],
      ['total', 20],
    ])
    expect(rows[0]).toMatchObject({ node: 'a', values: { network_traffic: 1 }, raw: {} })
  })

  test('is not made while a part has no rate', () => {
    const assembler = begun(eth0, eth1)
    const reset = aPart(eth1, 20, [5])
    expect(totals(assembler, after(eth0, 10), after(eth1, 10), after(eth0, 20), reset)).toEqual([[10, 2]])
    expect(totals(assembler, after(eth0, 30), aPart(eth1, 30, [5 + 1_250_000]))).toEqual([[30, 2]])
  })

  test('comes once from a record with all parts', () => {
    const assembler = begun(eth0, eth1)
    const rows = assembled(assembler, [{ offset: 9, parts: [after(eth0, 10), after(eth1, 10)] }])
    expect(totalsIn(rows)).toEqual([[10, 2]])
  })

  test('ignores a record that is late, or comes twice', () => {
    const assembler = begun(eth0, eth1)
    expect(totals(assembler, after(eth0, 10), after(eth1, 10), after(eth0, 20))).toEqual([[10, 2]])
    expect(totals(assembler, after(eth0, 20), after(eth1, 5), after(eth1, 10))).toEqual([])
    expect(totals(assembler, after(eth1, 20))).toEqual([[20, 2]])
  })

  test('has parts whose times differ by milliseconds, in any order', () => {
    const assembler = begun(eth0, eth1)
    const later = (shape: PartShape, second: number, ms: number): RecordPart => after(shape, second + ms / 1000)
    expect(totals(assembler, later(eth0, 10, 2), later(eth1, 10, 0))).toEqual([[10, 2]])
    expect(totals(assembler, later(eth1, 20, 3), later(eth0, 20, 240))).toEqual([[20.003, 2]])
    // one that is read much later than the others is of no time
    expect(totals(assembler, later(eth0, 30, 0), later(eth1, 30, 400))).toEqual([])
    expect(totals(assembler, later(eth0, 31, 0), later(eth1, 31, 0))).toEqual([
      [30, 1],
      [31, 1],
      [31, 2],
    ])
  })

  test('is of its own node', () => {
    const assembler = begun(eth0)
    expect(totals(assembler, after(eth0, 0, 1, 'b'), after(eth0, 10, 5, 'b'), after(eth0, 10, 1))).toEqual([
      [10, 5],
      [10, 1],
    ])
  })

  test('is not made while records of the node come from two partitions', () => {
    const assembler = new Assembler()
    const read = (partition: number, ...parts: readonly RecordPart[]) => {
      assembler.begin({ topic: 't', partition })
      for (const part of parts) assembler.add({ offset: 0, timestamp: -1 }, [part])
      const { columns, spread } = assembler.take()
      return { totals: totalsIn(rowsOf(columns)), spread: [...spread] }
    }
    read(0, after(eth0, 0), after(eth0, 0, 1, 'b'))
    expect(read(0, after(eth0, 10))).toEqual({ totals: [[10, 1]], spread: [] })
    expect(read(1, after(eth1, 10), after(eth1, 20))).toEqual({ totals: [], spread: ['a'] })
    expect(read(0, after(eth0, 20), after(eth0, 10, 1, 'b'))).toEqual({ totals: [[10, 1]], spread: ['a'] })
    // a partition more of an hour later: the other one has had nothing since
    const later = 3_700
    expect(read(0, after(eth0, later - 10), after(eth0, later)).spread).toEqual([])
    expect(read(0, after(eth0, later + 10))).toEqual({ totals: [[later + 10, 1]], spread: [] })
  })

  test.each([
    ['without a key, of one of several partitions, are not made', { partitions: 2, isKeyless: true }, [], ['a']],
    ['with a key are made', { partitions: 2, isKeyless: false }, [[10, 1]], []],
    ['of the only partition are made', { partitions: 1, isKeyless: true }, [[10, 1]], []],
  ])('of records %s', (_, { partitions, isKeyless }, totals, spread) => {
    const assembler = new Assembler()
    assembler.partitionsOf = (topic) => (topic === 't' ? partitions : 1)
    assembler.begin({ topic: 't', partition: 0 })
    for (const part of [after(eth0, 0), after(eth0, 10)]) {
      assembler.add({ offset: 0, timestamp: -1, isKeyless }, [part])
    }
    const taken = assembler.take()
    expect([totalsIn(rowsOf(taken.columns)), [...taken.spread]]).toEqual([totals, spread])
  })

  test('adds gauges as well, and shares of all parts', () => {
    const core = (n: number): PartShape =>
      aShape({
        part: `cpu{cpu=${n}}`,
        gauges: ['idle', 'busy'],
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
      })
    const assembler = new Assembler()
    assembled(assembler, [{ parts: [aPart(core(0), 0, [9, 1]), aPart(core(1), 0, [9, 1])] }])
    const kept = new KeptCounters()
    kept.keep(columnsOfRecords(assembler, [{ parts: [aPart(core(0), 10, [8, 2])] }]))
    const rows = assembled(assembler, [{ parts: [aPart(core(1), 10, [4, 6])] }])
    expect(rows.find(({ part }) => part === 'total')?.values).toEqual({ cpu_usage: 40 })
  })
})
