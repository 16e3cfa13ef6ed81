import { expect, test } from 'vitest'
import type { BoundHit } from '../sources/batch-tally.ts'
import { aPart, aShape, rowsOf, type TestRow } from './assemble-builders.ts'
import { Assembler } from './assembler.ts'
import { seriesLimits } from './series-bounds.ts'

interface Batch {
  readonly rows: readonly TestRow[]
  readonly bounds: readonly BoundHit[]
}

/** One record of each part, which has the names. */
function read(
  assembler: Assembler,
  parts: ReadonlyArray<{ readonly names: readonly string[]; readonly node?: string }>,
): Batch {
  assembler.begin({ topic: 't', partition: 0 })
  for (const [i, { names, node }] of parts.entries()) {
    const shape = aShape({ part: names[0] ?? '', gauges: names })
    assembler.add({ offset: i, timestamp: -1 }, [
      aPart(
        shape,
        0,
        names.map(() => 1),
        node,
      ),
    ])
  }
  const { columns, bounds } = assembler.take()
  return { rows: rowsOf(columns), bounds }
}

const count = (length: number, name: (i: number) => string): string[] => Array.from({ length }, (_, i) => name(i))
const series = (tag: string, length: number, from = 0): Array<{ names: string[] }> =>
  count(length, (i) => `m.f{${tag}=${from + i}}`).map((name) => ({ names: [name] }))

test('a node has 2,000 series; the others are counted, with the tag that has most values', () => {
  const assembler = new Assembler()
  expect(read(assembler, series('path', seriesLimits.ofNode - 1)).bounds).toEqual([])
  const { rows, bounds } = read(assembler, [
    ...series('path', 1),
    { names: ['x.y{cpu=1}', 'x.z{cpu=2}', 'x.w{cpu=3}'] },
  ])
  expect(rows.map(({ values }) => Object.keys(values))).toEqual([['m.f{path=0}'], ['x.y{cpu=1}']])
  expect(bounds).toEqual([{ bound: 'series-of-node', left: 2, nodeId: 'a', tag: 'path' }])
  // who came first stays; another node is not concerned
  expect(read(assembler, series('path', 5)).bounds).toEqual([])
  expect(read(assembler, [{ names: ['n.m'], node: 'b' }]).rows).toHaveLength(1)
})

test('a topic has 50,000 series', () => {
  const assembler = new Assembler()
  const nodes = count(seriesLimits.ofTopic / 1_000, (i) => `node-${i}`)
  const names = count(1_000, (i) => `m.f{id=${i}}`)
  expect(
    read(
      assembler,
      nodes.map((node) => ({ names, node })),
    ).bounds,
  ).toEqual([])
  expect(
    read(assembler, [
      { names: ['a', 'b'], node: 'late' },
      { names: ['a', 'b'], node: 'late' },
    ]),
  ).toEqual({
    rows: [],
    bounds: [{ bound: 'series-of-topic', left: 2, nodeId: 'late', tag: 'id' }],
  })
})

test('more nodes than values of a tag: no tag is to blame', () => {
  const assembler = new Assembler()
  read(
    assembler,
    count(seriesLimits.ofTopic, (i) => `node-${i}`).map((node) => ({ names: ['m.f{cpu=1}'], node })),
  )
  expect(read(assembler, [{ names: ['m.f{cpu=1}'], node: 'late' }]).bounds).toEqual([
    { bound: 'series-of-topic', left: 1, nodeId: 'late' },
  ])
})

test.each([
  ['tag-length', [`m.f{path=${'x'.repeat(129)}}`, `m.g{path=${'x'.repeat(128)}}`], { tag: 'path' }],
  ['name-length', ['n'.repeat(257), 'n'.repeat(256)], {}],
])('%s: the others of the record count', (bound, names, more) => {
  const { rows, bounds } = read(new Assembler(), [{ names }])
  expect(rows.map(({ values }) => Object.keys(values))).toEqual([[names[1]]])
  expect(bounds).toEqual([{ bound, left: 1, nodeId: 'a', ...more }])
})

test('a part of a record has 1,024 metrics', () => {
  const { rows, bounds } = read(new Assembler(), [{ names: count(1_100, (i) => `m${i}`) }])
  expect(Object.keys(rows[0]?.values ?? {})).toHaveLength(1_024)
  expect(bounds).toEqual([{ bound: 'metrics-of-record', left: 76, nodeId: 'a' }])
})

test('series that are stored are admitted after a start, and count', () => {
  const assembler = new Assembler()
  const names = count(seriesLimits.ofNode, (i) => `m.f{id=${i}}`)
  assembler.restore([], [{ nodeId: 'a', names }])
  expect(read(assembler, [{ names: ['new'] }])).toMatchObject({
    rows: [],
    bounds: [{ bound: 'series-of-node', left: 1 }],
  })
  expect(read(assembler, [{ names: ['m.f{id=1999}'] }]).rows).toHaveLength(1)
})

test('a batch that is not stored admits nothing', () => {
  const assembler = new Assembler()
  read(assembler, series('id', seriesLimits.ofNode))
  expect(read(assembler, [{ names: ['other'] }]).rows).toEqual([])
  assembler.rollback()
  expect(read(assembler, [{ names: ['other'] }]).rows).toHaveLength(1)
  expect(read(assembler, series('id', seriesLimits.ofNode)).bounds).toMatchObject([{ left: 1 }])
})

test('a node that is forgotten may have other series', () => {
  const assembler = new Assembler()
  read(assembler, series('id', seriesLimits.ofNode))
  assembler.commit()
  assembler.dropNode('a')
  expect(read(assembler, [{ names: ['other'] }]).rows).toHaveLength(1)
})
