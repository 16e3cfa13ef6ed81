import type { Alert } from '#shared/alert/alert.ts'
import { attentionOf, type Attention as AttentionSummary } from '#shared/health/attention.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'
import { attentionItems, endedAlerts, type AttentionItem, type SilentNode } from './attention.ts'
import type { AlertsPage } from './alerts-page.svelte.ts'

interface AttentionOptions {
  readonly silent: () => readonly SilentNode[]
  /** The operator selected a row about this node. */
  readonly onselect: (nodeId: string) => void
  /** An alert was acknowledged: the focus goes to the list. */
  readonly onacknowledged?: () => void
}

/** What needs attention, and the selected row. Alerts are selected in their page, which acknowledges them. */
export class Attention {
  readonly page: AlertsPage
  readonly #app: AppState
  readonly #options: AttentionOptions
  /** The chosen row, if it is no alert. */
  #other = $state<string>()

  constructor(app: AppState, page: AlertsPage, options: AttentionOptions) {
    this.#app = app
    this.page = page
    this.#options = options
  }

  readonly items: readonly AttentionItem[] = $derived.by(() => {
    const { unacknowledged, acknowledged } = this.page
    const facts = { unacknowledged, acknowledged, pending: this.#app.pending.items, silent: this.#options.silent() }
    return attentionItems(facts, this.#app.asOf)
  })

  /** Whether anything needs attention: a window that lags behind its engine does not know. */
  readonly summary: AttentionSummary = $derived.by(() => {
    const { health, alerts, silences, pending, windowLagMs } = this.#app
    return attentionOf({
      health,
      alerts: alerts.loaded && windowLagMs === 0 ? alerts.items : undefined,
      isSilenced: silences.isSilenced,
      pending: pending.loaded ? pending.items.length : undefined,
      silentNodes: this.#options.silent().length,
    })
  })

  readonly ended: readonly Alert[] = $derived.by(() => endedAlerts(this.#app.alerts.items, this.#app.clock.now))

  readonly selected: AttentionItem | undefined = $derived.by(() => {
    const id = this.#other ?? this.page.selected?.id
    return this.items.find((item) => item.id === id) ?? this.items[0]
  })

  /** The selected row if it is an alert. */
  readonly alert: Alert | undefined = $derived.by(() =>
    this.selected?.kind === 'alert' ? this.selected.alert : undefined,
  )

  /** Whether the selected row is an alert that this operator may acknowledge. */
  get canAcknowledge(): boolean {
    return this.alert !== undefined && this.page.mayActOn(this.alert) && !this.page.isAcknowledged(this.alert)
  }

  async acknowledge(): Promise<void> {
    if (!this.alert || !this.canAcknowledge) return
    this.page.select(this.alert.id)
    this.#other = undefined
    if (await this.page.acknowledge()) this.#options.onacknowledged?.()
  }

  select(id: string): void {
    const item = this.items.find((candidate) => candidate.id === id)
    this.#other = item?.kind === 'alert' ? undefined : id
    if (item?.kind === 'alert') this.page.select(id)
    if (item) this.#options.onselect(item.nodeId)
  }

  /** Selects the first row about this node, if there is one. */
  selectNode(nodeId: string): void {
    const item = this.items.find((candidate) => candidate.nodeId === nodeId)
    if (item) this.select(item.id)
  }

  move(delta: number): void {
    const ids = this.items.map(({ id }) => id)
    const next = movedSelection(ids, this.selected?.id, delta)
    if (next !== undefined) this.select(next)
  }
}
