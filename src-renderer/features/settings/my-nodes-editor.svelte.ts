import { messageLimits } from '#shared/metric/message.ts'
import { nodePrefix, prefixCounts } from '#shared/node/node-prefix.ts'
import type { NodeSelector } from '#shared/notification/my-nodes.ts'
import { compilePattern } from '#shared/pattern/linear-pattern.ts'
import type { PageSettings } from '../../live/page-settings.svelte.ts'
import {
  compareIds,
  isSameSelector,
  matchNodes,
  matchText,
  noneNotifiedText,
  selectorValue,
  type NodeMatch,
} from './my-nodes-text.ts'

export type SelectorKind = NodeSelector['kind']

/** A value that the operator can take with one click, and the number of nodes behind it. */
export interface NodeSuggestion {
  readonly value: string
  /** `undefined` for one node. */
  readonly count?: number
}

/** As many as have room in two lines. */
const mostSuggestions = 8
const setting = 'notifications.myNodes'

/** The list of "my nodes": entries of the setting, and the one that is typed. Each change holds at once. */
export class MyNodesEditor {
  readonly #settings: PageSettings
  readonly #nodeIds: () => readonly string[]
  kind = $state<SelectorKind>('node')
  typed = $state('')
  /** Why the last attempt to add failed. Typing removes it. */
  #refused = $state<string>()

  constructor(settings: PageSettings, nodeIds: () => readonly string[]) {
    this.#settings = settings
    this.#nodeIds = nodeIds
  }

  readonly list: readonly NodeSelector[] = $derived.by(() => this.#settings.values[setting])
  readonly locked: boolean = $derived.by(() => this.#settings.locked(setting))
  readonly match: NodeMatch = $derived.by(() => matchNodes(this.list, this.#nodeIds()))
  /** Number of nodes behind each entry. */
  readonly counts: readonly number[] = $derived.by(() =>
    this.list.map((one) => matchNodes([one], this.#nodeIds()).matched.length),
  )

  /** Why no alert pops up, while only my nodes count. */
  readonly warning: string | undefined = $derived.by(() =>
    this.#settings.values['notifications.nodes'] === 'mine' ? noneNotifiedText(this.list, this.match) : undefined,
  )

  readonly suggestions: readonly NodeSuggestion[] = $derived.by(() => {
    if (this.kind === 'pattern') return []
    const query = this.typed.trim().toLowerCase()
    const known: NodeSuggestion[] =
      this.kind === 'node'
        ? this.#nodeIds().map((value) => ({ value }))
        : prefixCounts(this.#nodeIds()).map(({ prefix, count }) => ({ value: prefix, count }))
    const taken = new Set(this.list.filter(({ kind }) => kind === this.kind).map((one) => selectorValue(one)))
    return known
      .toSorted((a, b) => (b.count ?? 0) - (a.count ?? 0) || compareIds(a.value, b.value))
      .filter(({ value }) => value.toLowerCase().includes(query) && !taken.has(value))
      .slice(0, mostSuggestions)
  })

  /** Why what is typed cannot be used, one sentence. */
  readonly problem: string | undefined = $derived.by(() => {
    if (this.#refused !== undefined) return this.#refused
    const text = this.typed.trim()
    if (this.kind !== 'pattern' || text === '') return undefined
    const compiled = compilePattern(text)
    return compiled.ok ? undefined : compiled.problem
  })

  /** What the typed entry would match, one sentence. */
  readonly preview: string | undefined = $derived.by(() => {
    const [selector] = this.#read()
    if (selector === undefined || this.problem !== undefined) return undefined
    const match = matchNodes([selector], this.#nodeIds())
    if (match.total === 0 || match.matched.length > 0) return matchText(match)
    if (selector.kind !== 'node') return `${matchText(match)} It counts for nodes that come later.`
    return 'No node is called that now. It counts when it sends.'
  })

  choose(kind: SelectorKind): void {
    this.kind = kind
    this.#refused = undefined
  }

  type(text: string): void {
    this.typed = text
    this.#refused = undefined
  }

  /** Adds what is typed: node ids can be several, with commas or lines between them. @returns whether the list has it */
  async add(): Promise<boolean> {
    const selectors = this.#read()
    if (selectors.length === 0 || this.problem !== undefined) return false
    const before = this.typed
    const done = await this.#addAll(selectors)
    if (done && this.typed === before) this.typed = ''
    return done
  }

  async take(value: string): Promise<void> {
    if (await this.#addAll([selectorOf(this.kind, value)])) this.typed = ''
  }

  async remove(index: number): Promise<void> {
    const removed = this.list[index]
    if (!removed) return
    await this.#settings.change(setting, (now) => now.filter((one) => !isSameSelector(one, removed)))
  }

  #addAll(selectors: readonly NodeSelector[]): Promise<boolean> {
    const missingIn = (list: readonly NodeSelector[]) =>
      selectors.filter((one) => !list.some((other) => isSameSelector(one, other)))
    if (missingIn(this.list).length === 0) {
      this.#refused = selectors.length === 1 ? 'It is already in the list.' : 'They are already in the list.'
      return Promise.resolve(false)
    }
    return this.#settings.change(setting, (now) => [...now, ...missingIn(now)])
  }

  /** What is typed, as entries. */
  #read(): readonly NodeSelector[] {
    const text = this.typed.trim()
    if (text === '') return []
    if (this.kind === 'pattern') return [selectorOf('pattern', text)]
    if (this.kind === 'group') return [selectorOf('group', groupOf(text, this.#nodeIds()))]
    return idsOf(text, this.#nodeIds()).map((id) => selectorOf('node', id))
  }
}

/** An id may have a comma: then it is known as a whole. */
function idsOf(text: string, nodeIds: readonly string[]): readonly string[] {
  if (nodeIds.includes(text)) return [text]
  const parts = text.split(/[,\n]/).map((part) => part.trim())
  return [...new Set(parts.filter((part) => part !== ''))]
}

/** People write `web-`, `web-*` or one of the nodes for the group of `web-1`, whose prefix is `web`. */
function groupOf(text: string, nodeIds: readonly string[]): string {
  const known = new Set(nodeIds.map(nodePrefix))
  const stem = text.replace(/[-_.*]+$/, '')
  const candidates = [text, stem, nodePrefix(stem)].filter((one) => one !== '')
  return candidates.find((one) => known.has(one)) ?? (stem === '' ? text : stem)
}

function selectorOf(kind: SelectorKind, value: string): NodeSelector {
  const id = value.slice(0, messageLimits.nodeId)
  if (kind === 'node') return { kind, nodeId: id }
  return kind === 'group' ? { kind, prefix: id } : { kind, pattern: value }
}
