import { columnsOf, SampleDirectory, type SampleBatch, type SampleColumns } from '#shared/metric/sample-columns.ts'
import { decode } from '#shared/metric/decode.ts'
import { ruleIndex, type RuleIndex } from '#shared/rule/rule-index.ts'
import { aRule, anId } from '#shared/rule/rule-builders.ts'
import { PlainEvaluator } from '../src-main/data/alerts/plain-evaluator.ts'
import { SeriesEvaluator } from '../src-main/data/alerts/series-evaluator.ts'
import { metrics } from './bench-records.ts'
import { measurePair, rateOf, type BenchResult } from './measure.ts'

/** Records per transaction, and passes over all records in one measurement. */
const batchSize = 1_000
const passes = 5

/**
 * The evaluator with a rule for each of the four metrics. Its limits: a bare loop that compares the same columns with two
 * numbers, and the state machine for every value.
 */
export async function evaluatorBench(values: readonly Buffer[], rounds: number): Promise<BenchResult[]> {
  const batches = columnBatches(values)
  const index = indexOfBench()
  const common = { unit: 'values/s', rounds, ours: () => evaluatedBy(anEvaluator(), batches, index) }
  return [
    await measurePair({
      ...common,
      name: 'evaluator, 4 rules a record',
      limitName: 'a bare loop over the columns',
      limit: () => comparedByLoop(batches),
    }),
    await measurePair({
      ...common,
      name: 'evaluator, 4 rules a record',
      limitName: 'the state machine for every value',
      limit: () => evaluatedBy(new PlainEvaluator(), batches, index),
    }),
  ]
}

/** Values per second of a new evaluator. */
export function evaluatorRate(values: readonly Buffer[]): number {
  return evaluatedBy(anEvaluator(), columnBatches(values), indexOfBench())
}

function indexOfBench(): RuleIndex {
  return ruleIndex(metrics.map((metric, i) => aRule({ id: anId(i + 1), metric })))
}

function columnBatches(values: readonly Buffer[]): SampleBatch[] {
  const directory = new SampleDirectory()
  const samples = values.map((value) => {
    const decoded = decode(value)
    if (!decoded.ok) throw new Error(decoded.reject.reason)
    return decoded.sample
  })
  return Array.from({ length: Math.ceil(samples.length / batchSize) }, (_, n) => {
    const part = samples.slice(n * batchSize, (n + 1) * batchSize)
    const offsets = part.map((_, i) => n * batchSize + i)
    return { topic: 'bench', partition: 0, columns: columnsOf(part, offsets, directory) }
  })
}

function anEvaluator(): SeriesEvaluator {
  return new SeriesEvaluator({ series: [], openAlerts: [], nameOf: (id) => id, findStored: () => undefined })
}

/** Values per second. The passes continue in event time, as one stream. */
function evaluatedBy(
  evaluator: SeriesEvaluator | PlainEvaluator,
  batches: readonly SampleBatch[],
  index: RuleIndex,
): number {
  const spanMs = spanOf(batches)
  let rate = 0
  for (let pass = 0; pass < passes; pass++) {
    const later = pass === 0 ? batches : batches.map((batch) => movedBy(batch, pass * spanMs))
    rate += rateOf(valuesIn(batches), () => {
      for (const batch of later) {
        evaluator.records(batch, { index, isInBacklog: false, isStartUnknown: false })
        if (evaluator instanceof SeriesEvaluator) evaluator.staged()
        evaluator.commit(0)
      }
    })
  }
  return rate / passes
}

function comparedByLoop(batches: readonly SampleBatch[]): number {
  let above = 0
  const rate = rateOf(valuesIn(batches) * passes, () => {
    for (let pass = 0; pass < passes; pass++) for (const { columns } of batches) above += countAbove(columns)
  })
  if (Number.isNaN(above)) throw new Error('not counted')
  return rate
}

function countAbove({ count, at, first, layout, directory, values }: SampleColumns): number {
  let above = 0
  let newest = 0
  for (let i = 0; i < count; i++) {
    const from = first[i] as number
    const width = directory.layouts[layout[i] as number]?.names.length ?? 0
    newest = Math.max(newest, at[i] as number)
    for (let n = from; n < from + width; n++) {
      const value = values[n] as number
      if (value > 85 || value < 0) above++
    }
  }
  return above + newest
}

function movedBy({ columns, ...batch }: SampleBatch, ms: number): SampleBatch {
  return { ...batch, columns: { ...columns, at: columns.at.map((at) => at + ms) } }
}

function spanOf(batches: readonly SampleBatch[]): number {
  const times = batches.flatMap(({ columns }) => [columns.at[0] as number, columns.at[columns.count - 1] as number])
  return Math.max(...times) - Math.min(...times) + 1000
}

function valuesIn(batches: readonly SampleBatch[]): number {
  return batches.reduce((sum, { columns }) => sum + columns.values.length, 0)
}
