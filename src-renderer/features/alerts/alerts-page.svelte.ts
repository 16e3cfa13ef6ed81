import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import { countedAlerts, isInhibited, offlineNodes } from '#shared/alert/inhibit.ts'
import { soonestFirst, type PendingAlert } from '#shared/alert/pending.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { Severity } from '#shared/rule/rule.ts'
import { hourMs } from '#shared/format/time-units.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { isUnsent } from '../../live/page-session.svelte.ts'
import { KeptSelection } from '../../ui/lists/kept-selection.svelte.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'

export type AlertTab = 'unacknowledged' | 'acknowledged' | 'silenced' | 'all'

/** A row of the list. A pending alert has the id of the alert that it becomes, so its row stays when it fires. */
export type AlertRow =
  | { readonly kind: 'alert'; readonly id: string; readonly alert: Alert }
  | { readonly kind: 'pending'; readonly id: string; readonly pending: PendingAlert }

/** Critical before warning, then the newest first. */
function byUrgency(a: Alert, b: Alert): number {
  return Number(b.severity === 'critical') - Number(a.severity === 'critical') || b.openedAt - a.openedAt
}

/** The open alerts: tab, severity filter, selection and acknowledgement. */
export class AlertsPage {
  readonly #app: AppState
  readonly #triage: boolean
  readonly #shown: string | undefined
  readonly #selection: KeptSelection<AlertRow>
  #tab = $state<AlertTab>('unacknowledged')
  #severity = $state<Severity | 'any'>('any')
  #comment = $state('')
  /** The alert that was selected when the comment was begun. */
  #commented: string | undefined
  busy = $state(false)
  problem = $state.raw<IpcFailure>()

  /**
   * `triage`: a list of alerts only; the first row follows one that resolved.
   * `shown`: the alert from the address. It is listed even after it resolved.
   * `tab`: the one that is open at first.
   */
  constructor(
    app: AppState,
    { triage = false, shown, tab }: { triage?: boolean; shown?: string | undefined; tab?: AlertTab | undefined } = {},
  ) {
    this.#app = app
    this.#triage = triage
    this.#shown = shown
    const successor = triage ? 'first' : 'in-place'
    // The alert from the address, and later each one whose acknowledgement was undone.
    const first = shown === undefined ? undefined : { id: shown }
    const awaited = (): { readonly id: string } | undefined => app.acknowledged.undone ?? first
    this.#selection = new KeptSelection<AlertRow>(() => this.list, { awaited, successor })
    if (triage || shown !== undefined) this.#tab = 'all'
    else if (tab !== undefined) this.#tab = tab
  }

  get tab(): AlertTab {
    return this.#tab
  }

  set tab(tab: AlertTab) {
    this.#tab = tab
    this.#selection.restart()
  }

  get severity(): Severity | 'any' {
    return this.#severity
  }

  set severity(severity: Severity | 'any') {
    this.#severity = severity
    this.#selection.restart()
  }

  get comment(): string {
    return this.#comment
  }

  set comment(comment: string) {
    this.#comment = comment
    this.beginComment()
  }

