import { expect, test } from 'vitest'
import type { RangePart } from '#shared/ipc/contract.ts'
import { seamsOf, sourceLine } from './range-parts.ts'

const clock = (at: number): string => `t${at}`
const part = (from: number, to: number, source: RangePart['source'], resolution = 0): RangePart => ({
  from,
  to,
  source,
  resolution,
})

test.for<[RangePart[], string | undefined, number[]]>([
  [[part(0, 9, 'cache')], undefined, []],
  [[], undefined, []],
  [[part(0, 9, 'backend', 60)], 'from the backend (1\u202fm values)', []],
  [
    [part(0, 5, 'backend', 60), part(5, 9, 'cache')],
    'until t5 from the backend (1\u202fm values), then from this console',
    [5],
  ],
  [
    [part(0, 3, 'backend', 3600), part(3, 5, 'backend'), part(5, 9, 'cache')],
    'until t3 from the backend (1\u202fh values), then until t5 from the backend, then from this console',
    [5],
  ],
])('%o: where values came from, and where the seam is', ([parts, line, seams]) => {
  expect([sourceLine(parts, clock), seamsOf(parts)]).toEqual([line, seams])
})
