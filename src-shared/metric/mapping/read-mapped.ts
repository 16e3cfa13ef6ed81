import type { FormatRecord, RecordReading } from '../formats/record-part.ts'
import type { FieldMapping } from './field-mapping.ts'

/**
 * Reads JSON of a record by a mapping. Pure. Never throws.
 * @param json without envelopes: an object, or a list of which each object is read alone
 * @returns `undefined` if it is not of that shape: neither the node nor the values are where the mapping looks
 */
export function readMapped(_record: FormatRecord, _json: unknown, _mapping: FieldMapping): RecordReading | undefined {
  return undefined
}
