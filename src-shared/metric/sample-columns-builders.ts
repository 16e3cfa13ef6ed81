import { sampleAt } from './sample-columns.ts'
import type { RecordValues, SampleScanner } from './sample-scanner.ts'
import type { Decoded } from './sample.ts'

/** Values in one buffer, each between digits, which must not be read as a part of it. */
export function valuesInOneBuffer(values: ReadonlyArray<Uint8Array | null>): RecordValues {
  const valueStarts = new Int32Array(values.length).fill(-1)
  const valueEnds = new Int32Array(values.length).fill(-1)
  const bytes = new Uint8Array(values.reduce((sum, value) => sum + 1 + (value?.length ?? 0), 1)).fill(0x31)
  let at = 1
  values.forEach((value, i) => {
    if (value !== null) {
      bytes.set(value, at)
      valueStarts[i] = at
      valueEnds[i] = at += value.length
    }
    at++
  })
  const timestamps = new Float64Array(values.length).fill(-1)
  return { bytes, offsets: Float64Array.from(values, (_, i) => i), timestamps, valueStarts, valueEnds }
}

/** What a scanner returns for each of these values. */
export function scanAll(values: ReadonlyArray<Uint8Array | null>, scanner: SampleScanner): Decoded[] {
  const run = valuesInOneBuffer(values)
  const rejections = values.map((_, i) => scanner.scan(run, i))
  const columns = scanner.take()
  let count = 0
  return rejections.map((reject) => {
    if (reject && reject.code !== 'bad-metric') return { ok: false, reject }
    const sample = sampleAt(columns, count++)
    return reject ? { ok: true, sample, refused: reject } : { ok: true, sample }
  })
}
