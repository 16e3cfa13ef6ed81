import type { HouseFormula, PartShape, Term } from '../formats/record-part.ts'
import { metricInfo } from '../metric-info.ts'
import { parseMetricName } from '../metric-name.ts'

/** A metric of the house that follows from a part. */
export interface HouseReading {
  /** `CPU usage = 100 − usage_idle` */
  readonly text: string
  readonly unit: string
  /** Absent if this record alone does not give it. */
  readonly value?: number
  /** What it needs besides: a few words. */
  readonly note?: string
}

/** Names in a formula. A processor has a value for each core and state. */
const namesAtMost = 4

/** A formula in words, with its value if the record alone gives it. */
export function houseReading(formula: HouseFormula, shape: PartShape, values: readonly number[]): HouseReading {
  const { label, unit } = metricInfo(formula.metric)
  const text = `${label} = ${wordsOf(formula, shape)}`
  const isRate = formula.terms.some(({ index }) => shape.counters.includes(index))
  if (formula.over === 'records') return { text, unit, note: 'from all records of one time' }
  if (isRate) return { text, unit, note: 'from two records' }
  const value = valueOf(formula, values)
  return Number.isFinite(value) ? { text, unit, value } : { text, unit }
}

function valueOf({ combine, terms }: HouseFormula, values: readonly number[]): number {
  const sum = (weight: (term: Term) => number): number =>
    terms.reduce((total, term) => total + weight(term) * (values[term.index] ?? NaN), 0)
  const numerator = sum((term) => term.numerator)
  if (combine === 'sum') return numerator
  const isShare = terms.some(({ denominator }) => denominator !== 0)
  const share = isShare ? (100 * numerator) / sum((term) => term.denominator) : numerator
  return combine === 'complement' ? 100 - share : share
}

function wordsOf({ combine, terms, over }: HouseFormula, shape: PartShape): string {
  const isRate = terms.some(({ index }) => shape.counters.includes(index))
  const names = labelsOf(terms, shape)
  const top = summed(terms, names, ({ numerator }) => numerator)
  if (combine === 'sum') return `${top.text}${isRate ? ' a second' : ''}${over === 'records' ? ', summed' : ''}`
  const bottom = summed(terms, names, ({ denominator }) => denominator)
  const share = bottom.count === 0 ? top.text : `100 × ${bracketed(top)} / ${bracketed(bottom)}`
  return combine === 'complement' ? `100 − ${bottom.count === 0 ? bracketed(top) : share}` : share
}

interface Sum {
  readonly text: string
  readonly count: number
}

function summed(terms: readonly Term[], names: readonly string[], weightOf: (term: Term) => number): Sum {
  const used = terms.flatMap((term, i) => {
    const weight = weightOf(term)
    return weight === 0 ? [] : [{ name: names[i] as string, isMinus: weight < 0 }]
  })
  const shown = used.slice(0, namesAtMost)
  const text = shown.map(({ name, isMinus }, i) => `${i === 0 ? (isMinus ? '−' : '') : isMinus ? ' − ' : ' + '}${name}`)
  const rest = used.length > shown.length ? ` + ${used.length - shown.length} more` : ''
  return { text: text.join('') + rest, count: used.length }
}

function bracketed({ text, count }: Sum): string {
  return count > 1 ? `(${text})` : text
}

/** Fields; with their tags where several terms have one field. */
function labelsOf(terms: readonly Term[], { names }: PartShape): string[] {
  const parsed = terms.map(({ index }) => parseMetricName(names[index] ?? ''))
  const fields = parsed.map(({ field }) => field)
  return parsed.map(({ field, tags }) => {
    const isAlone = fields.indexOf(field) === fields.lastIndexOf(field)
    return isAlone || tags.length === 0 ? field : tags.map(([, value]) => value).join(' ')
  })
}
