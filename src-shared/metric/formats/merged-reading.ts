import { passed } from './readings.ts'
import type { LeftOut, RecordPart, RecordReading } from './record-part.ts'

/** One reading of several messages in one record. What is damaged is refused once, beside the good ones. */
export function mergedReading(readings: readonly RecordReading[]): RecordReading {
  const parts: RecordPart[] = []
  const leftOut: LeftOut[] = []
  for (const reading of readings) {
    if (reading.kind !== 'parts') continue
    for (const part of reading.parts) parts.push(part)
    for (const left of reading.leftOut ?? []) leftOut.push(left)
  }
  const refused = readings.map(refusedIn).find((reject) => reject !== undefined)
  if (parts.length > 0 || leftOut.length > 0) {
    return {
      kind: 'parts',
      parts,
      ...(refused ? { refused } : {}),
      ...(leftOut.length > 0 ? { leftOut } : {}),
    }
  }
  if (refused) return { kind: 'rejected', reject: refused }
  return readings.find(({ kind }) => kind === 'passed') ?? passed('no-numbers')
}

function refusedIn(reading: RecordReading) {
  if (reading.kind === 'rejected') return reading.reject
  return reading.kind === 'parts' ? reading.refused : undefined
}
