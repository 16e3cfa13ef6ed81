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

  #addPart(sample: PlainSample, { nodeId, at, shape, values }: RecordPart): void {
    const known = new Map<number, number>()
    const grown = new Map<number, number>()
    for (const [i, name] of shape.names.entries()) {
      const value = values[i] as number
      const isCounter = shape.counters.includes(i)
      const growth = isCounter ? this.#growth(JSON.stringify([nodeId, name]), value, at) : undefined
      if (growth) grown.set(i, growth.by)
      const shown = isCounter ? growth && growth.by / growth.seconds : value
      if (shown === undefined) continue
      known.set(i, shown)
      if (shape.means.some(({ sum }) => sum === i)) continue
      sample.metrics[name] = shown
      if (shape.units[name] !== undefined) sample.units[name] = shape.units[name]
    }
    for (const { name, sum, count } of shape.means) {
      if (grown.get(count)) sample.metrics[name] = (grown.get(sum) ?? NaN) / (grown.get(count) ?? NaN)
    }
    Object.assign(sample.attributes, shape.attributes)
    for (const formula of shape.house) if (formula.over === 'record') addHouse(sample, formula, known)
  }

  #growth(key: string, raw: number, at: number): { readonly by: number; readonly seconds: number } | undefined {
    const before = this.#raw.get(key)
    this.#raw.set(key, { raw, at })
    return before && raw >= before.raw && at > before.at
      ? { by: raw - before.raw, seconds: (at - before.at) / 1000 }
      : undefined
  }
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
