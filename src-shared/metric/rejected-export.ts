import { csvLine, csvText } from '../format/csv.ts'
import { formatRfc3339 } from '../format/time.ts'
import type { ZoneOffset } from '../format/zone-time.ts'

/** A rejected record for a file. */
export interface ExportedReject {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Epoch ms. */
  readonly at: number
  readonly code: string
  readonly reason: string
  /** Its first 1 KB as text. Bytes that are no UTF-8 are the replacement character. */
  readonly text: string
  /** The same as base64. */
  readonly base64: string
}

const columns = ['time', 'topic', 'partition', 'offset', 'code', 'reason', 'first_bytes'] as const

export const rejectedCsvHeader = csvLine(columns)

/** One line of CSV. It has the text only. */
export function rejectedCsvLine(record: ExportedReject, offsetAt: ZoneOffset): string {
  const { topic, partition, offset, at, code, reason, text } = record
  const place = [csvText(topic), String(partition), String(offset)]
  return csvLine([formatRfc3339(at, offsetAt(at)), ...place, code, csvText(reason), csvText(text)])
}

/** One element of a JSON list, without the comma. */
export function rejectedJson(record: ExportedReject, offsetAt: ZoneOffset): string {
  const { topic, partition, offset, at, code, reason, text, base64 } = record
  return JSON.stringify({
    time: formatRfc3339(at, offsetAt(at)),
    topic,
    partition,
    offset,
    code,
    reason,
    text,
    base64,
  })
}
