import type { Anchor } from '#shared/alert/series.ts'
import { ByteReader } from '../chunk/bytes.ts'
import { DamagedError } from '../errors.ts'

const format = 1

/** Newest record of several series of one node: mostly all metrics of one message. */
export interface EvaluatedSeries {
  readonly node: number
  readonly last: Anchor
  readonly metrics: readonly number[]
}

/** What versions before format 7 wrote next to the records of a batch. */
export function* decodeSeries(blob: Uint8Array): Generator<EvaluatedSeries> {
  const input = new ByteReader(blob)
  if (input.byte() !== format) throw new DamagedError('unknown format of series in the journal')
  const partitions: Array<{ readonly topic: string; readonly partition: number }> = []
  while (!input.done) {
    const node = input.unsigned()
    const at = input.float64()
    const index = input.unsigned()
    if (index === partitions.length) partitions.push({ topic: input.text(), partition: input.unsigned() })
    const partition = partitions[index]
    if (!partition) throw new DamagedError('a series in the journal names a partition that is not there')
    const last = { at, position: { ...partition, offset: input.unsigned() } }
    yield { node, last, metrics: Array.from({ length: input.unsigned() }, () => input.unsigned()) }
  }
}
