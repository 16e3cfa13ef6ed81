import { isJsonObject } from '../formats/readings.ts'
import { pathText, type FieldPath, type PathStep } from './field-path.ts'

/** A value in a record, and how it is reached. */
export interface Place {
  readonly value: unknown
  /** `undefined` for the record itself. */
  readonly within: Place | undefined
  /** Key or index in `within`. */
  readonly step: string | number
}

export function rootPlace(value: unknown): Place {
  return { value, within: undefined, step: '' }
}

/** The path of a place, without `*`. */
export function placePath(place: Place): FieldPath {
  const path: PathStep[] = []
  for (let at = place; at.within !== undefined; at = at.within) {
    path.push(typeof at.step === 'number' ? { index: at.step } : { key: at.step })
  }
  return path.reverse()
}

export function placeText(place: Place): string {
  return pathText(placePath(place))
}

/** The place so many steps above. */
export function above(place: Place, steps: number): Place {
  let at = place
  for (let i = 0; i < steps && at.within !== undefined; i++) at = at.within
  return at
}

/** The place that a path without `*` names; `undefined` if nothing is there. Own fields only, never of a prototype. */
export function placeAt(from: Place, path: FieldPath): Place | undefined {
  let at: Place | undefined = from
  for (const step of path) {
    at = at && step !== 'each' ? child(at, 'key' in step ? step.key : step.index) : undefined
  }
  return at
}

/** The places that a path names, in the order of the record; the first `most` of them. */
export function placesAt(from: Place, path: FieldPath, most = Infinity): Place[] {
  const found: Place[] = []
  collect(from, { path, most, found }, 0)
  return found
}

interface Search {
  readonly path: FieldPath
  readonly most: number
  readonly found: Place[]
}

/** As deep as the path is long. */
function collect(from: Place, search: Search, depth: number): void {
  const { path, most, found } = search
  if (found.length >= most) return
  const step = path[depth]
  if (step === undefined) found.push(from)
  else if (step === 'each') {
    for (const one of childrenOf(from)) collect(one, search, depth + 1)
  } else {
    const one = child(from, 'key' in step ? step.key : step.index)
    if (one) collect(one, search, depth + 1)
  }
}

function child(within: Place, step: string | number): Place | undefined {
  const { value } = within
  if (typeof step === 'number') {
    return Array.isArray(value) && step < value.length ? { value: value[step] as unknown, within, step } : undefined
  }
  return isJsonObject(value) && Object.hasOwn(value, step) ? { value: value[step], within, step } : undefined
}

/** The elements of a list, or the fields of an object. */
export function childrenOf(within: Place): Place[] {
  const { value } = within
  if (Array.isArray(value)) return value.map((one: unknown, step) => ({ value: one, within, step }))
  if (!isJsonObject(value)) return []
  return Object.keys(value).map((step) => ({ value: value[step], within, step }))
}
