import { decode } from '../decode.ts'
import type { Sample } from '../sample.ts'
import { bytesOf } from '../utf8.ts'
import { isJsonObject } from './readings.ts'
import type { FormatRecord, PartShape, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'

/** What the topics of ReMo's own producers begin with. */
const ownPrefix = 'metrics-'
const shapes = new ShapeCache<PartShape>()

/** Whether the topic is one of ReMo's own producers. Everything on it is rejected as ever, if nothing reads it. */
export function isOwnTopic(topic: string): boolean {
  return topic.startsWith(ownPrefix)
}

/** Whether the object has all fields of ReMo's own format, whatever is in them. */
export function isOwnMessage(json: unknown): boolean {
  return isJsonObject(json) && 'node_id' in json && 'node_name' in json && 'timestamp' in json && 'metrics' in json
}

/** Whether the object looks like a message of ReMo's own format, although fields may be missing. */
export function looksOwn(json: unknown): boolean {
  return isJsonObject(json) && ('node_id' in json || 'node_name' in json || isJsonObject(json['metrics']))
}

/** The record as ReMo's own format: with the reading, or the rejection, that `decode` gives. */
export function readOwn({ value }: Pick<FormatRecord, 'value'>): RecordReading {
  const decoded = decode(value)
  if (!decoded.ok) return { kind: 'rejected', reject: decoded.reject }
  const { nodeId, nodeName, at, values } = decoded.sample
  const parts = [{ nodeId, nodeName, at, shape: shapeOf(decoded.sample), values }]
  return decoded.refused ? { kind: 'parts', parts, refused: decoded.refused } : { kind: 'parts', parts }
}

/** As `readOwn`, for JSON that is only a part of a record. */
export function readOwnWithin(json: unknown): RecordReading {
  let text: string
  try {
    text = JSON.stringify(json)
  } catch {
    // JSON.stringify calls itself for each level.
    return { kind: 'rejected', reject: { code: 'wrong-shape', reason: 'value: nested too deep' } }
  }
  return readOwn({ value: bytesOf(text) })
}

function shapeOf({ names, units }: Sample): PartShape {
  const key = JSON.stringify([names, units ? Object.entries(units) : null])
  return shapes.get(key, () => ({
    format: 'remo',
    part: '',
    names,
    units: units ?? {},
    counters: [],
    house: [],
    means: [],
    attributes: {},
  }))
}
