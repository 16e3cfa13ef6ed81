import { hourMs } from '#shared/format/time-units.ts'
import { type PreviewResult, RulePreview, type SeriesRun } from '#shared/preview/rule-preview.ts'
import type { Chunk } from '../store/chunk/chunk.ts'
import { ColumnRoom } from '../store/chunk/column-room.ts'
import type { ReadNode, ReadPart, ReadStore } from '../store/read-store.ts'
import { CallError } from '../threads/call-error.ts'
import type { HeadCopies, PreviewProgress, PreviewRequest } from '../threads/read-calls.ts'
import type { HeadClient } from './head-client.ts'
import { SortedMerge, type SortedRun } from './merge-sorted.ts'
import { chunksOfParts } from './part-chunks.ts'
import { indexRange, ofPart, samplesOfChunk, samplesOfHead, type SortedSamples } from './sorted-samples.ts'

/** So much before the range is evaluated too: an alert may have begun, or have been pending, at its start. */
const lookBackMs = hourMs

export interface PreviewJobDeps {
  readonly store: () => ReadStore
  readonly heads: Pick<HeadClient, 'known' | 'heads'>
  /** For durations, ms. */
  readonly clock: () => number
}

/** A series on trial. */
interface Tried {
  readonly run: SeriesRun
  /** `undefined`: only the times of records are read. */
  readonly metric: string | undefined
}

/** Records of a part, to be merged with those of others. */
interface RunOfPart extends SortedRun {
  readonly part: string
}

/** What is read of a node. */
interface Reading {
  readonly parts: readonly ReadPart[]
  /** Of the metric; `undefined`: only times are read. */
  readonly number: number | undefined
  readonly copies: HeadCopies | null
}

/**
 * Tries a rule on the cache, some nodes at a time, so that charts are answered meanwhile. Chunks whose summary shows
 * that nothing would change are not decoded.
 */
export class PreviewJob {
  readonly #deps: PreviewJobDeps
  readonly #preview: RulePreview
  readonly #range: { readonly from: number; readonly to: number }
  readonly #nodes: readonly ReadNode[]
  readonly #room = new ColumnRoom()
  #done = 0

  constructor({ rules, id, draft, from, to }: PreviewRequest, deps: PreviewJobDeps) {
    this.#deps = deps
    this.#preview = new RulePreview(rules, { id, draft }, { from, to })
    this.#range = { from: from - lookBackMs, to }
    this.#nodes = deps.store().nodes()
  }

