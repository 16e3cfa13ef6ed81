import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { decodeBatch } from '../src-kafka/records/decode-batch.ts'
import type { RawBatch } from '../src-kafka/stream.ts'
import { metrics as ownMetrics, recordValues } from './bench-records.ts'
import { measurePair, rateOf, type BenchResult } from './measure.ts'
import { otlpRecords } from './otlp-records.ts'
import { fleetMetrics, telegrafJson, telegrafLine } from './telegraf-records.ts'

/** Records of a batch. */
const perBatch = 500
/** Batches that are decoded before the clock runs: readers learn how records are written. */
const warmBatches = 13

/** A topic of one format. */
interface FormatTopic {
  readonly batches: readonly RawBatch[]
  /** Numbers in the batches that are measured. */
  readonly values: number
}

export interface FormatsBench {
  readonly hosts: number
  readonly scrapes: number
  readonly rounds: number
}

/**
 * Record values of other programs to columns of samples, against ReMo's own format: values a second. Each round begins
 * with a reader that has seen the first batches only.
 */
export async function formatsBench({ hosts, scrapes, rounds }: FormatsBench): Promise<BenchResult[]> {
  const fleet = [...fleetMetrics(hosts, scrapes)]
  const values = fleet.reduce((sum, { fields }) => sum + fields.length, 0)
  const ownRounds = Math.ceil(values / hosts / ownMetrics.length)
  const own = topicOf([...recordValues(hosts, ownRounds)].map((value) => ({ value, values: ownMetrics.length })))
  const results: BenchResult[] = []
  for (const [name, topic] of [
    ['Telegraf JSON', topicOf(fleet.map((metric) => ({ value: telegrafJson(metric), values: metric.fields.length })))],
    [
      'Telegraf lines',
      topicOf(fleet.map((metric, i) => ({ value: telegrafLine(metric, i), values: metric.fields.length }))),
    ],
    ['OTLP protobuf', topicOf([...otlpRecords(fleet)], 8)],
  ] as const) {
    results.push(
      await measurePair({
        name: `decode ${name}`,
        unit: 'values/s',
        limitName: "ReMo's own format",
        rounds,
        target: { atLeast: 1 },
        ours: () => decodeRate(topic),
        limit: () => decodeRate(own),
      }),
    )
  }
  return results
}

function decodeRate({ batches, values }: FormatTopic): number {
  const scanner = new SampleScanner()
  const decode = (batch: RawBatch): void => {
    const decoded = decodeBatch(batch, undefined, scanner)
    const reject = decoded?.rejects[0]
    if (reject) throw new Error(`a valid record was rejected: ${reject.reject.reason}`)
    scanner.assembler.commit()
  }
  for (const batch of batches.slice(0, warmBatches)) decode(batch)
  const measured = batches.slice(warmBatches)
  return rateOf(values, () => {
    for (const batch of measured) decode(batch)
  })
}

function topicOf(
  records: ReadonlyArray<{ readonly value: Buffer; readonly values: number }>,
  records1 = perBatch,
): FormatTopic {
  const batches: RawBatch[] = []
  for (let from = 0; from < records.length; from += records1) {
    batches.push(
      batchOf(
        records.slice(from, from + records1).map(({ value }) => value),
        from,
      ),
    )
  }
  const values = records.slice(warmBatches * records1).reduce((sum, record) => sum + record.values, 0)
  return { batches, values }
}

/** Record values in one buffer, as a fetch response has them. A byte in front stands for the null of all keys. */
function batchOf(values: readonly Buffer[], from: number): RawBatch {
  const count = values.length
  const valueEnds = new Int32Array(count)
  let end = 1
  for (const [i, value] of values.entries()) valueEnds[i] = end += value.length
  const run = {
    bytes: Buffer.concat([Buffer.from([0x01]), ...values]),
    count,
    offsets: Float64Array.from(values, (_, i) => from + i),
    timestamps: new Float64Array(count).fill(-1),
    valueStarts: valueEnds.map((_, i) => valueEnds[i - 1] ?? 1),
    valueEnds,
    keyStarts: new Int32Array(count),
  }
  return { topic: 'bench', partition: 0, runs: [run], next: from + count, end: from + count }
}
