import type { Anchor } from '#shared/alert/series.ts'
import { ByteReader } from '../chunk/bytes.ts'
import { DamagedError } from '../errors.ts'
import { ByteSink } from './byte-sink.ts'

const format = 1

/** Newest record of several series of one node: mostly all metrics of one message. */
export interface EvaluatedSeries {
  readonly node: number
  readonly last: Anchor
  readonly metrics: readonly number[]
}

/** All series of nodes whose clocks were set back in a batch. Versions before format 7 wrote it for every batch. */
export function encodeSeries(list: readonly EvaluatedSeries[]): Buffer {
  const out = new ByteSink(4096)
  const partitions = new Map<string, number>()
  out.unsigned(format)
  for (const { node, last, metrics } of list) {
    const { topic, partition, offset } = last.position
    out.reserve(100 + 10 * metrics.length)
    out.unsigned(node)
    out.float64(last.at)
    const key = `${partition} ${topic}`
    const index = partitions.get(key) ?? partitions.size
    out.unsigned(index)
    if (index === partitions.size) {
      partitions.set(key, index)
      out.text(topic)
      out.reserve(100 + 10 * metrics.length)
      out.unsigned(partition)
    }
    out.unsigned(offset)
    out.unsigned(metrics.length)
    for (const metric of metrics) out.unsigned(metric)
  }
  return Buffer.from(out.written())
}

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