  /** Works for about `budgetMs`, at least on one node. */
  async step(budgetMs: number): Promise<PreviewProgress> {
    const until = this.#deps.clock() + budgetMs
    do {
      const node = this.#nodes[this.#done]
      if (node === undefined) break
      await this.#try(node)
      this.#done++
    } while (this.#deps.clock() < until)
    return { done: this.#done, total: this.#nodes.length, result: this.result() }
  }

  result(): PreviewResult {
    return this.#preview.result()
  }

  async #try(node: ReadNode): Promise<void> {
    const known = this.#preview.isForTags ? this.#deps.store().metricNames(node.id) : []
    for (const metric of this.#preview.metricsOf(known)) await this.#trySeries(node, metric)
  }

  async #trySeries(node: ReadNode, name: string): Promise<void> {
    const run = this.#preview.series(node.id, node.name, name)
    if (run === undefined) return
    const metric = this.#preview.isOffline ? undefined : name
    const metrics = metric === undefined ? undefined : [metric]
    const { heads } = this.#deps
    // Before the chunks: records that become a chunk in between are then in one of both.
    const copies = (metrics && heads.known(node.id, metrics)) ?? (await heads.heads(node.id, metrics))
    const store = this.#deps.store()
    store.atOneTime(() => this.#readNode(store, { run, metric }, { nodeId: node.id, copies }))
    run.finish()
  }

  #readNode(
    store: ReadStore,
    tried: Tried,
    { nodeId, copies }: { readonly nodeId: string; readonly copies: HeadCopies | null },
  ): void {
    const { metric } = tried
    const number = metric === undefined ? undefined : store.metricNo(metric)
    if (metric !== undefined && number === undefined) {
      this.#readHeads(tried, copies)
      return
    }
    const parts = store.parts(nodeId, number)
    const [only] = parts
    if (only && parts.length === 1) this.#readPart(store, tried, { part: only, number, copies })
    else this.#readParts(store, tried, { parts, number, copies })
  }

  #readPart(
    store: ReadStore,
    tried: Tried,
    { part, number, copies }: { readonly part: ReadPart } & Pick<Reading, 'number' | 'copies'>,
  ): void {
    const head = copies?.get(part.no)
    for (const chunk of store.chunks(part, this.#range)) {
      if (chunk.header.ordinal >= (head?.ordinal ?? Infinity) || this.#isSkipped(chunk, number, tried.run)) continue
      this.#readSamples(
        tried,
        samplesOfChunk(chunk, () => number, this.#room),
        part.part,
      )
    }
    if (head) this.#readSamples(tried, samplesOfHead(head), part.part)
  }

  /** In order of time, so that the parts look like one. */
  #readParts(store: ReadStore, { run, metric }: Tried, { parts, number, copies }: Reading): void {
    const merge = new SortedMerge<RunOfPart>(1)
    const add = (samples: SortedSamples, { part }: ReadPart): void => {
      const values = metric === undefined ? null : samples.values(metric)
      if (metric !== undefined && values === null) return
      const { first, end } = indexRange(samples.at, this.#range)
      const columns = values ? [[0, values] as const] : []
      merge.add({ part, order: samples.order, at: samples.at, columns, next: first, end })
    }
    const take = (at: number, [value = NaN]: Float64Array): void => {
      if (value === value) run.value(at, value)
    }
    const note =
      metric === undefined ? ({ part, at, next }: RunOfPart) => run.record(at[next] as number, part) : undefined
    for (const [rank, part] of parts.entries()) {
      const head = copies?.get(part.no)
      if (head) add(ofPart(samplesOfHead(head), rank), part)
    }
    const bump = Math.max(...parts.map((part) => part.bump))
    for (const { rank, part, chunk } of chunksOfParts(store, parts, this.#range)) {
      merge.takeBefore((Math.floor(chunk.header.t0 / 1000) - bump) * 1000, take, note)
      if (chunk.header.ordinal >= (copies?.get(part.no)?.ordinal ?? Infinity)) continue
      add(
        ofPart(
          samplesOfChunk(chunk, () => number),
          rank,
        ),
        part,
      )
    }
    merge.takeBefore(Infinity, take, note)
  }

  #readHeads(tried: Tried, copies: HeadCopies | null): void {
    for (const head of copies?.values() ?? []) this.#readSamples(tried, samplesOfHead(head), '')
  }

  #isSkipped({ header }: Chunk, number: number | undefined, run: SeriesRun): boolean {
    if (number === undefined) return false
    const summary = header.metrics.find(({ metric }) => metric === number)
    if (summary === undefined) return true
    return run.skip({ min: summary.min, max: summary.max, until: header.t1 })
  }

  #readSamples({ run, metric }: Tried, samples: SortedSamples, part: string): void {
    const { at } = samples
    const { first, end } = indexRange(at, this.#range)
    if (metric === undefined) {
      for (let i = first; i < end; i++) run.record(at[i] as number, part)
      return
    }
    const values = samples.values(metric)
    if (values === null) return
    for (let i = first; i < end; i++) {
      const value = values[i] as number
      if (value === value) run.value(at[i] as number, value)
    }
  }
}

/** The preview that is running. A new one replaces it; without further steps it does no work. */
export class CurrentPreview {
  readonly #deps: PreviewJobDeps
  #job: { readonly id: number; readonly job: PreviewJob } | undefined
  #last = 0

  constructor(deps: PreviewJobDeps) {
    this.#deps = deps
  }

  begin(request: PreviewRequest): { id: number } {
    const id = ++this.#last
    this.#job = { id, job: new PreviewJob(request, this.#deps) }
    return { id }
  }

  /** @throws CallError `not-found` if another preview has begun, or the cache was opened again */
  async step(id: number, budgetMs: number): Promise<PreviewProgress> {
    if (this.#job?.id !== id) throw new CallError('not-found', 'Another preview has begun.')
    return this.#job.job.step(budgetMs)
  }

  clear(): void {
    this.#job = undefined
  }
}
