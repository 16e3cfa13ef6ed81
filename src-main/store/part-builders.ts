import { type SampleBatch, type SampleColumns, SampleDirectory } from '#shared/metric/sample-columns.ts'
import { startAt } from './store-builders.ts'

/** A sample of a part of a node, as a program other than ReMo's own producers sends it. */
export interface PartSample {
  readonly nodeId: string
  readonly nodeName: string
  readonly part: string
  readonly at: number
  readonly names: readonly string[]
  readonly values: readonly number[]
  readonly counters: readonly string[]
  readonly raw: readonly number[]
}

export function aPartSample(sample: Partial<PartSample> = {}): PartSample {
  const own = { nodeId: 'web-1', nodeName: 'Web 1', part: 'disk{path=/}', at: startAt }
  return { ...own, names: ['disk.used{path=/}'], values: [7], counters: [], raw: [], ...sample }
}

/** Samples of one partition, with offsets from `from`. */
export function aPartBatch(
  samples: readonly PartSample[],
  { partition = 0, from = 0, topic = 'metrics' } = {},
  directory: SampleDirectory = new SampleDirectory(),
): SampleBatch {
  const firstOf = (lengths: readonly number[]): Uint32Array => {
    let next = 0
    return Uint32Array.from(lengths, (length) => (next += length) - length)
  }
  const hasRaw = samples.some(({ raw }) => raw.length > 0)
  const raw = {
    first: firstOf(samples.map((one) => one.raw.length)),
    values: Float64Array.from(samples.flatMap((one) => one.raw)),
  }
  const columns: SampleColumns = {
    directory,
    count: samples.length,
    node: Uint32Array.from(samples, ({ nodeId, nodeName }) => directory.node(nodeId, nodeName).index),
    layout: Uint32Array.from(samples, ({ names, part, counters }) => {
      return directory.layout(names, undefined, { part, counters }).index
    }),
    at: Float64Array.from(samples, ({ at }) => at),
    recordedAt: new Float64Array(samples.length).fill(-1),
    offset: Float64Array.from(samples, (_, i) => from + i),
    first: firstOf(samples.map(({ values }) => values.length)),
    values: Float64Array.from(samples.flatMap(({ values }) => values)),
    ...(hasRaw ? { raw } : {}),
  }
  return { topic, partition, columns }
}
