import { describe, expect, test } from 'vitest'
import type { HouseFormula } from '../formats/record-part.ts'
import { aPart, aShape, assembled, columnsOfRecords, KeptCounters, rowsOf, start } from './assemble-builders.ts'
import { Assembler } from './assembler.ts'

const rx = aShape({ part: 'net{interface=eth0}', counters: ['net.rx'] })

/** The rates of a counter, by its times in seconds and raw values. `null`: no value. */
function rates(points: ReadonlyArray<readonly [second: number, raw: number]>): Array<number | null> {
  const assembler = new Assembler()
  return points.map(([second, raw]) => {
    const [row] = assembled(assembler, [{ parts: [aPart(rx, second, [raw])] }])
    return row?.values['net.rx'] ?? null
  })
}

describe('a counter', () => {
  test.each([
    [
      'gives nothing at first, then its increase a second',
      [
        [0, 100],
        [10, 300],
        [20, 300],
      ],
      [null, 20, 0],
    ],
    [
      'that falls gives nothing once',
      [
        [0, 100],
        [10, 40],
        [20, 60],
      ],
      [null, null, 2],
    ],
    [
      'at a time that is not later is ignored',
      [
        [0, 100],
        [10, 200],
        [10, 900],
        [5, 900],
        [20, 300],
      ],
      [null, 10, null, null, 10],
    ],
    [
      'after more than ten steps gives nothing once',
      [
        [0, 0],
        [10, 10],
        [111, 20],
        [121, 30],
      ],
      [null, 1, null, 1],
    ],
    [
      'after ten steps gives a rate',
      [
        [0, 0],
        [10, 10],
        [110, 20],
      ],
      [null, 1, 0.1],
    ],
    [
      'has no step to compare the second record with',
      [
        [0, 0],
        [100_000, 1e5],
      ],
      [null, 1],
    ],
    [
      'of any size gives a finite rate, or none',
      [
        [0, -1e308],
        [10, 1e308],
        [20, 1e308],
      ],
      [null, null, 0],
    ],
  ] as const)('%s', (_, points, expected) => {
    expect(rates(points)).toEqual(expected)
  })

  test('has a row with its raw value alone at first, and beside the rate later', () => {
    const assembler = new Assembler()
    const gauges = aShape({ part: 'p', gauges: ['g'], counters: ['c'] })
    expect(assembled(assembler, [{ parts: [aPart(rx, 0, [7])] }, { parts: [aPart(gauges, 0, [1, 5])] }])).toEqual([
      { node: 'a', part: 'net{interface=eth0}', second: 0, values: {}, raw: { 'net.rx': 7 } },
      { node: 'a', part: 'p', second: 0, values: { g: 1 }, raw: { c: 5 } },
    ])
    expect(assembled(assembler, [{ parts: [aPart(gauges, 10, [2, 15])] }])).toEqual([
      { node: 'a', part: 'p', second: 10, values: { g: 2, c: 1 }, raw: { c: 15 } },
    ])
    // a record at the same time says nothing new of the counter
    expect(assembled(assembler, [{ parts: [aPart(gauges, 10, [3, 99])] }])).toMatchObject([
      { values: { g: 3 }, raw: {} },
    ])
    expect(assembled(assembler, [{ parts: [aPart(rx, 0, [9])] }])).toEqual([])
  })

  test('is compared with the record before in its own partition, node and part', () => {
    const assembler = new Assembler()
    const other = aShape({ part: 'net{interface=eth1}', counters: ['net.rx'] })
    assembled(assembler, [{ parts: [aPart(rx, 0, [0])] }])
    const first = { values: {} }
    expect(assembled(assembler, [{ partition: 1, parts: [aPart(rx, 10, [50])] }])).toMatchObject([first])
    expect(assembled(assembler, [{ topic: 'u', parts: [aPart(rx, 10, [50])] }])).toMatchObject([first])
    expect(assembled(assembler, [{ parts: [aPart(rx, 10, [50], 'b')] }])).toMatchObject([first])
    expect(assembled(assembler, [{ parts: [aPart(other, 10, [50])] }])).toMatchObject([first])
    expect(assembled(assembler, [{ parts: [aPart(rx, 10, [50])] }])).toMatchObject([{ values: { 'net.rx': 5 } }])
  })

  test('goes on where records have other fields, in any order', () => {
    const assembler = new Assembler()
    const both = aShape({ counters: ['x', 'y'] })
    const turned = aShape({ counters: ['y', 'x'] })
    const one = aShape({ counters: ['y'] })
    const rows = [aPart(both, 0, [0, 0]), aPart(one, 10, [10]), aPart(turned, 20, [30, 40])].flatMap((part) =>
      assembled(assembler, [{ parts: [part] }]),
    )
    expect(rows.map(({ values }) => values)).toEqual([{}, { y: 1 }, { y: 2, x: 2 }])
  })

  test('goes on after a start with the values that are stored', () => {
    const kept = new KeptCounters()
    const assembler = new Assembler()
    for (const [second, raw] of [
      [0, 5],
      [10, 15],
    ] as const) {
      kept.keep(columnsOfRecords(assembler, [{ parts: [aPart(rx, second, [raw])] }]))
    }
    expect([...(kept.rows()[0]?.values ?? [])]).toEqual([['net.rx', { raw: 15, at: start + 10_000, stepMs: 10_000 }]])
    const later = new Assembler()
    later.restore(kept.rows())
    // more than ten steps
    expect(assembled(later, [{ parts: [aPart(rx, 111, [20])] }])).toMatchObject([{ values: {} }])
    const soon = new Assembler()
    soon.restore(kept.rows())
    expect(assembled(soon, [{ parts: [aPart(rx, 20, [20])] }])).toMatchObject([{ values: { 'net.rx': 0.5 } }])
  })
})

