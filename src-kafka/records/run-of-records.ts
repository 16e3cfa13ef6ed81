import type { RawBatch, RawRecord } from '../stream.ts'
import type { RunBatch } from './decode-batch.ts'
import type { RecordRun } from './record-run.ts'

/** A batch of records that exist as objects. */
export function runBatchOf({ topic, partition, records }: Omit<RawBatch, 'end'>): RunBatch {
  return { topic, partition, runs: [runOfRecords(records)], next: (records.at(-1)?.offset ?? -1) + 1 }
}

/** Records that exist as objects, in the format of a record batch. */
export function runOfRecords(records: readonly RawRecord[]): RecordRun {
  const keyStarts = new Int32Array(records.length)
  const valueStarts = new Int32Array(records.length).fill(-1)
  const valueEnds = new Int32Array(records.length).fill(-1)
  const parts: Uint8Array[] = []
  let at = 0
  const put = (part: Uint8Array): void => {
    parts.push(part)
    at += part.length
  }
  const putSized = (part: Uint8Array | null | undefined): void => {
    put(varint(part?.length ?? -1))
    if (part) put(part)
  }
  records.forEach(({ key, value, headers = {} }, i) => {
    keyStarts[i] = at
    putSized(key)
    putSized(value)
    if (value) {
      valueStarts[i] = at - value.length
      valueEnds[i] = at
    }
    const entries = Object.entries(headers)
    put(varint(entries.length))
    for (const [name, content] of entries) {
      putSized(Buffer.from(name))
      putSized(content instanceof Uint8Array || content === null ? content : Buffer.from(String(content)))
    }
  })
  return {
    bytes: Buffer.concat(parts),
    count: records.length,
    offsets: Float64Array.from(records, ({ offset }) => offset),
    timestamps: Float64Array.from(records, ({ timestamp }) => timestamp),
    valueStarts,
    valueEnds,
    keyStarts,
  }
}

/** Zigzag varint. */
function varint(value: number): Uint8Array {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  const bytes: number[] = []
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
