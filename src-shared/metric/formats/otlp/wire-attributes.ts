import type { Tag } from '../../metric-name.ts'
import { textOf } from '../../utf8.ts'
import {
  base64Text,
  listDepthAtMost,
  listText,
  mapText,
  noText,
  plainText,
  quotedText,
  tooDeep,
  type AttributeText,
} from './attribute-text.ts'
import type { WireReader } from './wire-reader.ts'

/** Bytes that should be text are none. Concerns one attribute or name; other data of the record is fine. */
export class NotText extends Error {}

/**
 * The text between two places.
 * @throws NotText if it is not UTF-8
 */
export function wireText({ bytes }: WireReader, from: number, to: number): string {
  try {
    return textOf(bytes.subarray(from, to))
  } catch {
    throw new NotText('expected UTF-8 text, got invalid bytes')
  }
}

/**
 * A field of text, whose key is read.
 * @throws WireError, NotText
 */
export function textField(reader: WireReader, end: number): string {
  const to = reader.endOfBytes(end)
  const text = wireText(reader, reader.at, to)
  reader.at = to
  return text
}

/**
 * Key and value of a message KeyValue, as texts. A value of no kind is ''.
 * @throws WireError, NotText
 */
export function wireAttribute(reader: WireReader, end: number): Tag {
  const [key, { text }] = keyValue(reader, end, listDepthAtMost)
  return [key, text]
}

function keyValue(reader: WireReader, end: number, depth: number): readonly [string, AttributeText] {
  let name = ''
  let value = noText
  while (reader.at < end) {
    const key = reader.key(end)
    if (key === 0x0a) name = textField(reader, end)
    else if (key === 0x12) value = anyValue(reader, reader.endOfBytes(end), depth)
    else reader.skip(key, end)
  }
  return [name, value]
}

/** A message AnyValue. Of several fields, the last counts. */
function anyValue(reader: WireReader, end: number, depth: number): AttributeText {
  let value = noText
  while (reader.at < end) {
    const key = reader.key(end)
    if (key === 0x0a) value = quotedText(textField(reader, end))
    else if (key === 0x10) value = plainText(reader.varint(end) !== 0)
    else if (key === 0x18) value = plainText(reader.signedText(end))
    else if (key === 0x21) value = plainText(reader.double(reader.fixed64(end)))
    else if (key === 0x2a) value = listValue(reader, reader.endOfBytes(end), depth)
    else if (key === 0x32) value = mapValue(reader, reader.endOfBytes(end), depth)
    else if (key === 0x3a) value = bytesValue(reader, reader.endOfBytes(end))
    else reader.skip(key, end)
  }
  return value
}

/** A message ArrayValue. */
function listValue(reader: WireReader, end: number, depth: number): AttributeText {
  const values: AttributeText[] = []
  while (depth > 0 && reader.at < end) {
    const key = reader.key(end)
    if (key === 0x0a) values.push(anyValue(reader, reader.endOfBytes(end), depth - 1))
    else reader.skip(key, end)
  }
  reader.at = end
  return depth > 0 ? listText(values) : tooDeep
}

/** A message KeyValueList. */
function mapValue(reader: WireReader, end: number, depth: number): AttributeText {
  const entries: Array<readonly [string, AttributeText]> = []
  while (depth > 0 && reader.at < end) {
    const key = reader.key(end)
    if (key === 0x0a) entries.push(keyValue(reader, reader.endOfBytes(end), depth - 1))
    else reader.skip(key, end)
  }
  reader.at = end
  return depth > 0 ? mapText(entries) : tooDeep
}

function bytesValue(reader: WireReader, end: number): AttributeText {
  const bytes = reader.bytes.subarray(reader.at, end)
  reader.at = end
  return base64Text(bytes)
}
