import { describe, expect, test } from 'vitest'
import { columnsBetween, columnsOf, columnsWhere, sampleAt, valueCount, type SampleColumns } from './sample-columns.ts'

const samples = [
  { nodeId: 'a', nodeName: 'A', at: 1, names: ['x', 'y'], values: [1, 2] },
  { nodeId: 'b', nodeName: 'B', at: 2, names: ['x'], values: [3], units: { x: '%' } },
  { nodeId: 'a', nodeName: 'A', at: 3, names: ['x', 'y'], values: [4, 5] },
  { nodeId: 'a', nodeName: 'New', at: 4, names: ['x'], values: [6] },
]
const columns = columnsOf(samples, [10, 11, 12, 14])

const contentOf = (part: SampleColumns) => ({
  samples: Array.from({ length: part.count }, (_, i) => sampleAt(part, i)),
  offsets: Array.from(part.offset),
})

describe('columns contain', () => {
  test('the samples that they were made of', () => {
    expect(contentOf(columns)).toEqual({ samples, offsets: [10, 11, 12, 14] })
    expect(Array.from(columns.node)).toEqual([0, 1, 0, 2])
    expect(Array.from(columns.layout)).toEqual([0, 1, 0, 2])
    expect(valueCount(columns)).toBe(6)
  })

  test('a part of them, also of a part', () => {
    const part = columnsBetween(columns, 1, 4)
    expect(contentOf(part)).toEqual({ samples: samples.slice(1), offsets: [11, 12, 14] })
    expect(contentOf(columnsBetween(part, 1, 2))).toEqual({ samples: samples.slice(2, 3), offsets: [12] })
    expect(valueCount(part)).toBe(4)
  })

  test('those that are kept', () => {
    const part = columnsWhere(columns, (i) => i % 2 === 1)
    expect(contentOf(part)).toEqual({ samples: [samples[1], samples[3]], offsets: [11, 14] })
    expect(contentOf(columnsWhere(part, () => false))).toEqual({ samples: [], offsets: [] })
  })
})
