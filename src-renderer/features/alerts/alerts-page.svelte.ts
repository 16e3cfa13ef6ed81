import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import { acknowledgementProblem, type AcknowledgementProblem } from '#shared/alert/acknowledgement-end.ts'
import { type Alert, isOwnAlert } from '#shared/alert/alert.ts'
import { countedAlerts, isInhibited, offlineNodes } from '#shared/alert/inhibit.ts'
import { soonestFirst, type PendingAlert } from '#shared/alert/pending.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { AlertSeverity } from '#shared/alert/severity.ts'
import { hourMs } from '#shared/format/time-units.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { isUnsent } from '../../live/page-session.svelte.ts'
import { KeptSelection } from '../../ui/lists/kept-selection.svelte.ts'
import { movedSelection, rowAfter } from '../../ui/lists/list-selection.ts'
import { MarkedRows } from '../../ui/lists/marked-rows.svelte.ts'
import { AcknowledgeEnd } from './acknowledge-end.svelte.ts'
import { AlertListing } from './alert-listing.svelte.ts'
import { alertRow, pendingRow, type AlertRow } from './alert-rows.ts'
import { sortedAlerts } from './alert-sort.ts'
import { changedMessage } from './many-text.ts'

export type AlertTab = 'unacknowledged' | 'acknowledged' | 'silenced' | 'all'

