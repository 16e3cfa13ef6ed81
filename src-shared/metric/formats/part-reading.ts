import { keptValues, type PlannedPart } from './part-plan.ts'
import { leftOutOf, readingOf } from './readings.ts'
import type { RecordPart, RecordReading } from './record-part.ts'

/** The reading of one part. `values` are those of the series of its plan, in their order. */
export function partReading(planned: PlannedPart, found: Omit<RecordPart, 'shape'>): RecordReading {
  const { shape } = planned
  const part = { ...found, shape, values: keptValues(planned, found.values) }
  return readingOf(shape.names.length === 0 ? [] : [part], leftOutOf(planned, found.nodeId), 'no-numbers')
}
