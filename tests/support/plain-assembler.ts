import type { HouseFormula, RecordPart } from '#shared/metric/formats/record-part.ts'

/** All that a record says about one node at one time. */
export interface PlainSample {
  readonly nodeId: string
  readonly nodeName: string
  readonly at: number
  readonly metrics: Record<string, number>
  readonly units: Record<string, string>
  readonly attributes: Record<string, string>
}

/**
 * Rates, means and metrics of the house in their plainest form, for one partition and without totals over records. So
 * readers are tested without the bounds, the state and the columns of the real assembler.
 */
export class PlainAssembler {
  readonly #raw = new Map<string, { readonly raw: number; readonly at: number }>()

  /** One sample for each node and time, as the vectors have them. */
  add(parts: readonly RecordPart[]): PlainSample[] {
    const samples = new Map<string, PlainSample>()
    for (const part of parts) {
      const { nodeId, nodeName, at } = part
      const key = JSON.stringify([nodeId, at])
      const sample = samples.get(key) ?? { nodeId, nodeName, at, metrics: {}, units: {}, attributes: {} }
      samples.set(key, sample)
      this.#addPart(sample, part)
    }
    return [...samples.values()].filter(({ metrics }) => Object.keys(metrics).length > 0)
  }

  /** Raw values by name of the series. */
  counters(): Record<string, number> {
    const entries = Array.from(
      this.#raw,
      ([key, { raw }]) => [(JSON.parse(key) as string[])[1] as string, raw] as const,
    )
    return Object.fromEntries(entries)
  }

  #addPart(sample: PlainSample, part: RecordPart): void {
    const { names, means, house, units, attributes } = part.shape
    const { known, grown } = this.#valuesOf(part)
    const sums = new Set(means.map(({ sum }) => sum))
    for (const [i, value] of known) {
      const name = names[i] as string
      if (!sums.has(i)) addValue(sample, name, { value, unit: units[name] })
    }
    for (const { name, sum, count } of means) {
      const mean = (grown.get(sum) ?? NaN) / (grown.get(count) ?? NaN)
      if (Number.isFinite(mean)) addValue(sample, name, { value: mean, unit: units[name] })
    }
    Object.assign(sample.attributes, attributes)
    for (const formula of house) if (formula.over === 'record') addHouse(sample, formula, known)
  }

  /** By index: values and rates, and how much counters grew. */
  #valuesOf({ nodeId, at, shape, values }: RecordPart): Record<'known' | 'grown', Map<number, number>> {
    const known = new Map<number, number>()
    const grown = new Map<number, number>()
    for (const [i, value] of values.entries()) {
      if (!shape.counters.includes(i)) known.set(i, value)
      else {
        const growth = this.#growth(JSON.stringify([nodeId, shape.names[i]]), value, at)
        if (!growth) continue
        grown.set(i, growth.by)
        known.set(i, growth.by / growth.seconds)
      }
    }
    return { known, grown }
  }

  #growth(key: string, raw: number, at: number): { readonly by: number; readonly seconds: number } | undefined {
    const before = this.#raw.get(key)
    this.#raw.set(key, { raw, at })
    return before && raw >= before.raw && at > before.at
      ? { by: raw - before.raw, seconds: (at - before.at) / 1000 }
      : undefined
  }
}

function addValue(
  { metrics, units }: PlainSample,
  name: string,
  { value, unit }: { readonly value: number; readonly unit: string | undefined },
): void {
  metrics[name] = value
  if (unit !== undefined) units[name] = unit
}

function addHouse(
  { metrics }: PlainSample,
  { metric, combine, terms }: HouseFormula,
  values: Map<number, number>,
): void {
  let [numerator, denominator] = [0, 0]
  for (const term of terms) {
    const value = values.get(term.index)
    if (value === undefined) return
    numerator += term.numerator * value
    denominator += term.denominator * value
  }
  const isShare = combine !== 'sum' && terms.some((term) => term.denominator !== 0)
  const share = isShare ? (100 * numerator) / denominator : numerator
  const value = combine === 'complement' ? 100 - share : share
  if (Number.isFinite(value)) metrics[metric] = value
}
