import { decode } from '#shared/metric/decode.ts'
import { measurePair, rateOf, type BenchResult } from './measure.ts'

/** `decode` against plain `JSON.parse` of the same bytes; both decode UTF-8 first. */
export function decodeBench(values: readonly Buffer[], rounds: number): Promise<BenchResult> {
  return measurePair({
    name: 'decode',
    unit: 'messages/s',
    limitName: 'JSON.parse alone',
    rounds,
    ours: () =>
      rateOf(values.length, () => {
        for (const value of values) if (!decode(value).ok) throw new Error('a valid message was rejected')
      }),
    limit: () =>
      rateOf(values.length, () => {
        for (const value of values) JSON.parse(value.toString('utf8'))
      }),
  })
}
