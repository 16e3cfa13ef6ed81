import { textOf } from '../utf8.ts'
import { templateSlot, type TemplateSlot } from './fields-template.ts'
import { isJsonObject, isNodeId } from './readings.ts'
import { isUnknownSpeed } from './telegraf-fields.ts'
import { hostTag } from './telegraf-part.ts'

/** A metric of Telegraf as text: its fields first, then its name, tags and time. */
export interface UsualMetric {
  readonly name: string
  readonly nodeId: string
  /** Names of the fields with a value, in the order of the text. */
  readonly fields: readonly string[]
  /** Texts in front of the slots, and the one behind the last, up to the end of the fields. */
  readonly pieces: readonly string[]
  readonly slots: readonly TemplateSlot[]
  /** Behind the fields, up to the time. */
  readonly tail: string
  /** Behind the time. */
  readonly end: string
}

const begin = /\s*\{\s*"fields"\s*:\s*\{/y
const field =
  /\s*"(?<key>[^"]*)"\s*:\s*(?:(?<number>-?\d[\d.eE+-]*)|(?<boolean>true|false)|"(?<text>[^"]*)")\s*(?<more>,|\})/y
const tail = /\s*,\s*"name"\s*:\s*"[^"]*"\s*,\s*"tags"\s*:\s*\{(?:[^{}"]|"[^"]*")*\}\s*,\s*"timestamp"\s*:\s*/y
const time = /-?\d[\d.eE+-]*/y
const end = /\s*\}\s*$/y

/**
 * The parts of a record that is known to be JSON of Telegraf.
 * @returns `undefined` if it is written in an unusual way: escapes, other keys, another order, no host
 */
export function usualMetric(value: Uint8Array): UsualMetric | undefined {
  const text = textOf(value)
  const json = text.includes('\\') ? undefined : parsed(text)
  const host = isJsonObject(json?.['tags']) ? json['tags'][hostTag] : undefined
  const name = json?.['name']
  if (!isNodeId(host) || typeof name !== 'string') return undefined
  const walk = new Walk(text)
  if (!walk.take(begin)) return undefined
  const fields = fieldsOf(walk, name)
  const from = walk.at
  if (!fields || !walk.take(tail)) return undefined
  const tailText = text.slice(from, walk.at)
  if (!walk.take(time)) return undefined
  const timeTo = walk.at
  if (!walk.take(end)) return undefined
  return { name, nodeId: host, ...fields, tail: tailText, end: text.slice(timeTo) }
}

/** NaN in the JSON of others is no JSON: such a record is not known. */
function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return isJsonObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

function fieldsOf(walk: Walk, name: string): Pick<UsualMetric, 'fields' | 'pieces' | 'slots'> | undefined {
  const fields: string[] = []
  const pieces: string[] = []
  const slots: TemplateSlot[] = []
  let done = 0
  for (let more = ','; more === ',';) {
    const found = walk.take(field)
    if (!found?.groups) return undefined
    const { key = '', number, boolean, text, more: next = '' } = found.groups
    more = next
    // The reader leaves it out, so it is a part of the text: such a record is another one than with a speed.
    if (number !== undefined && isUnknownSpeed(name, key, Number(number))) continue
    const slot = slotOf({ number, boolean })
    const end = walk.at - 1 - trailing(found[0])
    const from = end - (number ?? boolean ?? `${text}"`).length
    pieces.push(walk.text.slice(done, from))
    done = end
    slots.push(slot)
    if (slot !== templateSlot.text) fields.push(key)
  }
  pieces.push(walk.text.slice(done, walk.at))
  return { fields, pieces, slots }
}

function slotOf({ number, boolean }: Record<'number' | 'boolean', string | undefined>): TemplateSlot {
  if (number !== undefined) return templateSlot.number
  return boolean === undefined ? templateSlot.text : templateSlot.boolean
}

/** White space in front of the last character. */
function trailing(found: string): number {
  const body = found.slice(0, -1)
  return body.length - body.trimEnd().length
}

class Walk {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found) this.at = pattern.lastIndex
    return found ?? undefined
  }
}
