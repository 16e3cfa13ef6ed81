import { SampleScanner, type RecordValues } from '#shared/metric/sample-scanner.ts'
import { measurePair, rateOf, type BenchResult } from './measure.ts'

/** Records per batch. */
const batch = 500

/** Values to columns, against plain `JSON.parse` of the same bytes. Both begin with bytes in one buffer. */
export function decodeBench(values: readonly Buffer[], rounds: number): Promise<BenchResult> {
  const run = inOneBuffer(values)
  const scanner = new SampleScanner()
  return measurePair({
    name: 'decode',
    unit: 'messages/s',
    limitName: 'JSON.parse alone',
    rounds,
    target: { atLeast: 2 },
    ours: () =>
      rateOf(values.length, () => {
        for (let i = 0; i < values.length; i++) {
          if (scanner.scan(run, i)) throw new Error('a valid message was rejected')
          if ((i + 1) % batch === 0) scanner.take()
        }
      }),
    limit: () =>
      rateOf(values.length, () => {
        for (let i = 0; i < values.length; i++) {
          JSON.parse(run.bytes.toString('utf8', run.valueStarts[i], run.valueEnds[i]))
        }
      }),
  })
}

function inOneBuffer(values: readonly Buffer[]): RecordValues & { readonly bytes: Buffer } {
  const valueEnds = new Int32Array(values.length)
  let end = 0
  for (const [i, value] of values.entries()) valueEnds[i] = end += value.length
  return {
    bytes: Buffer.concat(values),
    offsets: Float64Array.from(values, (_, i) => i),
    timestamps: new Float64Array(values.length).fill(-1),
    valueStarts: valueEnds.map((_, i) => valueEnds[i - 1] ?? 0),
    valueEnds,
  }
}
