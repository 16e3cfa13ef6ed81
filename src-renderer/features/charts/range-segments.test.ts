import { expect, test } from 'vitest'
import type { RangeSegment } from '#shared/ipc/contract.ts'
import { segmentBoundariesOf, segmentLine } from './range-segments.ts'

const clock = (at: number): string => `t${at}`
const segment = (from: number, to: number, source: RangeSegment['source'], resolution = 0): RangeSegment => ({
  from,
  to,
  source,
  resolution,
})

test.for<[RangeSegment[], string | undefined, number[]]>([
  [[segment(0, 9, 'cache')], undefined, []],
  [[], undefined, []],
  [[segment(0, 9, 'backend', 60)], 'from the backend (1\u202fm values)', []],
  [
    [segment(0, 5, 'backend', 60), segment(5, 9, 'cache')],
    'until t5 from the backend (1\u202fm values), then from this console',
    [5],
  ],
  [
    [segment(0, 3, 'backend', 3600), segment(3, 5, 'backend'), segment(5, 9, 'cache')],
    'until t3 from the backend (1\u202fh values), then until t5 from the backend, then from this console',
    [5],
  ],
])('%o: the sources of values, and their boundaries', ([segments, line, segmentBoundaries]) => {
  expect([segmentLine(segments, clock), segmentBoundariesOf(segments)]).toEqual([line, segmentBoundaries])
})