describe('a mean', () => {
  const histogram = aShape({ counters: ['h.sum', 'h.count'], means: [{ name: 'h.mean', sum: 0, count: 1 }] })

  test('is the increase of the sum by that of the count; the rate of the sum is not stored', () => {
    const assembler = new Assembler()
    const values = [
      [0, 0, 0],
      [10, 50, 10],
      [20, 50, 10],
      [30, 10, 2],
      [40, 16, 4],
    ].map(([second = 0, ...raw]) => assembled(assembler, [{ parts: [aPart(histogram, second, raw)] }])[0]?.values)
    expect(values).toEqual([{}, { 'h.mean': 5, 'h.count': 1 }, { 'h.count': 0 }, {}, { 'h.mean': 3, 'h.count': 0.2 }])
  })
})

describe('a metric of the house from one record', () => {
  const house = (formula: Partial<HouseFormula>): HouseFormula => ({
    metric: 'cpu_usage',
    combine: 'sum',
    over: 'record',
    terms: [{ index: 0, numerator: 1, denominator: 0 }],
    ...formula,
  })
  const terms = [
    { index: 0, numerator: 1, denominator: 1 },
    { index: 1, numerator: 0, denominator: 1 },
  ]
  test.each([
    ['sum', house({ terms: [{ index: 0, numerator: 2, denominator: 0 }] }), [3, 1], 6],
    ['share', house({ combine: 'share', terms }), [3, 1], 75],
    ['complement', house({ combine: 'complement', terms }), [3, 1], 25],
    ['complement of a percentage', house({ combine: 'complement' }), [71.5, 1], 28.5],
    ['share of nothing', house({ combine: 'share', terms }), [0, 0], undefined],
  ])('%s', (_, formula, values, expected) => {
    const shape = aShape({ gauges: ['x', 'y'], house: [formula] })
    const [row] = assembled(new Assembler(), [{ parts: [aPart(shape, 0, values)] }])
    expect(row?.values['cpu_usage']).toBe(expected)
  })

  test('needs the rates of all its counters', () => {
    const shape = aShape({ counters: ['x', 'y'], house: [house({ combine: 'complement', terms })] })
    const assembler = new Assembler()
    const usage = [
      aPart(shape, 0, [0, 0]),
      aPart(shape, 10, [8, 2]),
      aPart(shape, 20, [1, 4]),
      aPart(shape, 30, [2, 7]),
    ].map((part) => assembled(assembler, [{ parts: [part] }])[0]?.values['cpu_usage'])
    expect(usage).toEqual([undefined, 20, undefined, 75])
  })
})

describe('times', () => {
  const gauge = aShape({ gauges: ['g'], counters: ['c'] })

  test('a part from the future is left out, and its record is rejected once, with the format', () => {
    const assembler = new Assembler()
    assembler.begin({ topic: 't', partition: 0 })
    const parts = [aPart(gauge, 301, [1, 1]), aPart(gauge, 0, [2, 1]), aPart(gauge, 400, [1, 1], 'b')]
    expect(assembler.add({ offset: 4, timestamp: start }, parts)).toEqual({
      code: 'future-timestamp',
      reason:
        'Telegraf JSON, timestamp: expected at most 5 minutes after the record was written, got 301 seconds after it',
    })
    expect(rowsOf(assembler.take().columns)).toMatchObject([{ second: 0, values: { g: 2 } }])
  })

  test('a part that is too old has a row without anything, and leaves the counters as they are', () => {
    const assembler = new Assembler()
    assembler.keptFrom = start
    expect(assembled(assembler, [{ parts: [aPart(gauge, -1, [1, 1])] }])).toMatchObject([{ values: {}, raw: {} }])
    expect(assembled(assembler, [{ parts: [aPart(gauge, 9, [1, 1])] }])).toMatchObject([{ values: { g: 1 } }])
  })
})
