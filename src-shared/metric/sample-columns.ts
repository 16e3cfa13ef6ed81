import type { Sample } from './sample.ts'

/** A node's id with one of its names. A renamed node has another key with the same id. */
export interface NodeKey {
  readonly index: number
  readonly id: string
  readonly name: string
}

/** The metrics of a message in its order, with the units that it has. */
export interface Layout {
  readonly index: number
  readonly names: readonly string[]
  readonly units: Sample['units']
  /** The part of its node that the values belong to: `disk{path=/}`. '' in ReMo's own format. */
  readonly part: string
  /** Counters whose raw values the samples have beside their values. Their rates are among `names`, if there are any. */
  readonly counters: readonly string[]
}

/** What a layout has apart from its names and units. */
export type LayoutPart = Pick<Layout, 'part' | 'counters'>

const ownPart: LayoutPart = { part: '', counters: [] }

/** Above this, the owner begins a new directory. A topic can contain any number of names. */
const keysAtMost = 200_000

/**
 * Nodes and layouts of the samples that one reader decoded, each with an index. **Invariant**: an index never changes
 * its meaning. So consumers may keep what they know of a key in an array, for as long as the directory is the same
 * object.
 */
export class SampleDirectory {
  readonly nodes: NodeKey[] = []
  readonly layouts: Layout[] = []
  readonly #nodes = new Map<string, Map<string, NodeKey>>()
  readonly #layouts = new Map<string, Layout>()

  get isFull(): boolean {
    return this.nodes.length + this.layouts.length >= keysAtMost
  }

  node(id: string, name: string): NodeKey {
    let names = this.#nodes.get(id)
    if (!names) this.#nodes.set(id, (names = new Map<string, NodeKey>()))
    let key = names.get(name)
    if (!key) {
      names.set(name, (key = { index: this.nodes.length, id, name }))
      this.nodes.push(key)
    }
    return key
  }

  layout(names: readonly string[], units: Sample['units'], { part, counters } = ownPart): Layout {
    const text = JSON.stringify([names, units ? Object.entries(units) : null, part, counters])
    let layout = this.#layouts.get(text)
    if (!layout) {
      this.#layouts.set(text, (layout = { index: this.layouts.length, names, units, part, counters }))
      this.layouts.push(layout)
    }
    return layout
  }
}

/**
 * Samples of one partition in log order, as columns: entry i of every column belongs to sample i. A record gives any
 * number of samples, all with its offset: one for each node, time and part. A sample may have no values, only raw ones.
 */
export interface SampleColumns {
  readonly directory: SampleDirectory
  readonly count: number
  /** Index in `directory.nodes`. */
  readonly node: Uint32Array
  /** Index in `directory.layouts`. */
  readonly layout: Uint32Array
  /** Event time, epoch ms; finer fractions are cut. */
  readonly at: Float64Array
  /** Timestamp of the record in Kafka, epoch ms; -1 without one. */
  readonly recordedAt: Float64Array
  /** Kafka offset. */
  readonly offset: Float64Array
  /** Index in `values` of the sample's first value. The others follow in the order of its layout. */
  readonly first: Uint32Array
  readonly values: Float64Array
  /** Raw values of counters; absent if no sample has any. They are stored only until newer ones come. */
  readonly raw?: RawColumns
}

/** Raw values of the counters of samples: of sample i from `first[i]` on, in the order of `counters` of its layout. */
export interface RawColumns {
  readonly first: Uint32Array
  readonly values: Float64Array
}

/** Samples with the partition that they come from. */
export interface SampleBatch {
  readonly topic: string
  readonly partition: number
  readonly columns: SampleColumns
}

/** One sample as an object. For what is rare; hot paths read the columns. */
export function sampleAt({ directory, node, layout, at, first, values }: SampleColumns, i: number): Sample {
  const { id, name } = directory.nodes[node[i] ?? NaN] as NodeKey
  const { names, units } = directory.layouts[layout[i] ?? NaN] as Layout
  const from = first[i] ?? 0
  const sample = {
    nodeId: id,
    nodeName: name,
    at: at[i] ?? NaN,
    names,
    values: Array.from(values.subarray(from, from + names.length)),
  }
  return units ? { ...sample, units } : sample
}

/**
 * Columns of samples that exist as objects, without timestamps of records. `offsets[i]` belongs to `samples[i]`; by
 * default they count from 0.
 */
export function columnsOf(
  samples: readonly Sample[],
  offsets: readonly number[] = samples.map((_, i) => i),
  directory: SampleDirectory = new SampleDirectory(),
): SampleColumns {
  const first: number[] = []
  let width = 0
  for (const { values } of samples) {
    first.push(width)
    width += values.length
  }
  return {
    directory,
    count: samples.length,
    node: Uint32Array.from(samples, ({ nodeId, nodeName }) => directory.node(nodeId, nodeName).index),
    layout: Uint32Array.from(samples, ({ names, units }) => directory.layout(names, units).index),
    at: Float64Array.from(samples, ({ at }) => at),
    recordedAt: new Float64Array(samples.length).fill(-1),
    offset: Float64Array.from(offsets),
    first: Uint32Array.from(first),
    values: Float64Array.from(samples.flatMap(({ values }) => values)),
  }
}

/** The samples from `from` to `to`, without a copy. */
export function columnsBetween(columns: SampleColumns, from: number, to: number): SampleColumns {
  const part = <T extends Uint32Array | Float64Array>(column: T): T => column.subarray(from, to) as T
  return {
    directory: columns.directory,
    count: to - from,
    node: part(columns.node),
    layout: part(columns.layout),
    at: part(columns.at),
    recordedAt: part(columns.recordedAt),
    offset: part(columns.offset),
    first: part(columns.first),
    values: columns.values,
    ...(columns.raw ? { raw: { first: part(columns.raw.first), values: columns.raw.values } } : {}),
  }
}

/** The samples whose index `isKept` accepts. */
export function columnsWhere(columns: SampleColumns, isKept: (i: number) => boolean): SampleColumns {
  const kept = Uint32Array.from(columns.node.keys()).filter((i) => isKept(i))
  const pick = <T extends Uint32Array | Float64Array>(column: T): T => {
    const picked = column.slice(0, kept.length) as T
    kept.forEach((from, to) => (picked[to] = column[from] as number))
    return picked
  }
  return {
    directory: columns.directory,
    count: kept.length,
    node: pick(columns.node),
    layout: pick(columns.layout),
    at: pick(columns.at),
    recordedAt: pick(columns.recordedAt),
    offset: pick(columns.offset),
    first: pick(columns.first),
    values: columns.values,
    ...(columns.raw ? { raw: { first: pick(columns.raw.first), values: columns.raw.values } } : {}),
  }
}

/** Number of values of all samples. */
export function valueCount({ directory, layout }: SampleColumns): number {
  let count = 0
  for (const index of layout) count += directory.layouts[index]?.names.length ?? 0
  return count
}
