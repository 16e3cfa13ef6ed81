import { expect, it } from 'vitest'
import { Chunk, encodeChunk } from '../store/chunk/chunk.ts'
import { samplesOfChunk } from './sorted-samples.ts'

it('of equal times in a chunk of 0.1.0, each metric has the last value', () => {
  const at = Float64Array.of(5, 5, 6, 6)
  const columns = [Float64Array.of(1, 2, 3, NaN), Float64Array.of(7, NaN, 8, 9)]
  const chunk = Object.assign(new Chunk(encodeChunk({ metrics: [1, 2], at, columns }, 0)), { isDistinct: false })
  const samples = samplesOfChunk(chunk, Number)
  expect([samples.values('1'), samples.values('2')]).toEqual([
    Float64Array.of(NaN, 2, 3, NaN),
    Float64Array.of(7, NaN, NaN, 9),
  ])
})
