import { hourMs } from '#shared/format/time-units.ts'
import { type NodePreview, type PreviewResult, RulePreview } from '#shared/preview/rule-preview.ts'
import type { Chunk } from '../store/chunk/chunk.ts'
import { ColumnRoom } from '../store/chunk/column-room.ts'
import type { NamedReadNode, ReadStore } from '../store/read-store.ts'
import { CallError } from '../threads/call-error.ts'
import type { PreviewProgress, PreviewRequest } from '../threads/read-calls.ts'
import type { HeadClient } from './head-client.ts'
import { indexRange, samplesOfChunk, samplesOfHead, type SortedSamples } from './sorted-samples.ts'

/** So much before the range is evaluated too: an alert may have begun, or have been pending, at its start. */
const lookBackMs = hourMs

export interface PreviewJobDeps {
  readonly store: () => ReadStore
  readonly heads: Pick<HeadClient, 'known' | 'head'>
  /** For durations, ms. */
  readonly clock: () => number
}

/**
 * Tries a rule on the cache, some nodes at a time, so that charts are answered meanwhile. Chunks whose summary shows
 * that nothing would change are not decoded.
 */
export class PreviewJob {
  readonly #deps: PreviewJobDeps
  readonly #preview: RulePreview
  readonly #range: { readonly from: number; readonly to: number }
  readonly #nodes: readonly NamedReadNode[]
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

  async #try(node: NamedReadNode): Promise<void> {
    const run = this.#preview.node(node.id, node.name)
    if (run === undefined) return
    const metrics = this.#preview.metric === undefined ? [] : [this.#preview.metric]
    // Before the chunks: records that become a chunk in between are then in one of both.
    const head = this.#deps.heads.known(node.id, metrics) ?? (await this.#deps.heads.head(node.id, metrics))
    const store = this.#deps.store()
    store.atOneTime(() => this.#readChunks(store, run, { node, before: head?.ordinal ?? Infinity }))
    if (head) this.#readSamples(run, samplesOfHead(head))
    run.finish()
  }

  #readChunks(store: ReadStore, run: NodePreview, { node, before }: { node: NamedReadNode; before: number }): void {
    const { metric } = this.#preview
    const number = metric === undefined ? undefined : store.metricNo(metric)
    if (metric !== undefined && number === undefined) return
    for (const chunk of store.chunks(node, this.#range)) {
      if (chunk.header.ordinal >= before || this.#isSkipped(chunk, number, run)) continue
      this.#readSamples(
        run,
        samplesOfChunk(chunk, () => number, this.#room),
      )
    }
  }

  #isSkipped({ header }: Chunk, number: number | undefined, run: NodePreview): boolean {
    if (number === undefined) return false
    const summary = header.metrics.find(({ metric }) => metric === number)
    if (summary === undefined) return true
    return run.skip({ min: summary.min, max: summary.max, until: header.t1 })
  }

  #readSamples(run: NodePreview, samples: SortedSamples): void {
    const { metric } = this.#preview
    const { at } = samples
    const { first, end } = indexRange(at, this.#range)
    if (metric === undefined) {
      for (let i = first; i < end; i++) run.record(at[i] as number)
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
