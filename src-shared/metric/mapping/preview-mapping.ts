import type { LookedAt } from '../sources/found-topic.ts'
import type { FieldMapping } from './field-mapping.ts'

/** What comes of one record. `values`: how many. `reason`: one sentence for the operator. */
export type PreviewedRecord =
  | { readonly kind: 'read'; readonly values: number; readonly reason?: string }
  | { readonly kind: 'not'; readonly reason: string }

/** One metric of one node. */
export interface PreviewRow {
  readonly nodeId: string
  readonly nodeName: string
  /** Full name. */
  readonly name: string
  /** The newest value by event time. */
  readonly value: number
  /** Its unit; '' without one. */
  readonly unit: string
  /** In how many records it is. */
  readonly count: number
  /** By event time, the newest last. */
  readonly values: readonly number[]
}

/** What a mapping makes of real records. */
export interface MappingPreview {
  /** Records that are read by the mapping: of them, `5 of 5 records read`. */
  readonly read: number
  /** One for each record, in their order. */
  readonly records: readonly PreviewedRecord[]
  /** Nodes in the order in which records name them, with their metrics in the order of the records; the first `rowsAtMost`. */
  readonly rows: readonly PreviewRow[]
  /** How many rows there are. */
  readonly rowCount: number
}

/** Records of a preview; more are not looked at. */
export const previewedAtMost = 20
/** Rows of a preview. */
export const rowsAtMost = 500

/**
 * What a mapping makes of records of its topic, by the same `readRecord` that stores them. Never throws.
 * @param records in any order; timestamps in epoch ms
 */
export function previewMapping(_records: readonly LookedAt[], _mapping: FieldMapping): MappingPreview {
  return { read: 0, records: [], rows: [], rowCount: 0 }
}
