import { knownMetrics } from '#shared/metric/metric-info.ts'
import { untrack } from 'svelte'
import type { AppState } from '../../live/app-state.svelte.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'
import { seriesGroups, seriesList, type NodeMetric, type SeriesItem, type SeriesListView } from './series-list.ts'
import { SeriesPins, type PinScope } from './series-pins.svelte.ts'

/** The four of ReMo and so many others have a chart each. A node with more has a list of its series. */
const maxOthers = 12

/** The series of one node, besides the four of ReMo: groups, filter, pins, and the one whose chart is shown. */
export class SeriesBrowser {
  readonly #app: AppState
  readonly #nodeId: () => string | undefined
  readonly #pins = new SeriesPins()
  filter = $state('')
  /** Id of a row. */
  selected = $state<string>()
  /** Name of the series with a chart that is not pinned. */
  #shown = $state<string>()
  /** Room for chips, in pixels. */
  width = $state(240)
  #chosen = $state.raw<ReadonlyMap<string, string>>(new Map())
  #folded = $state.raw<ReadonlySet<string>>(new Set())
  #unfolded = $state.raw<ReadonlySet<string>>(new Set())
  #allChips = $state.raw<ReadonlySet<string>>(new Set())

  constructor(app: AppState, nodeId: () => string | undefined) {
    this.#app = app
    this.#nodeId = nodeId
  }

  /** What the node sends besides the four, in the order of the directory. */
  readonly others: readonly NodeMetric[] = $derived.by(() => {
    const { store } = this.#app
    const { nodes, metrics, units } = store.directory
    const node = nodes.findIndex(({ id }) => id === this.#nodeId())
    return untrack(() => store.metricsOf(node))
      .map((index) => ({ name: metrics[index] ?? '', unit: units[index] ?? '', index }))
      .filter(({ name }) => knownMetrics.every((known) => known.name !== name))
  })

  readonly isOffered: boolean = $derived(this.others.length > maxOthers)
  readonly #groups = $derived(this.isOffered ? seriesGroups(this.others) : [])
  readonly #byName: ReadonlyMap<string, SeriesItem> = $derived(
    new Map(this.#groups.flatMap(({ series }) => series.map((item) => [item.name, item] as const))),
  )

  /** What is pinned and what the node has. */
  readonly pinned: readonly SeriesItem[] = $derived.by(() => {
    const names = this.#pins.namesOf(this.#nodeId() ?? '')
    return names.flatMap((name) => this.#byName.get(name) ?? [])
  })
  /** Pinned series with a chart. */
  readonly charted: readonly SeriesItem[] = $derived(this.pinned.slice(0, maxOthers))
  /** Has a chart, and is not pinned. */
  readonly shown: SeriesItem | undefined = $derived.by(() => {
    const item = this.#shown === undefined ? undefined : this.#byName.get(this.#shown)
    return item && this.charted.every(({ name }) => name !== item.name) ? item : undefined
  })

  readonly list: SeriesListView = $derived(
    seriesList(
      this.#groups,
      { items: this.pinned, note: this.#pinnedNote() },
      {
        filter: this.filter,
        chosen: this.#chosen,
        folded: this.#folded,
        unfolded: this.#unfolded,
        allChips: this.#allChips,
        width: this.width,
      },
    ),
  )

  #pinnedNote(): string {
    const ofNode = this.pinned.filter(({ name }) => this.scopeOf(name) === 'node').length
    if (ofNode === 0) return 'for all nodes'
    return ofNode === this.pinned.length ? 'for this node' : `${ofNode} for this node`
  }

  scopeOf(name: string): PinScope {
    return this.#pins.scopeOf(name, this.#nodeId() ?? '')
  }

  togglePin(name: string): void {
    const isShown = this.shown?.name === name
    const scope = this.#pins.toggle(name, this.#nodeId() ?? '')
    // What was looked at stays: without its pin it is the shown one.
    if (scope === 'none' || isShown) this.#shown = name
    if (scope === 'none') this.#followToGroup(name)
  }

  /** The row of the pinned ones is gone: the one in the group has the selection. */
  #followToGroup(name: string): void {
    const index = this.#byName.get(name)?.index
    if (this.selected === `p${index}`) this.selected = `s${index}`
  }

  /** Enter or a click on a row. */
  readonly open = (id: string): void => {
    const row = this.list.rows.find((one) => one.id === id)
    if (row?.kind === 'series') this.#shown = row.item.name
    if (row?.kind !== 'more') return
    const at = this.#selectable.indexOf(id)
    this.#unfolded = new Set([...this.#unfolded, row.group])
    this.selected = this.#selectable[at]
  }

  readonly openSelected = (): void => {
    if (this.selected !== undefined) this.open(this.selected)
  }

  /** Enter in the filter: the selected row, or the first one that matches. */
  openBest(): void {
    if (this.selected === undefined || !this.#selectable.includes(this.selected)) this.selected = this.#selectable[0]
    this.openSelected()
  }

  move(delta: number): void {
    this.selected = movedSelection(this.#selectable, this.selected, delta)
  }

  readonly pinSelected = (): void => {
    const row = this.list.rows.find(({ id }) => id === this.selected)
    if (row?.kind === 'series') this.togglePin(row.item.name)
  }

  fold(group: string): void {
    this.#folded = toggled(this.#folded, group)
  }

  choose(group: string, chip: string): void {
    this.#chosen = new Map([...this.#chosen, [group, chip]])
  }

  showAllChips(group: string): void {
    this.#allChips = new Set([...this.#allChips, group])
  }

  readonly #selectable: readonly string[] = $derived(
    this.list.rows.flatMap(({ kind, id }) => (kind === 'series' || kind === 'more' ? [id] : [])),
  )
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return set.has(id) ? new Set([...set].filter((one) => one !== id)) : new Set([...set, id])
}
