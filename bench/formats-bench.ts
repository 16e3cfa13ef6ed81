import { KnownRecords } from '#shared/metric/formats/known-records.ts'
import { readRecord } from '#shared/metric/formats/read-record.ts'
import type { RecordReading } from '#shared/metric/formats/record-part.ts'
import { mappingIndex, noMappings, type MappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import { SampleScanner, type RecordValues } from '#shared/metric/sample-scanner.ts'
import { metrics as ownMetrics, recordValues } from './bench-records.ts'
import { measurePair, cpuRateOf, type BenchResult } from './measure.ts'
import { otlpRecords } from './otlp-records.ts'
import {
  fieldsOfMetric,
  fleetMetrics,
  metricsOfHost,
  telegrafJson,
  telegrafLine,
  type FleetMetric,
} from './telegraf-records.ts'

/** Records of a batch. */
const perBatch = 500

/** Records of one format in one buffer. */
interface FormatRecords {
  readonly run: RecordValues & { readonly bytes: Buffer }
  readonly count: number
  /** Numbers in them. */
  readonly values: number
  readonly mappings: MappingIndex
}

export interface FormatsBench {
  readonly hosts: number
  readonly scrapes: number
  readonly rounds: number
}

/**
 * Record values of other programs to parts, against ReMo's own format to columns: values a second of CPU time. The
 * readers have seen the hosts before: what a fleet costs from day to day.
 */
export async function formatsBench({ hosts, scrapes, rounds }: FormatsBench): Promise<BenchResult[]> {
  const own = ownRecords(hosts, scrapes)
  const results: BenchResult[] = []
  for (const { name, records, atLeast } of formats(hosts, scrapes)) {
    const [ours, limit] = [reader(records), scanner(own)]
    results.push(
      await measurePair({
        name: `decode ${name}`,
        unit: 'values/CPU s',
        limitName: "ReMo's own format",
        rounds,
        target: { atLeast },
        ours,
        limit,
      }),
    )
  }
  return results
}

/** As many values of ReMo's own format as the fleet has. */
function ownRecords(hosts: number, scrapes: number): FormatRecords {
  const ownRounds = Math.ceil((scrapes * metricsOfHost * fieldsOfMetric) / ownMetrics.length)
  return inOneBuffer([...recordValues(hosts, ownRounds)].map((value) => ({ value, values: ownMetrics.length })))
}

interface Format {
  readonly name: string
  readonly records: FormatRecords
  /** Of the values a second of ReMo's own format. */
  readonly atLeast: number
}

function* formats(hosts: number, scrapes: number): Generator<Format> {
  const fleet = [...fleetMetrics(hosts, scrapes)]
  const written = (write: (metric: FleetMetric, i: number) => Buffer) =>
    fleet.map((metric, i) => ({ value: write(metric, i), values: metric.fields.length }))
  yield { name: 'Telegraf JSON', records: inOneBuffer(written(telegrafJson)), atLeast: 1 }
  yield { name: 'Telegraf lines', records: inOneBuffer(written(telegrafLine)), atLeast: 1 }
  yield { name: 'OTLP protobuf', records: inOneBuffer([...otlpRecords(fleet)]), atLeast: 1 }
  yield { name: 'JSON with a mapping', records: inOneBuffer(written(mappedJson), mappings), atLeast: 0.1 }
}

const topic = 'bench'
const mappings = mappingIndex([
  { topic, node: 'machine.serial', time: 'meta.at', values: 'readings[*]', name: 'kind', value: 'v' },
])

/** Is parsed whole: a record of its own shape may have anything in it. */
function mappedJson({ host, measurement, fields, at }: FleetMetric): Buffer {
  const readings = fields.map(([name, v]) => ({ kind: `${measurement}.${name}`, v }))
  return Buffer.from(JSON.stringify({ machine: { serial: host }, meta: { at }, readings }))
}

/** @returns what reads all records, and measures that: values a second */
function reader({ run, count, values, mappings: used }: FormatRecords): () => number {
  const known = new KnownRecords()
  const read = (i: number): void => {
    const [start, end] = [run.valueStarts[i] as number, run.valueEnds[i] as number]
    let reading: RecordReading | undefined = used.has(topic) ? undefined : known.read(run.bytes, start, end)
    if (!reading) {
      const value = run.bytes.subarray(start, end)
      reading = readRecord({ value, key: null, topic, timestamp: -1 }, used)
      if (!used.has(topic)) known.learn(value, reading)
    }
    if (reading.kind !== 'parts') throw new Error('a valid record was not read')
  }
  return () =>
    cpuRateOf(values, () => {
      for (let i = 0; i < count; i++) read(i)
    })
}

/** The same for ReMo's own format. */
function scanner({ run, count, values }: FormatRecords): () => number {
  const samples = new SampleScanner()
  const scan = (i: number): void => {
    if (samples.scan(run, i)) throw new Error('a valid message was rejected')
    if ((i + 1) % perBatch === 0) samples.take()
  }
  return () =>
    cpuRateOf(values, () => {
      for (let i = 0; i < count; i++) scan(i)
    })
}

function inOneBuffer(
  records: ReadonlyArray<{ readonly value: Buffer; readonly values: number }>,
  used = noMappings,
): FormatRecords {
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
  return { run, count, values: records.reduce((sum, { values }) => sum + values, 0), mappings: used }
}
