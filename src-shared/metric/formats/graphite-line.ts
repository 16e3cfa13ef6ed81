import type { Tag } from '../metric-name.ts'
import { numberOrText } from './field-checks.ts'
import { epochMs } from './timestamps.ts'

/** A line of Graphite: `path;tag=value number epoch`. */
export interface GraphiteLine {
  readonly path: string
  readonly tags: readonly Tag[]
  /** NaN if the line says so. */
  readonly value: number
  /** Epoch ms; `undefined`: the time at which the line is received, which Graphite writes as -1. */
  readonly at: number | undefined
}

/** What of a line is not as Graphite has it. */
export interface WrongPart {
  readonly field: string
  readonly expected: string
  readonly found: unknown
}

const shape = /^(\S+)[ \t]+(\S+)[ \t]+(\S+)\s*$/
/** In place of a time: that at which Graphite receives the line. */
const atReceipt = -1
/** @see https://graphite.readthedocs.io/en/latest/feeding-carbon.html */
export function parseGraphiteLine(line: string): GraphiteLine | WrongPart {
  const found = shape.exec(line)
  if (!found) return { field: 'line', expected: 'path, number and epoch seconds', found: line }
  const [, series, number, time] = found as unknown as readonly [string, string, string, string]
  const [path = '', ...texts] = series.split(';')
  // Lines of Influx have a = in their first word.
  if (path === '' || path.includes('=')) return { field: 'path', expected: 'a path without =', found: path }
  const odd = texts.find((text) => text.indexOf('=') < 1)
  if (odd !== undefined) return { field: 'tags', expected: 'tag=value', found: odd }
  const value = numberOrText(number)
  if (value === undefined) return { field: 'value', expected: 'a number', found: number }
  const at = Number(time) === atReceipt ? undefined : epochMs(Number(time))
  if (at === undefined && Number(time) !== atReceipt) {
    return { field: 'time', expected: 'epoch seconds or -1', found: time }
  }
  return { path, tags: texts.flatMap(tagOf), value, at }
}

/** Tags without a value are none. */
function tagOf(text: string): Tag[] {
  const equals = text.indexOf('=')
  return equals === text.length - 1 ? [] : [[text.slice(0, equals), text.slice(equals + 1)]]
}

export function isWrong(line: GraphiteLine | WrongPart): line is WrongPart {
  return 'expected' in line
}
