import type { FieldMapping } from './field-mapping.ts'

/** A place in a record that a field of the mapping names. */
export interface MappedPlace {
  /** As `pathText` writes it, without `*`: `readings[2].v`. Unique in the record. */
  readonly path: string
  /** The JSON value that is there. */
  readonly value: unknown
  /** Why it cannot be used: `expected a time, got "x"`. */
  readonly problem?: string
}

/** A place whose value is a metric. */
export interface MappedValue {
  readonly path: string
  /** Full name of the metric, with its prefix. */
  readonly name: string
  /** The number that is stored: also of `true` (1) and of the text `"61.5"`. */
  readonly value: number
  /** As it is stored; '' without one. */
  readonly unit: string
}

/** A place that is named as a value and gives none. */
export interface PassedValue {
  readonly path: string
  /** Full name of the metric; '' if it has none. */
  readonly name: string
  /** What it is instead, in a sentence `“door” is …`: `a text`, `null`, `a list`, `not a number`, `without a name`. */
  readonly why: string
}

/**
 * Where the fields of a mapping are in one JSON value. Lists have each place at most once, in the order of the record,
 * at most `placesAtMost` each. The paths of different lists can be the same: one field may be node and shown name.
 */
export interface MappedFields {
  /** More than one only in a list of records, or if `node` has a `*`. */
  readonly node: readonly MappedPlace[]
  readonly nodeName: readonly MappedPlace[]
  /** `at`: epoch ms, if it is a time. */
  readonly time: ReadonlyArray<MappedPlace & { readonly at?: number }>
  /** Texts that name the metrics. Not the keys that do. */
  readonly names: readonly MappedPlace[]
  readonly units: readonly MappedPlace[]
  readonly values: readonly MappedValue[]
  readonly passedOver: readonly PassedValue[]
  /** Elements that `values` names: `6 found`. */
  readonly found: number
  /** Why the mapping cannot read any record: `hosts[*].name: has a * that readings[*] has not`. */
  readonly problem?: string
}

/** Places in each list of `MappedFields`. */
export const placesAtMost = 1_000

/**
 * Where the fields of a mapping are in a JSON value, for a page that shows both. Never throws.
 * @param json what `jsonContents` gives of a record: without its envelopes
 */
export function fieldsOf(_mapping: FieldMapping, _json: unknown): MappedFields {
  return { node: [], nodeName: [], time: [], names: [], units: [], values: [], passedOver: [], found: 0 }
}
