import type { RawRecord } from '../stream.ts'
import type { RecordRun } from './record-run.ts'

/** The records as a reader gives them: as bytes in one buffer, with their keys and headers. */
export function runOf(records: readonly RawRecord[]): RecordRun {
  const parts: Buffer[] = []
  let length = 0
  const add = (bytes: Uint8Array): number => {
    parts.push(Buffer.from(bytes))
    length += bytes.length
    return length - bytes.length
  }
  const addField = (bytes: Uint8Array | null | undefined): number => {
    const at = add(varint(bytes?.length ?? -1))
    if (bytes) add(bytes)
    return at
  }
  const places = records.map(({ key, value, headers = {} }) => {
    const keyStart = addField(key)
    add(varint(value?.length ?? -1))
    const valueStart = value ? add(value) : -1
    const valueEnd = length
    add(varint(Object.keys(headers).length))
    for (const [name, content] of Object.entries(headers)) {
      addField(Buffer.from(name))
      addField(content as Uint8Array)
    }
    return { keyStart, valueStart, valueEnd }
  })
  return {
    bytes: Buffer.concat(parts),
    count: records.length,
    offsets: Float64Array.from(records, ({ offset }) => offset),
    timestamps: Float64Array.from(records, ({ timestamp }) => timestamp),
    valueStarts: Int32Array.from(places, ({ valueStart }) => valueStart),
    valueEnds: Int32Array.from(places, ({ valueEnd }) => valueEnd),
    keyStarts: Int32Array.from(places, ({ keyStart }) => keyStart),
  }
}

/** A zigzag varint, as Kafka writes lengths. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  bytes.push(rest)
  return Buffer.from(bytes)
}
