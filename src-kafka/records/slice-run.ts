import type { RecordRun } from './record-run.ts'

/** A part of a run, as views of its columns. */
export function sliceRun(run: RecordRun, from: number, to: number): RecordRun {
  if (from === 0 && to === run.count) return run
  return {
    bytes: run.bytes,
    count: to - from,
    offsets: run.offsets.subarray(from, to),
    timestamps: run.timestamps.subarray(from, to),
    valueStarts: run.valueStarts.subarray(from, to),
    valueEnds: run.valueEnds.subarray(from, to),
    keyStarts: run.keyStarts.subarray(from, to),
  }
}

/** Index of the first record at or after this offset; `count` without one. */
export function firstAtOrAfter({ offsets, count }: RecordRun, offset: number): number {
  let first = 0
  while (first < count && (offsets[first] as number) < offset) first++
  return first
}

/** The records from this offset on. */
export function trimRun(run: RecordRun, offset: number): RecordRun {
  return sliceRun(run, firstAtOrAfter(run, offset), run.count)
}
