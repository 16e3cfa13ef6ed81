import { isJsonObject, isNodeId, shownValue } from '../formats/readings.ts'
import { isCleanText, messageLimits } from '../message.ts'
import type { RejectionCode } from '../sample.ts'
import type { CompiledMapping, RecordPath } from './compiled-mapping.ts'
import { above, childrenOf, placeAt, rootPlace, type Place } from './place.ts'

/** A field that a record of the mapping must have, and is missing or wrong. */
export interface FieldProblem {
  readonly code: RejectionCode
  /** Path in the record. */
  readonly field: string
  /** `expected a time, got "x"`. */
  readonly what: string
}

/** The records in a JSON value: it, or each object of a list. */
export function recordsIn({ isOfLists }: CompiledMapping, json: unknown): Place[] {
  const root = rootPlace(json)
  if (!Array.isArray(json) || isOfLists) return [root]
  return childrenOf(root).filter(({ value }) => isJsonObject(value))
}

/** The place of node or time for an element of `values`. */
export function placeFor({ values }: CompiledMapping, element: Place, path: RecordPath): Place | undefined {
  return placeAt(above(element, values.length - path.shared), path.rest)
}

/** A text of 1 to 128 characters, or a whole number that JSON holds exactly. */
export function nodeIdIn(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
  return isNodeId(value) ? value : undefined
}

export function nodeProblem(value: unknown): string {
  const isText = typeof value === 'string'
  const expected = isText ? `a text of 1 to ${messageLimits.nodeId} characters` : 'a text or a whole number'
  return `expected ${expected}, got ${shownValue(value)}`
}

/** A name that can be shown; `undefined`: the id is. */
export function nodeNameIn(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || text === '' || text.length > messageLimits.nodeName) return undefined
  return isCleanText(text) ? text : undefined
}

export function nodeNameProblem(value: unknown): string {
  return `expected a text of 1 to ${messageLimits.nodeName} characters, got ${shownValue(value)}`
}

export function timeProblem(value: unknown): string {
  const isLocal = typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)
  return `expected a time${isLocal ? ' with its zone' : ''}, got ${shownValue(value)}`
}
