import { numberOrText } from '../formats/field-checks.ts'
import { isJsonObject } from '../formats/readings.ts'
import { ucumUnit } from '../formats/units.ts'
import type { CompiledMapping, SkippedKeys } from './compiled-mapping.ts'
import { above, childrenOf, placeAt, type Place } from './place.ts'

/** Objects in objects below an element that are searched for numbers. */
const depthAtMost = 8

/** Why a place that is named as a value gives none. */
export type PassedWhy =
  'nothing' | 'null' | 'a text' | 'a list' | 'an object' | 'not a number' | 'without a name' | 'nested too deep'

/** A metric of an element, or a place that could be one. */
export type FoundMetric = {
  /** The value; the element, if nothing is there. */
  readonly place: Place
  readonly element: Place
  /** Full name; '' without one. */
  readonly name: string
  /** The text that names it. */
  readonly namePlace: Place | undefined
  readonly unitPlace: Place | undefined
} & ({ readonly value: number; /** In the record. */ readonly unit: string | undefined } | { readonly why: PassedWhy })

/** The metrics of one element of `values`. */
export function elementMetrics(mapping: CompiledMapping, element: Place): FoundMetric[] {
  const search = new ElementSearch(mapping, element)
  if (mapping.value) search.single(placeAt(element, mapping.value))
  else if (isJsonObject(element.value)) search.below(element, mapping.skipped)
  else search.single(element)
  return search.found
}

class ElementSearch {
  readonly found: FoundMetric[] = []
  readonly #mapping: CompiledMapping
  readonly #element: Place
  readonly #namePlace: Place | undefined
  readonly #unitPlace: Place | undefined
  readonly #unit: string | undefined
  /** Beginning of the names, without a point behind it; `undefined` if the element has none. */
  readonly #begin: string | undefined
  /** Objects around what `below` looks at. */
  #depth = 0

  constructor(mapping: CompiledMapping, element: Place) {
    const { name, unit } = mapping
    this.#mapping = mapping
    this.#element = element
    this.#namePlace = name && placeAt(element, name)
    this.#unitPlace = unit && placeAt(element, unit)
    const text = this.#unitPlace?.value
    this.#unit = typeof text === 'string' ? ucumUnit(text) : undefined
    this.#begin = beginOfNames(mapping, element, this.#namePlace)
  }

  /** The value of an element that has one. */
  single(place: Place | undefined): void {
    const { tail } = this.#mapping
    const begin = this.#begin
    const name = begin === undefined ? undefined : joined(begin, tail) || 'value'
    if (!place) return this.#add({ place: this.#element, name, number: 'nothing' })
    // The operator says that this is the value, so its digits may be a text.
    this.#add({ place, name, number: numberAt(place.value, true) })
  }

  /** The numbers of an object, and of objects in it. */
  below(within: Place, skipped: SkippedKeys | undefined, begin = this.#begin): void {
    this.#depth++
    for (const place of childrenOf(within)) {
      const key = String(place.step)
      const inner = skipped?.get(key)
      if (inner === true) continue
      const name = begin === undefined ? undefined : joined(begin, key)
      if (isJsonObject(place.value)) {
        if (this.#depth < depthAtMost) this.below(place, inner, name)
        else this.#add({ place, name, number: 'nested too deep' })
      } else {
        const number = numberAt(place.value, false)
        // Texts and nulls here are not named as values.
        if (number !== 'a text' && number !== 'null') this.#add({ place, name, number })
      }
    }
    this.#depth--
  }

  #add({ place, name, number }: { place: Place; name: string | undefined; number: number | PassedWhy }): void {
    const places = { place, element: this.#element, namePlace: this.#namePlace, unitPlace: this.#unitPlace }
    const full = name === undefined ? '' : this.#mapping.prefix + name
    if (typeof number !== 'number') this.found.push({ ...places, name: full, why: number })
    else if (name === undefined) this.found.push({ ...places, name: '', why: 'without a name' })
    else this.found.push({ ...places, name: full, value: number, unit: this.#unit })
  }
}

/** Keys and indices of the element, and its name. */
function beginOfNames(mapping: CompiledMapping, element: Place, namePlace: Place | undefined): string | undefined {
  let begin = ''
  for (const { up, before, withIndex } of mapping.labels) {
    const { step } = above(element, up)
    if (typeof step === 'string') begin = joined(begin, step)
    else if (withIndex) begin = joined(begin, before === undefined ? String(step) : `${before}.${step}`)
  }
  if (!mapping.name) return begin
  const name = nameIn(namePlace?.value)
  return name === undefined ? undefined : joined(begin, name)
}

function nameIn(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function joined(begin: string, name: string): string {
  return begin === '' || name === '' ? begin + name : `${begin}.${name}`
}

/** The number, 1 and 0 for true and false, or what it is instead. */
function numberAt(value: unknown, isInText: boolean): number | PassedWhy {
  if (typeof value === 'boolean') return Number(value)
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  const number = numberOrText(value)
  if (number === undefined) return 'a text'
  if (!Number.isFinite(number)) return 'not a number'
  return typeof value === 'number' || isInText ? number : 'a text'
}
