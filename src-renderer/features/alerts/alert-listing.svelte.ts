import type { Alert } from '#shared/alert/alert.ts'
import type { PendingAlert } from '#shared/alert/pending.ts'
import { alertNode } from '#shared/alert/alert-text.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { HeldOrder } from '../../ui/lists/held-order.svelte.ts'
import { keepChoice, readChoice } from '../../ui/lists/kept-choice.ts'
import { alertText, filterWords, hasWords } from './alert-filter.ts'
import { groupAlerts, isOpenAtFirst, type AlertGroup, type GroupBy } from './alert-groups.ts'
import { conditionText, metricText, ruleText } from './alert-labels.ts'
import { alertRow, pendingRow, type AlertRow } from './alert-rows.ts'
import { alertSorts, sortedAlerts, type AlertSort } from './alert-sort.ts'
import { stormOf, type Storm } from '#shared/alert/storm.ts'

const groupKey = 'remo.alerts.groupBy'
const sortKey = 'remo.alerts.sort'
export const pendingGroupId = 'group:pending'

export const groupings: ReadonlyArray<{ readonly value: GroupBy; readonly label: string }> = [
  { value: 'rule', label: 'Rule' },
  { value: 'node', label: 'Node' },
  { value: 'none', label: 'None' },
]

/** How the alerts are listed: order, groups and text filter. The window keeps order and groups. */
export class AlertListing {
  readonly #app: AppState
  readonly order = new HeldOrder()
  readonly #groupOrder = new HeldOrder()
  #sort = $state<AlertSort>('worst')
  #choice = $state<GroupBy>('none')
  /** Chosen during a storm: holds until the storm ends. */
  #stormChoice = $state.raw<{ readonly since: number; readonly by: GroupBy }>()
  /** Headings that the operator folded (false) or unfolded (true). */
  #toggled = $state.raw<ReadonlyMap<string, boolean>>(new Map())
  filter = $state('')

  constructor(app: AppState) {
    this.#app = app
    this.#sort = readChoice(
      sortKey,
      alertSorts.map(({ value }) => value),
      'worst',
    )
    this.#choice = readChoice(groupKey, ['rule', 'node', 'none'], 'none')
  }

  /** Many alerts opened within a minute. By the exact time: some of them opened after the last tick of the clock. */
  readonly storm: Storm | undefined = $derived.by(() => {
    const { alerts, clock } = this.#app
    return stormOf(
      alerts.items.map(({ openedAt }) => openedAt),
      clock.exact,
    )
  })

  /** A storm groups by rule, unless the operator chose otherwise since it began. */
  readonly groupBy: GroupBy = $derived.by(() => {
    const { storm } = this
    if (storm === undefined) return this.#choice
    // An alert that is read late can move the beginning of the same storm.
    return this.#stormChoice && storm.since <= this.#stormChoice.since ? this.#stormChoice.by : 'rule'
  })

  group(by: GroupBy): void {
    const { storm } = this
    if (storm !== undefined) {
      this.#stormChoice = { since: storm.since, by }
      return
    }
    this.#choice = by
    keepChoice(groupKey, by)
  }

  get sort(): AlertSort {
    return this.#sort
  }

  set sort(sort: AlertSort) {
    this.#sort = sort
    keepChoice(sortKey, sort)
  }

  readonly #words = $derived.by(() => filterWords(this.filter))

  get isFiltered(): boolean {
    return this.#words.length > 0
  }

  hold(): void {
    this.order.hold()
    this.#groupOrder.hold()
  }

  release(): void {
    this.order.release()
    this.#groupOrder.release()
  }

  /** Those that match the filter, sorted: one section after the other. */
  listed(sections: ReadonlyArray<readonly Alert[]>): readonly Alert[] {
    const sorted = sections.flatMap((section) => sortedAlerts(section.filter(this.#matches), this.#sort))
    return this.order.apply(sorted, this.#sort)
  }

  matchesPending({ nodeId, nodeName, metric }: PendingAlert): boolean {
    const text = [nodeId, nodeName, metric, metricInfo(metric, this.#unitOf(metric)).label].join('\n').toLowerCase()
    return hasWords(text, this.#words)
  }

  /** With their headings, if they are grouped. */
  grouped(alerts: readonly Alert[], pending: readonly PendingAlert[]): readonly AlertRow[] {
    const by = this.groupBy
    if (by === 'none') return [...alerts.map(alertRow), ...pending.map(pendingRow)]
    const groups = this.#groupOrder.apply(groupAlerts(alerts, by), by)
    const rows = groups.flatMap((group): AlertRow[] => {
      const isOpen = this.#toggled.get(group.id) ?? isOpenAtFirst(groups, group)
      return [{ kind: 'group', id: group.id, group, isOpen }, ...(isOpen ? group.alerts.map(alertRow) : [])]
    })
    if (pending.length === 0) return rows
    const isOpen = this.#toggled.get(pendingGroupId) ?? true
    const head: AlertRow = { kind: 'pending-group', id: pendingGroupId, count: pending.length, isOpen }
    return [...rows, head, ...(isOpen ? pending.map(pendingRow) : [])]
  }

  /** Folds or unfolds a heading. */
  toggle(row: AlertRow): void {
    if (row.kind !== 'group' && row.kind !== 'pending-group') return
    this.#toggled = new Map([...this.#toggled, [row.id, !row.isOpen]])
  }

  /** What the heading of a group says: the rule with its level, or the node. */
  titleOf({ by, alerts: [alert] }: AlertGroup): string {
    if (alert === undefined) return ''
    if (by === 'node') return alertNode(alert)
    const unit = this.#unitOf(alert.metric)
    if (alert.kind !== 'value') return metricText(alert, unit)
    // The level of the group, also while the value of its first alert is not beyond it.
    const beyond = { ...alert, value: alert.condition === 'greater' ? Infinity : -Infinity }
    return `${metricText(alert, unit)} ${conditionText(beyond, undefined, unit)}`
  }

  readonly #unitOf = (metric: string): string => {
    const { store } = this.#app
    return store.directory.units[store.metricIndex(metric)] ?? ''
  }

  readonly #matches = (alert: Alert): boolean => {
    if (this.#words.length === 0) return true
    const unit = this.#unitOf(alert.metric)
    return hasWords(
      alertText(alert, [metricText(alert, unit), ruleText(alert, this.#app.ruleOf(alert), unit)]),
      this.#words,
    )
  }
}
