import type { IpcFailure, IpcResult, RejectedRecordView } from '#shared/ipc/contract.ts'
import type { PartitionView, SourceExample, SourcesView, SourceView } from '#shared/ipc/source-calls.ts'
import type { Gap } from '#shared/metric/read-position.ts'
import { patternProblem, withoutPrefix, withoutTopics } from '#shared/pattern/topic-pattern.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { whileVisible } from '../../live/while-visible.ts'
import { KeptSelection } from '../../ui/lists/kept-selection.svelte.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'
import { sortedPartitions, type PartitionRow, type PartitionSort } from './partition-rows.ts'

export const streamTabs = ['sources', 'partitions', 'rejected'] as const
export type StreamTab = (typeof streamTabs)[number]

export type SourceRow = SourceView & { readonly id: string }
export type RejectedRow = RejectedRecordView & { readonly id: string }

/** Each tab asks so often while it is shown. */
const everyMs = 5_000
const rejectedAtMost = 500

/** The page Stream: what comes from Kafka, where reading stands, and what was rejected. */
export class StreamPage {
  readonly #app: AppState
  readonly #selection: KeptSelection<SourceRow>
  readonly #rejectedSelection: KeptSelection<RejectedRow>
  #view = $state.raw<SourcesView>()
  #partitions = $state.raw<readonly PartitionView[]>()
  #rejected = $state.raw<readonly RejectedRecordView[]>()
  #gaps = $state.raw<readonly Gap[]>([])
  example = $state.raw<SourceExample>()
  /** Topics that have a mapping. */
  mapped = $state.raw<ReadonlySet<string>>(new Set())
  /** Why the list could not be read. */
  problem = $state.raw<IpcFailure>()
  /** Why the last change was refused. */
  refusal = $state.raw<IpcFailure>()
  busy = $state(false)
  sort = $state<PartitionSort>('lag')
  selectedPartition = $state<string>()
  /** What is typed in place of the pattern. */
  draft = $state<string>()
  exported = $state<string>()

  constructor(app: AppState) {
    this.#app = app
    this.#selection = new KeptSelection<SourceRow>(() => this.sources)
    this.#rejectedSelection = new KeptSelection<RejectedRow>(() => this.rejected, { successor: 'first' })
  }

  get loaded(): boolean {
    return this.#view !== undefined
  }

  get pattern(): string {
    return this.#view?.pattern ?? this.#app.info?.topicPattern ?? ''
  }

  get fixedBy(): string | undefined {
    return this.#view?.fixedBy
  }

  readonly sources: readonly SourceRow[] = $derived.by(() =>
    (this.#view?.sources ?? []).map((source) => ({ ...source, id: source.name })),
  )

  get source(): SourceRow | undefined {
    return this.#selection.row
  }

  readonly partitions: readonly PartitionRow[] = $derived.by(() => sortedPartitions(this.#partitions ?? [], this.sort))

  get partitionsLoaded(): boolean {
    return this.#partitions !== undefined
  }

  readonly rejected: readonly RejectedRow[] = $derived.by(() =>
    (this.#rejected ?? []).map((record) => ({
      ...record,
      id: `${record.topic}-${record.partition}-${record.offset}`,
    })),
  )

  get rejectedLoaded(): boolean {
    return this.#rejected !== undefined
  }

  get record(): RejectedRow | undefined {
    return this.#rejectedSelection.row
  }

  get gaps(): readonly Gap[] {
    return this.#gaps
  }

  readonly draftProblem = $derived(this.draft === undefined ? undefined : patternProblem(this.draft))

  /** Reads what the tab shows, now and every 5 s while the window is visible. @returns stops it */
  follow(tab: () => StreamTab): () => void {
    const read = (): void => void this.refresh(tab())
    read()
    return whileVisible(everyMs, read)
  }

  async refresh(tab: StreamTab): Promise<void> {
    // The numbers of the tabs come from the report; sources also give the pattern.
    await this.#take(this.#app.bridge['sources.list']({}), (view) => (this.#view = view))
    if (tab === 'sources') await Promise.all([this.#readExample(), this.#readMapped()])
    if (tab === 'partitions')
      await this.#take(this.#app.bridge['partitions.list']({}), (list) => (this.#partitions = list))
    if (tab === 'rejected') await this.#readRejected()
  }

  select(name: string): void {
    if (name === this.source?.id) return
    this.#selection.choose(name)
    this.refusal = undefined
    this.example = undefined
    void this.#readExample()
  }

  selectRejected(id: string): void {
    this.#rejectedSelection.choose(id)
  }

  /** Selects a neighbor in the list of this tab. */
  move(tab: StreamTab, delta: number): void {
    const lists = {
      sources: [this.sources, this.source?.id, (id: string) => this.select(id)],
      partitions: [this.partitions, this.selectedPartition, (id: string) => (this.selectedPartition = id)],
      rejected: [this.rejected, this.record?.id, (id: string) => this.selectRejected(id)],
    } as const
    const [rows, selected, choose] = lists[tab]
    const ids = rows.map(({ id }) => id)
    const next = movedSelection(ids, selected, delta)
    if (next !== undefined) choose(next)
  }

  /** The pattern without the selected source; `undefined` if nothing would be left. */
  readonly withoutSource: string | undefined = $derived.by(() => {
    const { source } = this
    if (!source) return undefined
    const prefix = source.topicCount > 1 ? source.name.replace(/\.\*$/, '') : undefined
    return prefix === undefined
      ? withoutTopics(this.pattern, [source.name])
      : (withoutPrefix(this.pattern, prefix) ?? undefined)
  })

  /** The connection reads no more of the selected source. */
  readNoMore(): Promise<boolean> {
    const pattern = this.withoutSource
    return pattern === undefined ? Promise.resolve(false) : this.setPattern(pattern)
  }

  /** The connection reads these topics from now on. The page is loaded anew. */
  async setPattern(pattern: string): Promise<boolean> {
    if (this.busy || patternProblem(pattern) !== undefined) return false
    this.busy = true
    this.refusal = undefined
    const answer = await this.#app.bridge['sources.setPattern']({ pattern })
    this.busy = false
    if (!answer.ok) {
      this.refusal = answer.error
      return false
    }
    this.draft = undefined
    await this.#take(this.#app.bridge['sources.list']({}), (view) => (this.#view = view))
    return true
  }

  async exportRejected(): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.refusal = undefined
    const answer = await this.#app.bridge['rejectedRecords.export']({})
    this.busy = false
    if (!answer.ok) this.refusal = answer.error
    else if (answer.value.saved) this.exported = `${answer.value.rows} in ${answer.value.path}`
  }

  async #readExample(): Promise<void> {
    const { source } = this
    if (!source) return
    const answer = await this.#app.bridge['sources.example']({ topics: source.topics })
    if (source.id !== this.source?.id) return
    this.example = answer.ok ? answer.value.example : undefined
  }

  async #readMapped(): Promise<void> {
    const answer = await this.#app.bridge['mappings.list']({})
    if (answer.ok) this.mapped = new Set(answer.value.mappings.map(({ mapping }) => mapping.topic))
  }

  async #readRejected(): Promise<void> {
    const limit = rejectedAtMost
    await this.#take(this.#app.bridge['rejectedRecords.list']({ limit }), (list) => (this.#rejected = list))
    await this.#take(this.#app.bridge['gaps.list']({ limit }), (list) => (this.#gaps = list))
  }

  async #take<T>(asked: Promise<IpcResult<T>>, take: (value: T) => void): Promise<void> {
    const answer = await asked
    if (answer.ok) take(answer.value)
    this.problem = answer.ok ? undefined : answer.error
  }
}
