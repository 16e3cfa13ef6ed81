import type { FormatName } from '#shared/metric/formats/format-name.ts'
import type { PassedOver } from '#shared/metric/formats/record-part.ts'
import type { Layout, SampleColumns, SampleDirectory } from '#shared/metric/sample-columns.ts'
import type { BatchTally, BoundHit } from '#shared/metric/sources/batch-tally.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import { RateTrend } from './rate-trend.ts'

/** How long a limit, and nodes without totals, count after a batch said so. A producer that was changed is then clear. */
const saidForMs = 15 * minuteMs
/** Layouts of one directory are fewer. */
const layoutsAtMost = 2 ** 20

/** What came from one topic in this run. Cheap for each batch: nothing is done for each record but a lookup. */
export class SourceTopic {
  readonly since: number
  readonly rate: RateTrend
  records = 0
  rejected = 0
  readonly formats = new Map<FormatName, number>()
  readonly passed = new Map<PassedOver, number>()
  detail: string | undefined
  readonly #bounds = new Map<BoundHit['bound'], { readonly hit: BoundHit; readonly at: number }>()
  /** When each of these nodes was named as one without totals. */
  readonly #spread = new Map<string, number>()
  /** Metrics of each node. */
  readonly #nodes = new Map<string, Set<string>>()
  /** How many nodes have each metric. */
  readonly #metrics = new Map<string, number>()
  readonly #counters = new Set<string>()
  series = 0
  #directory: SampleDirectory | undefined
  /** Pairs of node and layout of the directory that were counted. */
  #pairs = new Set<number>()

  constructor(now: number) {
    this.since = now
    this.rate = new RateTrend(now)
  }

  /** @param now epoch ms */
  count({ records, formats, passed, details, bounds, spread }: BatchTally, now: number): void {
    this.records += records
    this.rate.add(records, now)
    for (const [name, count] of formats) this.formats.set(name, (this.formats.get(name) ?? 0) + count)
    for (const [why, count] of passed) this.passed.set(why, (this.passed.get(why) ?? 0) + count)
    this.detail = [...details.values()].at(-1) ?? this.detail
    for (const hit of bounds) this.#bounds.set(hit.bound, { hit, at: now })
    for (const nodeId of spread) this.#spread.set(nodeId, now)
  }

  /** What the records are is unknown again. Their number, and how many were rejected, stays. */
  beginAgain(): void {
    for (const known of [this.formats, this.passed, this.#bounds, this.#spread]) known.clear()
    for (const known of [this.#nodes, this.#metrics, this.#counters]) known.clear()
    this.series = 0
    this.detail = undefined
    this.#directory = undefined
  }

  /** Notes nodes and metrics of samples. */
  stored({ directory, node, layout, count }: SampleColumns): void {
    if (directory !== this.#directory) {
      this.#directory = directory
      this.#pairs = new Set()
    }
    let last = -1
    for (let i = 0; i < count; i++) {
      const pair = (node[i] as number) * layoutsAtMost + (layout[i] as number)
      if (pair === last || this.#pairs.has(pair)) {
        last = pair
        continue
      }
      last = pair
      this.#pairs.add(pair)
      this.#note(directory.nodes[node[i] as number]?.id ?? '', directory.layouts[layout[i] as number] as Layout)
    }
  }

  #note(nodeId: string, { names, counters }: Layout): void {
    let known = this.#nodes.get(nodeId)
    if (!known) this.#nodes.set(nodeId, (known = new Set()))
    for (const name of names) {
      if (known.has(name)) continue
      known.add(name)
      this.series++
      this.#metrics.set(name, (this.#metrics.get(name) ?? 0) + 1)
    }
    for (const name of counters) this.#counters.add(name)
  }

  /** The node left the lists. If it sends again, it is counted again. */
  forget(nodeId: string): void {
    const names = this.#nodes.get(nodeId)
    if (!names) return
    this.#nodes.delete(nodeId)
    this.series -= names.size
    for (const name of names) {
      const count = (this.#metrics.get(name) ?? 1) - 1
      if (count > 0) this.#metrics.set(name, count)
      else this.#metrics.delete(name)
    }
    this.#spread.delete(nodeId)
    this.#directory = undefined
  }

  get nodeIds(): Iterable<string> {
    return this.#nodes.keys()
  }

  /** Different metrics, and those that are rates of counters. */
  addMetrics(metrics: Set<string>, rates: Set<string>): void {
    for (const name of this.#metrics.keys()) metrics.add(name)
    for (const name of this.#counters) if (this.#metrics.has(name)) rates.add(name)
  }

  /** Nodes without totals, of the last minutes. */
  spreadNodes(now: number): string[] {
    for (const [nodeId, at] of this.#spread) if (now - at > saidForMs) this.#spread.delete(nodeId)
    return [...this.#spread.keys()]
  }

  /** The newest limit that was reached in the last minutes. */
  boundNow(now: number): { readonly hit: BoundHit; readonly at: number } | undefined {
    const current = [...this.#bounds.values()].filter(({ at }) => now - at <= saidForMs)
    return current.sort((a, b) => b.at - a.at)[0]
  }
}