/** The open alerts: tab, severity filter, selection, marked rows and acknowledgement. */
export class AlertsPage {
  readonly #app: AppState
  readonly #triage: boolean
  readonly #shown: string | undefined
  readonly #selection: KeptSelection<AlertRow>
  readonly listing: AlertListing
  /** Rows to act on together. */
  readonly marks = new MarkedRows()
  readonly end = new AcknowledgeEnd()
  #tab = $state<AlertTab>('unacknowledged')
  #severity = $state<AlertSeverity | 'any'>('any')
  #comment = $state('')
  /** The row that the operator chose, or came for. Others are selected by themselves. */
  #opened = $state<string>()
  /** The alert that was selected when the comment was begun. */
  #commented: string | undefined
  busy = $state(false)
  problem = $state.raw<IpcFailure>()
  /** What is wrong with a field of the acknowledgement. */
  fieldProblem = $state.raw<AcknowledgementProblem>()

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
    this.listing = new AlertListing(app)
    this.#triage = triage
    this.#shown = shown
    const successor = triage ? 'first' : 'in-place'
    // The alert from the address, and later each one whose acknowledgement is undone while this page is shown.
    const first = shown === undefined ? undefined : { id: shown }
    const before = app.acknowledged.undone
    const awaited = (): { readonly id: string } | undefined => {
      const { undone } = app.acknowledged
      return undone === before ? first : undone
    }
    this.#selection = new KeptSelection<AlertRow>(() => this.list, { awaited, successor })
    if (triage || shown !== undefined) this.#tab = 'all'
    else if (tab !== undefined) this.#tab = tab
    this.#opened = shown
  }

  get tab(): AlertTab {
    return this.#tab
  }

  set tab(tab: AlertTab) {
    this.#tab = tab
    this.marks.clear()
    this.#selection.restart()
  }

  get severity(): AlertSeverity | 'any' {
    return this.#severity
  }

  set severity(severity: AlertSeverity | 'any') {
    this.#severity = severity
    this.#selection.restart()
  }

  get comment(): string {
    return this.#comment
  }

  set comment(comment: string) {
    this.#comment = comment
    this.fieldProblem = undefined
    this.beginComment()
  }

  readonly #firing: readonly Alert[] = $derived.by(() => {
    const firing = this.#app.alerts.items.filter(({ phase }) => phase === 'firing')
    return sortedAlerts(firing, 'worst')
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

  /** The alert that the operator looks at. */
  readonly opened: string | undefined = $derived.by(() =>
    this.selected?.id === this.#opened ? this.#opened : undefined,
  )

  /** The alerts of an absence, if only they are shown: those that fire, then those that resolved. */
  readonly #ofAbsence: ReadonlyArray<readonly Alert[]> | undefined = $derived.by(() => {
    const { shown } = this.#app.unseen
    if (shown === undefined || this.#triage) return undefined
    const ids = new Set(shown.ids)
    const alerts = this.#app.alerts.items.filter(({ id }) => ids.has(id))
    return [alerts.filter(({ phase }) => phase === 'firing'), alerts.filter(({ phase }) => phase === 'resolved')]
  })

  /** Acknowledged alerts come last, then inhibited and silenced ones. */
  readonly #inTab: ReadonlyArray<readonly Alert[]> = $derived.by(
    () =>
      this.#ofAbsence ??
      {
        unacknowledged: [this.unacknowledged],
        acknowledged: [this.acknowledged],
        silenced: [this.silenced],
        all: [this.unacknowledged, this.acknowledged, this.#inhibited, this.#triage ? [] : this.silenced, this.#past],
      }[this.#tab],
  )

  /** The tab's alerts of the chosen severity that match the filter. */
  readonly rows: readonly Alert[] = $derived.by(() => {
    const sections = this.#inTab.map((section) => section.filter((alert) => this.#matches(alert)))
    return this.#triage ? sections.flat() : this.listing.listed(sections)
  })

  readonly pending: readonly PendingAlert[] = $derived.by(() => {
    // Before the alerts are known, a pending row would become the selected one.
    const isListed = !this.#triage && this.#ofAbsence === undefined && this.#app.alerts.loaded
    if (this.#tab === 'acknowledged' || this.#tab === 'silenced') return []
    if (!isListed) return []
    const all = soonestFirst(this.#app.pending.items, this.#app.asOf)
    return all.filter((pending) => this.#matches(pending) && this.listing.matchesPending(pending))
  })

  /** The rows of the list: what fires, then what is pending, then what somebody has acknowledged; or in groups. */
  readonly list: readonly AlertRow[] = $derived.by(() => {
    const isGrouped = !this.#triage && this.listing.groupBy !== 'none'
    if (isGrouped) return this.listing.grouped(this.rows, this.pending)
    const unacknowledged = new Set(this.unacknowledged)
    const [waiting, others] = [true, false].map((isWaiting) =>
      this.rows.filter((alert) => unacknowledged.has(alert) === isWaiting).map(alertRow),
    )
    return [...(waiting ?? []), ...this.pending.map(pendingRow), ...(others ?? [])]
  })

  /** The alerts that are listed and marked, also those of a folded group. */
  readonly marked: readonly Alert[] = $derived.by(() => this.marks.of(this.rows))

  /** The ids of the alerts in the order of the screen: a range of them may begin in one group and end in another. */
  get shownIds(): readonly string[] {
    const { list } = this
    return list.flatMap((row) => {
      if (row.kind === 'alert') return [row.id]
      return row.kind === 'group' && !row.isOpen ? row.group.alerts.map(({ id }) => id) : []
    })
  }

  /** The selected row. It is always in the list. */
  get row(): AlertRow | undefined {
    return this.#selection.row
  }

  /** The selected row if it is an alert. */
  readonly selected: Alert | undefined = $derived.by(() => (this.row?.kind === 'alert' ? this.row.alert : undefined))

  get mayAcknowledge(): boolean {
    return this.#app.session.may('acknowledge')
  }

  /** Also without the permission: what this console says about itself. */
  mayActOn(alert: Alert): boolean {
    return this.#app.session.mayTo('acknowledge', { own: isOwnAlert(alert) && alert.phase === 'firing' })
  }

  /** Whether the selected alert needs an acknowledgement and this operator is permitted to give it. */
  readonly canAcknowledge: boolean = $derived.by(() => {
    const { selected } = this
    return selected?.phase === 'firing' && this.mayActOn(selected) && !this.isAcknowledged(selected)
  })

  /** Whether the selected alert has an acknowledgement that this operator may take back. */
  readonly canUnacknowledge: boolean = $derived.by(() => {
    const { selected } = this
    return selected?.phase === 'firing' && this.mayActOn(selected) && this.isAcknowledged(selected)
  })

  /** The acknowledgement that the alert has is queued here, so the team cannot see it. */
  isUnsent({ id, acknowledgement }: Alert): boolean {
    const action = acknowledgement && this.#app.session.queuedAcknowledgement(id, acknowledgement)
    return action !== undefined && isUnsent(action, this.#app.clock.now)
  }

  /** Who acknowledged the alert; `you` for this operator. */
  acknowledgedBy({ acknowledgement }: Alert): string {
    const by = acknowledgement?.by ?? ''
    return by !== '' && by === this.#app.session.user?.username ? 'you' : by
  }

  /** How many rows the tab has with this severity chosen. */
  count(severity: AlertSeverity): number {
    return this.#inTab.flat().filter((alert) => alert.severity === severity).length
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
    this.#opened = id
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
      this.problem = { code: 'conflict', message: changedMessage(selected) }
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
    const given = this.acknowledgement(hours)
    if (given === undefined) return false
    this.busy = true
    this.problem = undefined
    const next = this.following(new Set([alert.id]))
    const result = await this.#app.bridge['alerts.acknowledge']({ id: alert.id, ...given })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return false
    }
    this.#app.alerts.take([result.value])
    this.#app.acknowledged.add(result.value)
    this.finish(next)
    return true
  }

  /** Comment and end, as typed; `undefined` after it showed what is wrong with them. `hours`: another end. */
  acknowledgement(hours?: number): { comment: string; until?: number } | undefined {
    const at = Date.now()
    const { until, problem } =
      hours === undefined ? this.end.at(at) : { until: at + hours * hourMs, problem: undefined }
    const given = { comment: this.#comment.trim(), ...(until === undefined ? {} : { until }) }
    this.fieldProblem =
      problem === undefined ? acknowledgementProblem({ at, ...given }) : { field: 'until', message: problem }
    return this.fieldProblem === undefined ? given : undefined
  }

  /** After an act: clears the fields. `next`: the row to select. */
  finish(next?: string): void {
    this.#clear()
    if (next !== undefined) this.#selection.choose(next)
  }

  /** Takes back the acknowledgement of the selected alert. */
  async unacknowledge(): Promise<void> {
    if (this.selected && this.canUnacknowledge) await this.#app.acknowledged.undo(this.selected)
  }

  #matches({ severity }: { readonly severity: AlertSeverity }): boolean {
    return this.#severity === 'any' || severity === this.#severity
  }

  #clear(): void {
    this.#comment = ''
    this.#commented = undefined
    this.problem = undefined
    this.fieldProblem = undefined
    this.end.reset()
  }

  /** The row to select after these were acknowledged: the next that needs it, else the one before, else the next row. */
  following(acknowledged: ReadonlySet<string>): string | undefined {
    const waiting = new Set(this.unacknowledged.map((alert) => alert.id))
    const rows = this.list.map((row) => row.id)
    return rowAfter(rows, acknowledged, waiting)
  }
}
