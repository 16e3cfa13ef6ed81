import type { HouseMetric } from '../formats/record-part.ts'
import { messageLimits } from '../message.ts'
import { parseMetricName } from '../metric-name.ts'
import type { BoundHit } from '../sources/batch-tally.ts'

type Bound = BoundHit['bound']

/** Most series of a node and of a topic, and the longest value of a tag. More are not stored. */
export const seriesLimits = { ofNode: 2_000, ofTopic: 50_000, tagValue: 128 } as const

/** They follow from other series, and have no bounds. */
const houseMetrics: ReadonlySet<string> = new Set<HouseMetric>([
  'cpu_usage',
  'memory_usage',
  'disk_io',
  'network_traffic',
])

/** Why a series is not admitted. */
export interface Refused {
  readonly bound: Bound
  /** The tag whose value is too long. */
  readonly tag?: string
}

/**
 * The series of one topic that are stored. Who comes first is admitted and stays so: a series that is stored for some
 * records only would look like an outage.
 */
export class SeriesBounds {
  readonly #nodes = new Map<string, Set<string>>()
  readonly #known: ReadonlyMap<string, readonly string[]>
  #count = 0
  /** What `explodingTag` found. */
  readonly #tags = new Map<Bound, string | undefined>()

  /** @param known series of nodes that are stored. They are admitted */
  constructor(known: ReadonlyMap<string, readonly string[]>) {
    this.#known = known
  }

  /** @returns why it is refused; `undefined` if it is admitted. `added`: it was not known before */
  admit(nodeId: string, name: string, added: (undo: () => void) => void): Refused | undefined {
    const names = this.#nodes.get(nodeId) ?? this.#begin(nodeId)
    if (names?.has(name)) return undefined
    const refused = tooLong(name) ?? this.#tooMany(names)
    if (refused) return refused
    const into = names ?? new Set<string>()
    if (!names) this.#nodes.set(nodeId, into)
    into.add(name)
    this.#count++
    added(() => {
      if (into.delete(name)) this.#count--
    })
    return undefined
  }

  /** The node is in this topic: its stored series count. */
  note(nodeId: string): void {
    if (!this.#nodes.has(nodeId)) this.#begin(nodeId)
  }

  drop(nodeId: string): void {
    this.#count -= this.#nodes.get(nodeId)?.size ?? 0
    this.#nodes.delete(nodeId)
    this.#tags.clear()
  }

  /**
   * The tag with the most values of the topic, or of the node; `undefined` if nodes are what there are more of. Found
   * once for each bound: with 50,000 series it takes a while.
   */
  explodingTag(bound: Bound, nodeId: string): string | undefined {
    if (this.#tags.has(bound)) return this.#tags.get(bound)
    const isOfNode = bound === 'series-of-node'
    const all = isOfNode ? [this.#nodes.get(nodeId) ?? []] : [...this.#nodes.values()]
    const tag = mostValued(all, isOfNode ? 1 : this.#nodes.size)
    this.#tags.set(bound, tag)
    return tag
  }

  #begin(nodeId: string): Set<string> | undefined {
    const known = this.#known.get(nodeId)
    if (!known) return undefined
    const names = new Set(known.filter((name) => !houseMetrics.has(name)))
    this.#nodes.set(nodeId, names)
    this.#count += names.size
    return names
  }

  #tooMany(names: ReadonlySet<string> | undefined): Refused | undefined {
    if ((names?.size ?? 0) >= seriesLimits.ofNode) return { bound: 'series-of-node' }
    return this.#count >= seriesLimits.ofTopic ? { bound: 'series-of-topic' } : undefined
  }
}

function tooLong(name: string): Refused | undefined {
  const tag = parseMetricName(name).tags.find(([, value]) => value.length > seriesLimits.tagValue)
  if (tag) return { bound: 'tag-length', tag: tag[0] }
  return name.length > messageLimits.metricName ? { bound: 'name-length' } : undefined
}

/** @param least a tag needs more values than these */
function mostValued(series: ReadonlyArray<Iterable<string>>, least: number): string | undefined {
  const values = new Map<string, Set<string>>()
  for (const names of series) {
    for (const name of names) {
      for (const [key, value] of parseMetricName(name).tags) {
        const known = values.get(key)
        if (known) known.add(value)
        else values.set(key, new Set([value]))
      }
    }
  }
  let most: string | undefined
  let count = least
  for (const [key, { size }] of values) {
    if (size <= count) continue
    most = key
    count = size
  }
  return most
}
