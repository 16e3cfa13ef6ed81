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

/** The records from this offset on. */
export function trimRun(run: RecordRun, offset: number): RecordRun {
  let first = 0
  while (first < run.count && (run.offsets[first] ?? 0) < offset) first++
  return sliceRun(run, first, run.count)
}
