import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { Severity } from '#shared/rule/rule.ts'
import { hourMs } from '#shared/format/time-units.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { isUnsent } from '../../live/page-session.svelte.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'

export type AlertTab = 'unacknowledged' | 'acknowledged' | 'all'

/** Critical before warning, then the newest first. */
function byUrgency(a: Alert, b: Alert): number {
  return Number(b.severity === 'critical') - Number(a.severity === 'critical') || b.openedAt - a.openedAt
}

/** The open alerts: tab, severity filter, selection and acknowledgement. */
export class AlertsPage {
  readonly #app: AppState
  tab = $state<AlertTab>('unacknowledged')
  severity = $state<Severity | 'any'>('any')
  selectedId = $state<string>()
  comment = $state('')
  busy = $state(false)
  problem = $state.raw<IpcFailure>()
  readonly #triage: boolean

  /**
   * `triage`: after an acknowledgement, selects the next unacknowledged alert.
   * `shown`: the alert from the address.
   */
  constructor(app: AppState, { triage = false, shown }: { triage?: boolean; shown?: string | undefined } = {}) {
    this.#app = app
    this.#triage = triage
    this.selectedId = shown
    if (triage || shown !== undefined) this.tab = 'all'
  }

  readonly open: readonly Alert[] = $derived.by(() => {
    return this.#app.alerts.items.filter(({ phase }) => phase === 'firing').toSorted(byUrgency)
  })
  readonly unacknowledged: readonly Alert[] = $derived.by(() => {
    const { now } = this.#app.clock
    return this.open.filter((alert) => !isAcknowledged(alert, now))
  })
  readonly acknowledged: readonly Alert[] = $derived.by(() => {
    const { now } = this.#app.clock
    return this.open.filter((alert) => isAcknowledged(alert, now))
  })

  /** Acknowledged alerts come last. */
  readonly #inTab: readonly Alert[] = $derived.by(
    () =>
      ({
        unacknowledged: this.unacknowledged,
        acknowledged: this.acknowledged,
        all: [...this.unacknowledged, ...this.acknowledged],
      })[this.tab],
  )

  /** Rows of the table: the tab's alerts of the chosen severity. */
  readonly rows: readonly Alert[] = $derived.by(() => {
    return this.severity === 'any' ? this.#inTab : this.#inTab.filter(({ severity }) => severity === this.severity)
  })

  /** The chosen alert, even after it left the tab. Without a choice: the first row. */
  readonly selected: Alert | undefined = $derived.by(() => {
    const chosen = this.#app.alerts.items.find(({ id }) => id === this.selectedId)
    return (this.#triage && chosen?.phase === 'resolved' ? undefined : chosen) ?? this.rows[0]
  })

  get mayAcknowledge(): boolean {
    return this.#app.session.may('acknowledge')
  }

  /** Whether the selected alert needs an acknowledgement and this operator is permitted to give it. */
  readonly canAcknowledge: boolean = $derived.by(() => {
    const { selected } = this
    return this.mayAcknowledge && selected?.phase === 'firing' && !this.isAcknowledged(selected)
  })

  /** The acknowledgement is queued here, so the team cannot see it. */
  isUnsent(alert: Alert): boolean {
    const action = this.#app.session.queuedAcknowledgement(alert.id)
    return action !== undefined && isUnsent(action, this.#app.clock.now)
  }

  /** Who acknowledged the alert; `you` for this operator. */
  acknowledgedBy({ acknowledgement }: Alert): string {
    const by = acknowledgement?.by ?? ''
    return by !== '' && by === this.#app.session.user?.username ? 'you' : by
  }

  /** How many rows the tab has with this severity chosen. */
  count(severity: Severity): number {
    return this.#inTab.filter((alert) => alert.severity === severity).length
  }

  isAcknowledged(alert: Alert): boolean {
    return isAcknowledged(alert, this.#app.clock.now)
  }

  select(id: string): void {
    if (id === this.selectedId) return
    this.selectedId = id
    this.comment = ''
    this.problem = undefined
  }

  move(delta: number): void {
    const next = movedSelection(
      this.rows.map(({ id }) => id),
      this.selected?.id,
      delta,
    )
    if (next !== undefined) this.select(next)
  }

  /** `hours`: how long. Without it: until the alert resolves. */
  async acknowledge(hours?: number): Promise<void> {
    const alert = this.selected
    if (!alert || this.busy || !this.canAcknowledge) return
    this.busy = true
    this.problem = undefined
    const next = this.#following(alert.id)
    const until = hours === undefined ? {} : { until: Date.now() + hours * hourMs }
    const result = await this.#app.bridge['alerts.acknowledge']({
      id: alert.id,
      comment: this.comment.trim(),
      ...until,
    })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    this.#app.alerts.take([result.value])
    this.comment = ''
    if (this.#triage || this.tab === 'unacknowledged') this.selectedId = next
  }

  /** Newest first. Read again when the alert changes, because each change adds an event. */
  async timelineOf({ id }: Alert): Promise<readonly AlertEvent[]> {
    const result = await this.#app.bridge['alerts.timeline']({ id })
    return result.ok ? result.value.toSorted((a, b) => b.at - a.at) : []
  }

  #following(id: string): string | undefined {
    const ids = this.rows.map((row) => row.id)
    const at = ids.indexOf(id)
    return ids[at + 1] ?? ids[at - 1]
  }
}
