import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { FindProgress, FindResult, FoundTopic } from '#shared/ipc/source-calls.ts'
import { patternProblem, withoutTopics, withTopics } from '#shared/pattern/topic-pattern.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'

/** Topics without metrics that are listed at once; the others follow on demand. */
const notShown = 3

export type FindRow =
  | { readonly id: string; readonly kind: 'heading'; readonly text: string }
  | { readonly id: string; readonly kind: 'topic'; readonly topic: FoundTopic }
  | { readonly id: string; readonly kind: 'more'; readonly count: number }

/** The search for metrics: runs it, keeps what is chosen, and the pattern that follows. */
export class FindMetrics {
  readonly #app: AppState
  open = $state(false)
  busy = $state(false)
  progress = $state.raw<FindProgress>()
  result = $state.raw<FindResult>()
  problem = $state.raw<IpcFailure>()
  /** Topics to read. */
  chosen = $state.raw<ReadonlySet<string>>(new Set())
  pattern = $state('')
  /** Why the pattern cannot be changed here. */
  fixedBy = $state<string>()
  selected = $state<string>()
  #showsAll = $state(false)
  #base = ''
  /** Raised by each search and when the dialog closes: an answer of an earlier one is of no use. */
  #turn = 0

  constructor(app: AppState) {
    this.#app = app
  }

  readonly patternProblem = $derived(patternProblem(this.pattern))

  /** Headings, and topics in their groups. */
  readonly rows: readonly FindRow[] = $derived.by(() => {
    const topics = this.result?.topics ?? []
    const of = (kind: FoundTopic['kind']): FoundTopic[] => topics.filter((topic) => topic.kind === kind)
    const nots = of('not').sort((a, b) => Number(isPlain(a)) - Number(isPlain(b)))
    const shown = this.#showsAll || nots.length <= notShown + 1 ? nots : nots.slice(0, notShown)
    return [
      ...group('metrics', of('metrics'), (n) => (n === 1 ? '1 topic with metrics' : `${n} topics with metrics`)),
      ...group('may-be', of('may-be'), (n) =>
        n === 1 ? '1 topic that may hold metrics' : `${n} topics that may hold metrics`,
      ),
      ...group('not', shown, () => (nots.length === 1 ? '1 topic that does not' : `${nots.length} topics that do not`)),
      ...(nots.length > shown.length ? [{ id: 'more', kind: 'more', count: nots.length - shown.length } as const] : []),
    ]
  })

  get canRead(): boolean {
    return this.fixedBy === undefined && this.patternProblem === undefined && this.pattern !== this.#base
  }

  /** Opens the dialog and looks at once. `pattern`: of the connection in use. */
  start(pattern: string, fixedBy: string | undefined): void {
    this.#base = pattern
    this.pattern = pattern
    this.fixedBy = fixedBy
    this.open = true
    void this.search()
  }

  async search(): Promise<void> {
    const turn = ++this.#turn
    this.busy = true
    this.problem = undefined
    this.result = undefined
    this.progress = undefined
    const stop = this.#app.bridge.on('sources.findProgress', (progress) => {
      if (turn === this.#turn) this.progress = progress
    })
    const answer = await this.#app.bridge['sources.find']({})
    stop()
    if (turn !== this.#turn) return
    this.busy = false
    if (!answer.ok) {
      this.problem = answer.error
      return
    }
    this.result = answer.value
    this.#showsAll = false
    const first = answer.value.topics.filter((topic) => topic.kind === 'metrics' && isSure(topic))
    this.chosen = new Set(this.fixedBy === undefined ? first.map(({ topic }) => topic) : [])
    // What was typed until now stays.
    this.pattern = withTopics(this.patternProblem === undefined ? this.pattern : this.#base, [...this.chosen])
    this.selected = this.rows.find(({ kind }) => kind !== 'heading')?.id
  }

  close(): void {
    this.open = false
    if (this.busy) void this.#app.bridge['sources.stopFind']({})
    this.#turn++
    this.busy = false
  }

  /** Chooses a topic with metrics, or takes it out. What was written into the pattern stays. */
  toggle(topic: string): void {
    const found = this.result?.topics.find((one) => one.topic === topic)
    if (found?.kind !== 'metrics' || this.fixedBy !== undefined) return
    const chosen = new Set(this.chosen)
    const isChosen = !chosen.delete(topic)
    if (isChosen) chosen.add(topic)
    this.chosen = chosen
    if (this.patternProblem !== undefined) this.pattern = withTopics(this.#base, [...chosen])
    else if (isChosen) this.pattern = withTopics(this.pattern, [topic])
    else this.pattern = withoutTopics(this.pattern, [topic]) ?? this.#base
  }

  /** Selects a row; nothing if it is gone, as the row of those that are not shown is after its button. */
  select(id: string): void {
    if (this.rows.some((row) => row.id === id)) this.selected = id
  }

  /** Lists all topics, and selects the first that was not listed. */
  showAll(): void {
    const place = this.rows.findIndex(({ kind }) => kind === 'more')
    this.#showsAll = true
    this.selected = this.rows[place]?.id ?? this.selected
  }

  move(delta: number): void {
    const ids = this.rows.filter(({ kind }) => kind !== 'heading').map(({ id }) => id)
    const next = movedSelection(ids, this.selected, delta)
    if (next !== undefined) this.selected = next
  }

  /** What Enter and a double click do to a row. */
  act(id: string | undefined): void {
    const row = this.rows.find((one) => one.id === id)
    if (row?.kind === 'more') this.showAll()
    else if (row?.kind === 'topic') this.toggle(row.topic.topic)
  }

  /** The connection reads the topics from now on; the page is loaded anew. */
  async read(): Promise<boolean> {
    if (!this.canRead || this.busy) return false
    this.busy = true
    this.problem = undefined
    const answer = await this.#app.bridge['sources.setPattern']({ pattern: this.pattern })
    this.busy = false
    if (!answer.ok) {
      this.problem = answer.error
      return false
    }
    this.close()
    return true
  }
}

/** Flat JSON may be anything with a host, a time and a number: a person decides. */
function isSure({ formats }: Extract<FoundTopic, { kind: 'metrics' }>): boolean {
  return !formats.every((format) => format === 'flat-json')
}

/** Empty topics say least. */
function isPlain(topic: FoundTopic): boolean {
  return topic.kind === 'not' && topic.why === 'empty'
}

function group(id: string, topics: readonly FoundTopic[], text: (count: number) => string): FindRow[] {
  if (topics.length === 0) return []
  const rows = topics.map((topic) => ({ id: `topic-${topic.topic}`, kind: 'topic', topic }) as const)
  return [{ id: `heading-${id}`, kind: 'heading', text: text(topics.length) }, ...rows]
}
