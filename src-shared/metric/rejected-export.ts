import { csvLine, csvText } from '../format/csv.ts'
import { formatRfc3339 } from '../format/time.ts'
import type { ZoneOffset } from '../format/zone-time.ts'

/** A rejected record for a file. `head`: its first 1 KB. */
export interface ExportedReject {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Epoch ms. */
  readonly at: number
  readonly code: string
  readonly reason: string
  readonly head: Uint8Array
}

const columns = ['time', 'topic', 'partition', 'offset', 'code', 'reason', 'first_bytes'] as const

export const rejectedCsvHeader = csvLine(columns)

/** One line of CSV. Bytes that are no UTF-8 become the replacement character; JSON has them all. */
export function rejectedCsvLine(record: ExportedReject, offsetAt: ZoneOffset): string {
  const { topic, partition, offset, at, code, reason, head } = record
  const text = new TextDecoder().decode(head)
  const place = [csvText(topic), String(partition), String(offset)]
  return csvLine([formatRfc3339(at, offsetAt(at)), ...place, code, csvText(reason), csvText(text)])
}

/** One element of a JSON list, without the comma. */
export function rejectedJson(record: ExportedReject, offsetAt: ZoneOffset): string {
  const { topic, partition, offset, at, code, reason, head } = record
  return JSON.stringify({
    time: formatRfc3339(at, offsetAt(at)),
    topic,
    partition,
    offset,
    code,
    reason,
    text: new TextDecoder().decode(head),
    base64: base64Of(head),
  })
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
