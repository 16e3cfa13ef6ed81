import { isOwnKind } from '#shared/alert/alert.ts'
import { ownKindText, ownNodeText } from '#shared/alert/own-text.ts'
import { dayMs, hourMs, minuteMs } from '#shared/format/time-units.ts'
import type { IpcFailure, IpcReply } from '#shared/ipc/contract.ts'
import type { HistoryBar, NoisyRule } from '#shared/history/history.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { ruleName } from '#shared/rule/rule-text.ts'
import { isOfflineRule, type Rule } from '#shared/rule/rule.ts'
import { formatLevel } from '#shared/format/number.ts'
import type { AppState } from '../../../live/app-state.svelte.ts'
import { startOfDay, zoneOffsetAt } from '../../../live/local-time.ts'
import { movedSelection } from '../../../ui/lists/list-selection.ts'
import type { HistoryRange, Span } from './history-range.ts'

export const reportRanges = [
  { value: '24h', label: '24\u202fh', days: 1, history: '24h' },
  { value: '7d', label: '7\u202fd', days: 7, history: '7d' },
  { value: '30d', label: '30\u202fd', days: 30, history: 'custom' },
  { value: '90d', label: '90\u202fd', days: 90, history: '90d' },
] as const satisfies ReadonlyArray<{
  readonly value: string
  readonly label: string
  readonly days: number
  readonly history: HistoryRange
}>
export type ReportRange = (typeof reportRanges)[number]['value']

type Report = IpcReply<'history.report'>

/** The report of the page Alerts. It is read anew when its page or its range is shown. */
export class ReportPage {
  readonly #app: AppState
  #range = $state<ReportRange>('7d')
  #request = 0
  #selected = $state<string>()
  loading = $state(false)
  problem = $state.raw<IpcFailure>()
  report = $state.raw<Report>()
  /** The range of the report. */
  span = $state.raw<Span>()
  /** Bars of the chart: days, or hours of a range of one day. */
  bars = $state.raw<readonly HistoryBar[]>([])

  constructor(app: AppState) {
    this.#app = app
  }

  get range(): ReportRange {
    return this.#range
  }

  set range(range: ReportRange) {
    this.#range = range
    // Figures of another range would stand under the new name.
    this.report = undefined
    void this.load()
  }

  get days(): number {
    return reportRanges.find(({ value }) => value === this.#range)?.days ?? 7
  }

  /** The range of the history that has the alerts of the report. */
  get historyRange(): HistoryRange {
    return reportRanges.find(({ value }) => value === this.#range)?.history ?? '7d'
  }

  readonly load = async (): Promise<void> => {
    const request = ++this.#request
    this.loading = true
    const span = this.#spanNow()
    const { bridge } = this.#app
    const [report, hours] = await Promise.all([
      bridge['history.report'](span),
      this.days === 1 ? bridge['history.summary']({ filter: span, bars: 24 }) : undefined,
    ])
    if (request !== this.#request) return
    this.loading = false
    this.span = span
    const failing = report.ok ? hours : report
    this.problem = failing === undefined || failing.ok ? undefined : failing.error
    this.report = report.ok && !this.problem ? report.value : undefined
    if (report.ok) this.bars = hours?.ok ? hours.value.bars : report.value.days
  }

  /** The selected rule; without a choice, the noisiest. */
  get selected(): string | undefined {
    const rules = this.report?.rules ?? []
    return rules.some(({ ruleId }) => ruleId === this.#selected) ? this.#selected : rules[0]?.ruleId
  }

  select(ruleId: string): void {
    this.#selected = ruleId
  }

  move(delta: number): void {
    const ids = (this.report?.rules ?? []).map(({ ruleId }) => ruleId)
    const next = movedSelection(ids, this.selected, delta)
    if (next !== undefined) this.select(next)
  }

  /** `undefined`: the rule was deleted. */
  ruleOf({ ruleId }: Pick<NoisyRule, 'ruleId'>): Rule | undefined {
    return this.#app.rules.items.find(({ id }) => id === ruleId)
  }

  /** `CPU usage > 85 %, all nodes`; of a deleted rule what it was about. */
  nameOf(noisy: NoisyRule): string {
    const rule = this.ruleOf(noisy)
    if (rule) return ruleTitle(rule)
    if (isOwnKind(noisy.kind)) return `${ownKindText[noisy.kind]}, ${ownNodeText.toLowerCase()}`
    const what = noisy.kind === 'offline' ? 'Node offline' : metricInfo(noisy.metric).label
    return `${what}, a deleted threshold`
  }

  /** Whole days of the zone, today included; of one day the last 24 whole hours, this one included. */
  #spanNow(): Span {
    const now = Date.now()
    if (this.days > 1) return { from: startOfDay(now, this.days - 1), to: now + 1 }
    const offset = zoneOffsetAt(now) * minuteMs
    const to = Math.floor((now + offset) / hourMs + 1) * hourMs - offset
    return { from: to - dayMs, to }
  }
}

function ruleTitle(rule: Rule): string {
  if (isOfflineRule(rule)) return ruleName(rule)
  const level = rule.warning ?? rule.critical
  if (level === undefined) return ruleName(rule)
  const { label, unit } = metricInfo(rule.metric)
  const beyond = `${rule.condition === 'greater' ? '>' : '<'} ${formatLevel(level, unit)}`
  return ruleName(rule).replace(label, `${label} ${beyond}`)
}
