import type { PendingAlert } from '#shared/alert/pending.ts'
import { allowedMs } from '#shared/evaluation/observed-interval.ts'
import { secondMs } from '#shared/format/time-units.ts'
import { isAhead } from '#shared/format/time.ts'
import { freshnessOf } from '#shared/health/freshness.ts'
import type { Freshness } from '#shared/health/health.ts'
import { untrack } from 'svelte'
import type { AppState } from '../../live/app-state.svelte.ts'
import type { DisplayState } from '../../ui/values/display-state.ts'
import { matching } from './node-filter.ts'
import { alertsByNode, noAlerts, nodeRank, nodeState, pendingByNode, type NodeAlerts } from './node-severity.ts'
import { kindOf, type StateKind } from './state-counts.ts'

/** One node in a list, without its values: rows read those from the live store. */
export interface FleetRow {
  readonly id: string
  readonly name: string
  readonly index: number
  readonly state: DisplayState
  readonly freshness: Freshness
  readonly lastAt: number | null
  readonly alerts: NodeAlerts
  /** The most urgent one first. */
  readonly pending: readonly PendingAlert[]
  /**
   * When the offline alert of a node that sends nothing is due, epoch ms. Absent for a node that sends, for one whose
   * alert fires, and without a rule.
   */
  readonly offlineAt?: number
}

const noPending: readonly PendingAlert[] = []
const holdMs = 8000

export type FleetColor = 'state' | (string & {})

/**
 * The nodes, worst first. The order changes once a second, never per frame. It is frozen while the pointer or the keys
 * are in the list, so that no row moves under the pointer. New nodes then go to the end.
 */
export class Fleet {
  readonly #app: AppState
  readonly #byId = $derived.by(() => new Map(this.rows.map((row) => [row.id, row])))
  /** `state`, or the name of a metric: highest value first. */
  color = $state<FleetColor>('state')
  /** Part of a name; '' for all. */
  filter = $state('')
  /** The only kind of state to show. */
  only = $state<StateKind>()
  #heldUntil = $state(0)
  #order: readonly string[] = []
  #orderedBy: FleetColor = 'state'

  constructor(app: AppState) {
    this.#app = app
  }

  readonly #natural = $derived.by(() => naturalRanks(this.#app.store.directory.nodes))
  readonly #alerts = $derived.by(() =>
    alertsByNode(this.#app.alerts.items, this.#app.clock.now, this.#app.silences.isSilenced),
  )

  readonly #pending = $derived.by(() => pendingByNode(this.#app.pending.items, this.#app.asOf))

  /** In the order of the directory. */
  readonly rows: readonly FleetRow[] = $derived.by(() => {
    const { store, asOf, clock } = this.#app
    return store.directory.nodes.map(({ id, name }, index) => {
      const lastAt = untrack(() => store.at(index))
      const alerts = this.#alerts.get(id) ?? noAlerts
      const pending = this.#pending.get(id) ?? noPending
      const interval = untrack(() => store.intervalMs(index))
      // While catching up, a node may be read further than the others. It is ahead only of the clock.
      const at = lastAt === null || isAhead(lastAt, clock.now) ? asOf : Math.max(asOf, lastAt)
      const freshness = freshnessOf(lastAt, interval, at)
      const row = { id, name, index, freshness, lastAt, alerts, pending }
      const state = nodeState({ alerts, freshness, pending: pending[0] })
      return { ...row, state, ...this.#offlineAt(row, asOf) }
    })
  })

  #offlineAt({ id, index, freshness, lastAt, alerts }: Omit<FleetRow, 'state'>, asOf: number): { offlineAt?: number } {
    if (freshness === 'fresh' || freshness === 'ahead' || lastAt === null || alerts.offline) return {}
    const rule = this.#app.ruleIndex.offlineRuleFor(id, asOf)
    if (rule === undefined) return {}
    const interval = untrack(() => this.#app.store.intervalMs(index))
    return { offlineAt: lastAt + allowedMs(rule.seconds * secondMs, Number.isNaN(interval) ? 0 : interval) }
  }

  readonly sorted: readonly FleetRow[] = $derived.by(() => {
    const { rows, color } = this
    const held = this.#app.clock.now < this.#heldUntil
    if (!held || color !== this.#orderedBy || this.#order.length === 0) {
      const sorted = rows.toSorted(this.#compare(color))
      this.#order = sorted.map(({ id }) => id)
      this.#orderedBy = color
      return sorted
    }
    const known = new Set(this.#order)
    this.#order = [...this.#order, ...rows.filter(({ id }) => !known.has(id)).map(({ id }) => id)]
    const byId = this.#byId
    return this.#order.flatMap((id) => byId.get(id) ?? [])
  })

  /** The sorted nodes that the filter lets through. */
  readonly shown: readonly FleetRow[] = $derived.by(() => {
    const rows = this.only === undefined ? this.sorted : this.sorted.filter((row) => kindOf(row) === this.only)
    return matching(rows, this.filter)
  })

  /** Nodes that send nothing, of which no alert says so. */
  readonly silent = $derived.by(() =>
    this.rows
      .filter(({ freshness, alerts }) => (freshness === 'stale' || freshness === 'offline') && !alerts.missing)
      .map(({ id, lastAt, offlineAt }) => ({ nodeId: id, lastAt, ...(offlineAt === undefined ? {} : { offlineAt }) })),
  )

  readonly active = $derived(this.rows.filter(({ freshness }) => freshness === 'fresh').length)

  /** Keeps the order for `holdMs`, because the operator is using the list. */
  readonly freezeOrder = (): void => {
    this.#heldUntil = Math.max(this.#heldUntil, this.#app.clock.now + holdMs)
  }

  /** Keeps the order until `releaseOrder`, because the pointer is on the map. */
  readonly holdOrder = (): void => {
    this.#heldUntil = Infinity
  }

  readonly releaseOrder = (): void => {
    this.#heldUntil = 0
  }

  row(id: string | undefined): FleetRow | undefined {
    return id === undefined ? undefined : this.#byId.get(id)
  }

  #compare(color: FleetColor): (a: FleetRow, b: FleetRow) => number {
    const natural = this.#natural
    const byState = (a: FleetRow, b: FleetRow): number =>
      nodeRank(a.state, a.alerts) - nodeRank(b.state, b.alerts) || (natural[a.index] ?? 0) - (natural[b.index] ?? 0)
    if (color === 'state') return byState
    const { store } = this.#app
    const metric = store.metricIndex(color)
    const value = (row: FleetRow): number => untrack(() => store.value(row.index, metric))
    return (a, b) => descending(value(a), value(b)) || byState(a, b)
  }
}

/** `node-2` before `node-10`, in every locale. */
const { compare: compareNatural } = new Intl.Collator('en', { numeric: true })

/** Rank of each node in the natural order of ids. Computed once per directory, not once a second. */
function naturalRanks(nodes: ReadonlyArray<{ readonly id: string }>): Uint32Array {
  const ranks = new Uint32Array(nodes.length)
  const order = nodes.map((_, index) => index).sort((a, b) => compareNatural(nodes[a]?.id ?? '', nodes[b]?.id ?? ''))
  order.forEach((index, rank) => (ranks[index] = rank))
  return ranks
}

function descending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return b - a
}
