import { nodeOfRecord } from './readings.ts'
import type { FormatRecord, RecordReading } from './record-part.ts'

/** Batches of programs have up to some thousand lines. Reading so many takes half a second at most. */
const linesAtMost = 10_000

/** A line that is not blank. */
export interface RecordLine {
  readonly line: string
  /** Of the line in the record, for reasons: '' if it is the only one. */
  readonly path: string
}

/** The lines of a record up to a limit. @returns them, and a reading of the rest if there is one */
export function linesOf(record: FormatRecord, text: string): { lines: readonly RecordLine[]; rest: RecordReading[] } {
  const all = text.split('\n')
  const lines: RecordLine[] = []
  let left = 0
  for (const [i, line] of all.entries()) {
    if (line.trim() === '') continue
    if (lines.length < linesAtMost) lines.push({ line, path: all.length === 1 ? '' : `line ${i + 1}, ` })
    else left++
  }
  if (left === 0) return { lines, rest: [] }
  const leftOut = [{ bound: 'metrics-of-record', left, nodeId: nodeOfRecord(record) } as const]
  return { lines, rest: [{ kind: 'parts', parts: [], leftOut }] }
}
