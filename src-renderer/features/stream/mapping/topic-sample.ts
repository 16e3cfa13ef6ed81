import type { TopicRecord } from '#shared/ipc/source-calls.ts'
import { isJsonObject } from '#shared/metric/formats/readings.ts'
import { jsonContents } from '#shared/metric/mapping/json-contents.ts'
import type { LookedAt } from '#shared/metric/sources/found-topic.ts'

/** A record of the topic, to look at and to try the mapping on. */
export interface SampledRecord {
  readonly partition: number
  readonly offset: number
  /** Timestamp in Kafka, epoch ms; -1 without one. */
  readonly at: number
  /** It is longer than what is kept of it, so that it cannot be read. */
  readonly isCut: boolean
  readonly looked: LookedAt
  /** Its JSON without envelopes: an object, or a list of objects that are read one by one. `undefined` if it is none. */
  readonly json: unknown
}

/** The newest records of a topic as `sources.records` has them, in their order. */
export function sampled(records: readonly TopicRecord[]): SampledRecord[] {
  return records.map(({ partition, offset, at, key, value, isCut }) => {
    const bytes = bytesIn(value)
    const looked = { value: bytes.length === 0 ? null : bytes, key: key === null ? null : bytesIn(key), timestamp: at }
    return { partition, offset, at, isCut, looked, json: isCut ? undefined : jsonOf(looked.value) }
  })
}

function jsonOf(value: Uint8Array | null): unknown {
  const contents = jsonContents(value).filter((one) => isJsonObject(one) || Array.isArray(one))
  return contents.length > 1 ? contents : contents[0]
}

function bytesIn(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}
