import { spelledNotNumber } from '../not-numbers.ts'
import type { WrongField } from './field-checks.ts'
import { isJsonObject } from './readings.ts'
import type { PassedOver } from './record-part.ts'

/** What a value of Vector can be. A `sketch` is a form of its own of Datadog, which ReMo does not read. */
const valueKinds = [
  'counter',
  'gauge',
  'set',
  'distribution',
  'aggregated_histogram',
  'aggregated_summary',
  'sketch',
] as const
export type ValueKind = (typeof valueKinds)[number]

export function isValueKind(key: string): key is ValueKind {
  return (valueKinds as readonly string[]).includes(key)
}

/** A number of a metric. */
export interface VectorField {
  /** Behind the name of the metric. */
  readonly suffix: '' | '.count' | '.sum' | '.mean'
  readonly isCounter: boolean
  /** Of a summary: which share of the observations is below the value. */
  readonly quantile?: number
}

/** A field that is not as Vector writes it. */
export interface WrongVector extends WrongField {
  readonly kind: 'wrong'
}

/** The numbers of a metric, why it has none, or what is wrong with it. */
export type VectorValues =
  | { readonly kind: 'values'; readonly fields: readonly VectorField[]; readonly values: readonly number[] }
  | { readonly kind: 'passed'; readonly why: PassedOver; readonly detail?: string }
  | WrongVector

type Json = Readonly<Record<string, unknown>>

/** Reads the value of a metric. Buckets, the single values of a set and the samples of a distribution are not kept. */
export function vectorValues(kind: ValueKind, isAbsolute: boolean, value: unknown): VectorValues {
  if (!isJsonObject(value)) return { kind: 'wrong', field: kind, expected: 'an object', found: value }
  switch (kind) {
    case 'counter':
      return oneNumber(kind, value, isAbsolute)
    case 'gauge':
      return isAbsolute
        ? oneNumber(kind, value, false)
        : { kind: 'passed', why: 'no-numbers', detail: 'a change of a gauge' }
    case 'set':
      return setOf(value)
    case 'distribution':
      return distribution(value)
    case 'aggregated_histogram':
    case 'aggregated_summary':
      return aggregated(kind, value, isAbsolute)
    case 'sketch':
      return { kind: 'passed', why: 'no-numbers', detail: 'a sketch' }
  }
}

function oneNumber(kind: ValueKind, { value }: Json, isCounter: boolean): VectorValues {
  if (typeof value !== 'number') return notNumber(`${kind}.value`, value)
  return { kind: 'values', fields: [{ suffix: '', isCounter }], values: [value] }
}

/** Vector writes `null` for what is no number, and others write NaN. */
function notNumber(field: string, found: unknown): VectorValues {
  const isSpelled = typeof found === 'string' && spelledNotNumber(found) !== undefined
  if (found === null || isSpelled) return { kind: 'passed', why: 'not-a-number' }
  return { kind: 'wrong', field, expected: 'a number', found }
}

/** How many different values there are. */
function setOf({ values }: Json): VectorValues {
  if (!Array.isArray(values)) return { kind: 'wrong', field: 'set.values', expected: 'an array', found: values }
  return { kind: 'values', fields: [{ suffix: '', isCounter: false }], values: [values.length] }
}

function distribution({ samples }: Json): VectorValues {
  if (!Array.isArray(samples)) {
    return { kind: 'wrong', field: 'distribution.samples', expected: 'an array', found: samples }
  }
  let [count, sum] = [0, 0]
  for (const sample of samples as readonly unknown[]) {
    const { value, rate } = isJsonObject(sample) ? sample : ({} as Json)
    if (typeof value !== 'number') return notNumber('distribution.samples.value', value)
    if (typeof rate !== 'number') return notNumber('distribution.samples.rate', rate)
    count += rate
    sum += value * rate
  }
  return counted(count, sum)
}

/** What was counted since the record before. */
function counted(count: number, sum: number, quantiles: readonly Quantile[] = []): VectorValues {
  if (!Number.isFinite(count) || !Number.isFinite(sum)) return { kind: 'passed', why: 'not-a-number' }
  const mean = count > 0 ? [sum / count] : []
  const fields = (['.count', '.sum', '.mean'] as const).slice(0, 2 + mean.length)
  return {
    kind: 'values',
    fields: [...fields.map((suffix) => ({ suffix, isCounter: false })), ...fieldsOf(quantiles)],
    values: [count, sum, ...mean, ...quantiles.map(({ value }) => value)],
  }
}

interface Quantile {
  readonly quantile: number
  readonly value: number
}

function fieldsOf(quantiles: readonly Quantile[]): VectorField[] {
  return quantiles.map(({ quantile }) => ({ suffix: '', isCounter: false, quantile }))
}

function aggregated(kind: ValueKind, value: Json, isAbsolute: boolean): VectorValues {
  const { count, sum } = value
  if (typeof count !== 'number') return notNumber(`${kind}.count`, count)
  if (typeof sum !== 'number') return notNumber(`${kind}.sum`, sum)
  const quantiles = kind === 'aggregated_summary' ? quantilesIn(value['quantiles']) : []
  if (!quantiles) {
    const field = `${kind}.quantiles`
    return { kind: 'wrong', field, expected: 'an array of quantiles with values', found: value['quantiles'] }
  }
  if (!isAbsolute) return counted(count, sum, quantiles)
  const fields = (['.count', '.sum'] as const).map((suffix): VectorField => ({ suffix, isCounter: true }))
  return {
    kind: 'values',
    fields: [...fields, ...fieldsOf(quantiles)],
    values: [count, sum, ...quantiles.map(({ value: at }) => at)],
  }
}

/** Quantiles with a value; `undefined` if the list is none. A quantile of nothing is `null`. */
function quantilesIn(list: unknown): Quantile[] | undefined {
  if (!Array.isArray(list)) return list === undefined ? [] : undefined
  const quantiles: Quantile[] = []
  for (const item of list as readonly unknown[]) {
    if (!isJsonObject(item)) return undefined
    const { quantile, value } = item
    if (typeof quantile === 'number' && typeof value === 'number') quantiles.push({ quantile, value })
  }
  return quantiles
}