  readonly #firing: readonly Alert[] = $derived.by(() => {
    return this.#app.alerts.items.filter(({ phase }) => phase === 'firing').toSorted(byUrgency)
  })
  /** The alerts that count: silenced ones do not, nor those of a node whose offline alert fires. */
  readonly open: readonly Alert[] = $derived.by(() => countedAlerts(this.#firing, this.#app.silences.isSilenced))
  readonly silenced: readonly Alert[] = $derived.by(() => this.#firing.filter((alert) => this.isSilenced(alert)))
  readonly unacknowledged: readonly Alert[] = $derived.by(() => {
    const { now } = this.#app.clock
    return this.open.filter((alert) => !isAcknowledged(alert, now))
  })
  readonly acknowledged: readonly Alert[] = $derived.by(() => {
    const { now } = this.#app.clock
    return this.open.filter((alert) => isAcknowledged(alert, now))
  })
  readonly #offline: ReadonlySet<string> = $derived.by(() => offlineNodes(this.#firing))
  readonly #inhibited: readonly Alert[] = $derived.by(() => {
    return this.#firing.filter((alert) => isInhibited(alert, this.#offline) && !this.isSilenced(alert))
  })
  /** The alert from the address, if it no longer fires. */
  readonly #past: readonly Alert[] = $derived.by(() => {
    return this.#app.alerts.items.filter(({ id, phase }) => id === this.#shown && phase === 'resolved')
  })

  /** Acknowledged alerts come last, then inhibited and silenced ones. */
  readonly #inTab: readonly Alert[] = $derived.by(
    () =>
      ({
        unacknowledged: this.unacknowledged,
        acknowledged: this.acknowledged,
        silenced: this.silenced,
        all: [
          ...this.unacknowledged,
          ...this.acknowledged,
          ...this.#inhibited,
          ...(this.#triage ? [] : this.silenced),
          ...this.#past,
        ],
      })[this.#tab],
  )

  /** The tab's alerts of the chosen severity. */
  readonly rows: readonly Alert[] = $derived.by(() => this.#inTab.filter((alert) => this.#matches(alert)))

  readonly pending: readonly PendingAlert[] = $derived.by(() => {
    // Before the alerts are known, a pending row would become the selected one.
    const isListed =
      !this.#triage && this.#tab !== 'acknowledged' && this.#tab !== 'silenced' && this.#app.alerts.loaded
    if (!isListed) return []
    return soonestFirst(this.#app.pending.items, this.#app.asOf).filter((pending) => this.#matches(pending))
  })

  /** The rows of the list: what fires, then what is pending, then what somebody has acknowledged. */
  readonly list: readonly AlertRow[] = $derived.by(() => {
    const alerts = this.rows.map((alert): AlertRow => ({ kind: 'alert', id: alert.id, alert }))
    const pending = this.pending.map((item): AlertRow => ({ kind: 'pending', id: item.alertId, pending: item }))
    const unacknowledged = new Set(this.unacknowledged)
    const waiting = this.rows.filter((alert) => unacknowledged.has(alert)).length
    return [...alerts.slice(0, waiting), ...pending, ...alerts.slice(waiting)]
  })

  /** The selected row. It is always in the list. */
  get row(): AlertRow | undefined {
    return this.#selection.row
  }

  /** The selected row if it is an alert. */
  readonly selected: Alert | undefined = $derived.by(() => (this.row?.kind === 'alert' ? this.row.alert : undefined))

  get mayAcknowledge(): boolean {
    return this.#app.session.may('acknowledge')
  }

  /** Whether the selected alert needs an acknowledgement and this operator is permitted to give it. */
  readonly canAcknowledge: boolean = $derived.by(() => {
    const { selected } = this
    return this.mayAcknowledge && selected?.phase === 'firing' && !this.isAcknowledged(selected)
  })

  /** Whether the selected alert has an acknowledgement that this operator may take back. */
  readonly canUnacknowledge: boolean = $derived.by(() => {
    const { selected } = this
    return this.mayAcknowledge && selected?.phase === 'firing' && this.isAcknowledged(selected)
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

  /** Its node is offline, so nobody knows whether it still breaches. It does not count. */
  isInhibited(alert: Alert): boolean {
    return isInhibited(alert, this.#offline)
  }

  /** A silence matches it now. It does not count, and does not notify. */
  isSilenced(alert: Alert): boolean {
    return this.#app.silences.isSilenced(alert)
  }

  select(id: string): void {
    if (id === this.row?.id) return
    this.#selection.choose(id)
    this.#clear()
  }

  move(delta: number): void {
    const next = movedSelection(
      this.list.map(({ id }) => id),
      this.row?.id,
      delta,
    )
    if (next !== undefined) this.select(next)
  }

  /** The operator writes a comment for the selected alert. */
  beginComment(): void {
    this.#commented ??= this.row?.id
  }

  /**
   * Acknowledges from the comment's field. If another alert was selected since the comment was begun, that is said
   * first: the comment was not meant for it.
   * @returns whether it was acknowledged
   */
  async acknowledgeCommented(): Promise<boolean> {
    const { selected, busy } = this
    if (selected && !busy && this.#commented !== undefined && this.#commented !== selected.id) {
      this.#commented = selected.id
      const message = `The selected alert has changed. Press Enter again to acknowledge ${selected.nodeId}.`
      this.problem = { code: 'conflict', message }
      return false
    }
    return this.acknowledge()
  }

  /**
   * `hours`: how long. Without it: until the alert resolves.
   * @returns whether it was acknowledged
   */
  async acknowledge(hours?: number): Promise<boolean> {
    const alert = this.selected
    if (!alert || this.busy || !this.canAcknowledge) return false
    this.busy = true
    this.problem = undefined
    const next = this.#following(alert.id)
    const until = hours === undefined ? {} : { until: Date.now() + hours * hourMs }
    const result = await this.#app.bridge['alerts.acknowledge']({
      id: alert.id,
      comment: this.#comment.trim(),
      ...until,
    })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return false
    }
    this.#app.alerts.take([result.value])
    this.#app.acknowledged.add(result.value)
    this.#clear()
    if (next !== undefined) this.#selection.choose(next)
    return true
  }

  /** Takes back the acknowledgement of the selected alert. */
  async unacknowledge(): Promise<void> {
    if (this.selected && this.canUnacknowledge) await this.#app.acknowledged.undo(this.selected)
  }

  /** Newest first. Read again when the alert changes, because each change adds an event. */
  async timelineOf({ id }: Alert): Promise<readonly AlertEvent[]> {
    const result = await this.#app.bridge['alerts.timeline']({ id })
    return result.ok ? result.value.toSorted((a, b) => b.at - a.at) : []
  }

  #matches({ severity }: { readonly severity: Severity }): boolean {
    return this.#severity === 'any' || severity === this.#severity
  }

  #clear(): void {
    this.#comment = ''
    this.#commented = undefined
    this.problem = undefined
  }

  /** The row to select after this one was acknowledged: the next that needs it, else the one before, else the next row. */
  #following(id: string): string | undefined {
    const ids = this.list.map((row) => row.id)
    const at = ids.indexOf(id)
    const waiting = new Set(this.unacknowledged.map((alert) => alert.id))
    const others = [...ids.slice(at + 1), ...ids.slice(0, at).reverse()]
    return others.find((other) => waiting.has(other)) ?? ids[at + 1] ?? ids[at - 1]
  }
}
