import type { SourceExample } from '#shared/ipc/source-calls.ts'
import { detectedValue } from '#shared/metric/formats/detected-value.ts'
import { explainRecord } from '#shared/metric/sources/example-reading.ts'
import { noMappings, type MappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import type { KeptExample } from './kept-examples.ts'

/** Bytes of the record that the window shows. */
const shownBytes = 4 * 1024

/** The record with how it is read now. */
export function sourceExample(
  { topic, partition, offset, at, key, value, isCut }: KeptExample,
  mappings: MappingIndex = noMappings,
): SourceExample {
  const head = value.subarray(0, shownBytes)
  const read = explainRecord({ topic, key, value, timestamp: at }, mappings)
  // What is left of a long record is read wrongly, if at all.
  const reading = isCut && read.kind !== 'parts' ? ({ kind: 'too-long' } as const) : mutable(read)
  return {
    topic,
    partition,
    offset,
    at,
    head: Buffer.from(head).toString('base64'),
    isText: isText(value),
    reading,
  }
}

function isText(value: Uint8Array): boolean {
  return value.length > 0 && detectedValue(value).family !== 'binary'
}

/** The types of the contract are those of zod, without `readonly`. */
function mutable(read: ReturnType<typeof explainRecord>): SourceExample['reading'] {
  return read as SourceExample['reading']
}
