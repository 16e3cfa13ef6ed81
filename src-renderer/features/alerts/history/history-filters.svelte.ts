import type { Alert } from '#shared/alert/alert.ts'
import { dayMs } from '#shared/format/time-units.ts'
import { historyDetails, historyText } from '#shared/history/history-details.ts'
import { isInHistory } from '#shared/history/history-filter.ts'
import type { HistoryFilter, HistoryOutcome } from '#shared/history/history.ts'
import type { AlertSeverity } from '#shared/alert/severity.ts'
import { zoneOffsetAt } from '../../../live/local-time.ts'
import { parseQuery, withPrefix, writtenName } from './history-query.ts'
import {
  customSpan,
  fieldText,
  historyRanges,
  type CustomRange,
  type HistoryRange,
  type Span,
} from './history-range.ts'

/** Somebody who types pauses for so long between two words. */
const typingMs = 250

/** What a link from another page lists. */
export interface ShownHistory {
  readonly range: HistoryRange
  /** Of the range `custom`. */
  readonly span?: Span | undefined
  readonly ruleId?: string
  readonly nodeId?: string
}

/** The filters of the history. Each change asks for the list: what is typed, after a pause. */
export class HistoryFilters {
  readonly #changed: () => void
  #typed = $state('')
  #severity = $state<AlertSeverity | 'any'>('any')
  #outcome = $state<HistoryOutcome | 'any'>('any')
  #range = $state<HistoryRange>('24h')
  #custom = $state.raw<CustomRange>({ from: '', to: '' })
  #ruleId = $state<string>()
  /** The names behind what clicks have written: a name may have characters that are not seen. */
  readonly #names = new Map<string, string>()
  #typing: ReturnType<typeof setTimeout> | undefined

  constructor(changed: () => void) {
    this.#changed = changed
  }

  get typed(): string {
    return this.#typed
  }

  set typed(text: string) {
    this.#typed = text
    this.#changeLater()
  }

  get severity(): AlertSeverity | 'any' {
    return this.#severity
  }

  set severity(severity: AlertSeverity | 'any') {
    this.#severity = severity
    this.#change()
  }

  get outcome(): HistoryOutcome | 'any' {
    return this.#outcome
  }

  set outcome(outcome: HistoryOutcome | 'any') {
    this.#outcome = outcome
    this.#change()
  }

  get range(): HistoryRange {
    return this.#range
  }

  /** The two ends of the range `custom`, as typed. */
  get custom(): CustomRange {
    return this.#custom
  }

  set custom(custom: CustomRange) {
    this.#custom = custom
    this.#changeLater()
  }

  /** The rule of the report whose alerts are listed. */
  get ruleId(): string | undefined {
    return this.#ruleId
  }

  /** Whether one beside the range is set. */
  readonly isAny: boolean = $derived.by(
    () =>
      this.#typed.trim() !== '' || this.#severity !== 'any' || this.#outcome !== 'any' || this.#ruleId !== undefined,
  )

  /** `before`: the ends of the range on screen. A range to choose begins with them. */
  setRange(range: HistoryRange, before: Span): void {
    if (range === 'custom' && this.#range !== 'custom') {
      this.#custom = fieldsOf(before)
    }
    this.#range = range
    this.#change()
  }

  only(prefix: 'node' | 'metric', name: string): void {
    this.#write(prefix, name)
    this.#change()
  }

  show({ range, span, ruleId, nodeId }: ShownHistory): void {
    this.#clear()
    if (span !== undefined) this.#custom = fieldsOf(span)
    this.#range = range
    this.#ruleId = ruleId
    if (nodeId !== undefined) this.#write('node', nodeId)
    this.#change()
  }

  clear(): void {
    this.#clear()
    this.#change()
  }

  readonly removeRule = (): void => {
    this.#ruleId = undefined
    this.#change()
  }

  /** What was typed counts from now on. */
  settle(): void {
    clearTimeout(this.#typing)
  }

  /** The range at `now`, or what is wrong with the chosen one. `newest`: the time up to which alerts are known. */
  span(now: number, newest: number): Span | string {
    if (this.#range === 'custom') return customSpan(this.#custom, { now, offsetAt: zoneOffsetAt })
    const ms = historyRanges.find(({ value }) => value === this.#range)?.ms ?? dayMs
    return { from: now - ms, to: Math.max(now, newest) + 1 }
  }

  filterOf({ from, to }: Span): HistoryFilter {
    const query = parseQuery(this.#typed)
    return {
      from,
      to,
      ...query,
      ...(query.nodeId === undefined ? {} : { nodeId: this.#names.get(query.nodeId) ?? query.nodeId }),
      ...(query.metric === undefined ? {} : { metric: this.#names.get(query.metric) ?? query.metric }),
      ...(this.#ruleId === undefined ? {} : { ruleId: this.#ruleId }),
      ...(this.#severity === 'any' ? {} : { severity: this.#severity }),
      ...(this.#outcome === 'any' ? {} : { outcome: this.#outcome }),
    }
  }

  #write(prefix: 'node' | 'metric', name: string): void {
    const written = writtenName(name)
    this.#names.set(written, name)
    this.#typed = withPrefix(this.#typed, prefix, written)
  }

  #change(): void {
    this.settle()
    this.#changed()
  }

  #changeLater(): void {
    this.settle()
    this.#typing = setTimeout(this.#changed, typingMs)
  }

  #clear(): void {
    this.#typed = ''
    this.#severity = 'any'
    this.#outcome = 'any'
    this.#ruleId = undefined
  }
}

function fieldsOf({ from, to }: Span): CustomRange {
  return { from: fieldText(from, zoneOffsetAt), to: fieldText(to, zoneOffsetAt) }
}

/** Whether a filter would list an alert that fired after its range. */
export function wouldList(filter: HistoryFilter, alert: Alert): boolean {
  const known = { alert, details: historyDetails(alert, []), text: historyText(alert, []) }
  return isInHistory(known, { ...filter, to: Infinity })
}
