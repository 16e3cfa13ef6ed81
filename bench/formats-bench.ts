import { KnownRecords } from '#shared/metric/formats/known-records.ts'
import { readRecord } from '#shared/metric/formats/read-record.ts'
import type { RecordReading } from '#shared/metric/formats/record-part.ts'
import { SampleScanner, type RecordValues } from '#shared/metric/sample-scanner.ts'
import { metrics as ownMetrics, recordValues } from './bench-records.ts'
import { measurePair, rateOf, type BenchResult } from './measure.ts'
import { otlpRecords } from './otlp-records.ts'
import { fleetMetrics, telegrafJson, telegrafLine } from './telegraf-records.ts'

/** Records of a batch. */
const perBatch = 500

/** Records of one format in one buffer. */
interface FormatRecords {
  readonly run: RecordValues & { readonly bytes: Buffer }
  readonly count: number
  /** Records that are read before the clock runs: a reader learns how records are written. */
  readonly warm: number
  /** Numbers in the records behind those. */
  readonly values: number
}

export interface FormatsBench {
  readonly hosts: number
  readonly scrapes: number
  readonly rounds: number
}

/**
 * Record values of other programs to parts, against ReMo's own format to columns: values a second. Each round begins
 * with a reader that has seen a third of the records.
 */
export async function formatsBench({ hosts, scrapes, rounds }: FormatsBench): Promise<BenchResult[]> {
  const own = ownRecords(hosts, scrapes)
  const results: BenchResult[] = []
  for (const [name, records] of formats(hosts, scrapes)) {
    results.push(
      await measurePair({
        name: `decode ${name}`,
        unit: 'values/s',
        limitName: "ReMo's own format",
        rounds,
        target: { atLeast: 1 },
        ours: () => readRate(records),
        limit: () => scanRate(own),
      }),
    )
  }
  return results
}

/** As many values of ReMo's own format as the fleet has. */
function ownRecords(hosts: number, scrapes: number): FormatRecords {
  const ownRounds = Math.ceil((scrapes * valuesOfScrape) / ownMetrics.length)
  return inOneBuffer([...recordValues(hosts, ownRounds)].map((value) => ({ value, values: ownMetrics.length })))
}

/** Of a host, see `fleetMetrics`. */
const valuesOfScrape = 240

function* formats(hosts: number, scrapes: number): Generator<[name: string, records: FormatRecords]> {
  const fleet = [...fleetMetrics(hosts, scrapes)]
  const lengths = fleet.map(({ fields }) => fields.length)
  yield [
    'Telegraf JSON',
    inOneBuffer(fleet.map((metric, i) => ({ value: telegrafJson(metric), values: lengths[i] ?? 0 }))),
  ]
  yield [
    'Telegraf lines',
    inOneBuffer(fleet.map((metric, i) => ({ value: telegrafLine(metric, i), values: lengths[i] ?? 0 }))),
  ]
  yield ['OTLP protobuf', inOneBuffer([...otlpRecords(fleet)])]
}

function readRate({ run, count, warm, values }: FormatRecords): number {
  const known = new KnownRecords()
  const read = (i: number): void => {
    const [start, end] = [run.valueStarts[i] as number, run.valueEnds[i] as number]
    let reading: RecordReading | undefined = known.read(run.bytes, start, end)
    if (!reading) {
      const value = run.bytes.subarray(start, end)
      reading = readRecord({ value, key: null, topic: 'bench', timestamp: -1 })
      known.learn(value, reading)
    }
    if (reading.kind !== 'parts') throw new Error('a valid record was not read')
  }
  for (let i = 0; i < warm; i++) read(i)
  return rateOf(values, () => {
    for (let i = warm; i < count; i++) read(i)
  })
}

function scanRate({ run, count, warm, values }: FormatRecords): number {
  const scanner = new SampleScanner()
  const scan = (i: number): void => {
    if (scanner.scan(run, i)) throw new Error('a valid message was rejected')
    if ((i + 1) % perBatch === 0) scanner.take()
  }
  for (let i = 0; i < warm; i++) scan(i)
  return rateOf(values, () => {
    for (let i = warm; i < count; i++) scan(i)
  })
}

function inOneBuffer(records: ReadonlyArray<{ readonly value: Buffer; readonly values: number }>): FormatRecords {
  const count = records.length
  const valueEnds = new Int32Array(count)
  let end = 0
  for (const [i, { value }] of records.entries()) valueEnds[i] = end += value.length
  const run = {
    bytes: Buffer.concat(records.map(({ value }) => value)),
    offsets: Float64Array.from(records, (_, i) => i),
    timestamps: new Float64Array(count).fill(-1),
    valueStarts: valueEnds.map((_, i) => valueEnds[i - 1] ?? 0),
    valueEnds,
  }
  const warm = Math.floor(count / 3)
  return { run, count, warm, values: records.slice(warm).reduce((sum, { values }) => sum + values, 0) }
}
