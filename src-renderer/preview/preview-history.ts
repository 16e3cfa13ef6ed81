import type { Alert, AlertEvent, NodeAlert, NotifiedAs } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { dayMs, minuteMs, secondMs } from '#shared/format/time-units.ts'
import { historyDetails, historyText } from '#shared/history/history-details.ts'
import { factOf } from '#shared/history/history-fact.ts'
import { byPlace, isBlindInHistory, isInHistory, placeOf } from '#shared/history/history-filter.ts'
import { rangeBefore, ReportCount, SummaryCount } from '#shared/history/history-report.ts'
import type { AlertEntry, HistoryEntry, HistoryFilter } from '#shared/history/history.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import {
  isMetricRule,
  isOfflineRule,
  type MetricRule,
  type OfflineRule,
  type Rule,
  wholeNode,
} from '#shared/rule/rule.ts'
import { failureReply, okReply, type FakeBridge } from '../bridge/fake-bridge.ts'
import type { PreviewFleet } from './preview-fleet.ts'

export interface PreviewHistoryOptions {
  /**
   * `many`: 20,000 alerts. `missing`: the cache begins three days ago, and there is no backend. `broken`: no answer.
   * `slow`: each answer takes two seconds.
   */
  readonly history: 'usual' | 'empty' | 'many' | 'missing' | 'broken' | 'slow'
}

export interface PreviewHistorySource {
  readonly fleet: PreviewFleet
  readonly rules: readonly Rule[]
  /** The alerts that the console lists. */
  readonly alerts: readonly Alert[]
}

interface Past {
  readonly entry: AlertEntry
  readonly events: readonly AlertEvent[]
  readonly text: string
}

const keptDays = 90
const onCall = ['anna', 'ben', 'carla']

/** The history of the simulated fleet: more alerts by day than at night, and a storm in the night before. */
export class PreviewHistory {
  readonly #options: PreviewHistoryOptions
  readonly #source: PreviewHistorySource
  readonly #past: readonly Past[]
  readonly #blind: readonly HistoryEntry[]

  constructor(options: PreviewHistoryOptions, source: PreviewHistorySource) {
    this.#options = options
    this.#source = source
    const isEmpty = options.history === 'empty' || source.fleet.nodes.length === 0
    this.#past = isEmpty ? [] : pastOf(source, options.history === 'many' ? 20_000 : 1_400)
    const { startedAt } = source.fleet
    const blind = (hoursAgo: number, minutes: number, cause: string): HistoryEntry => {
      const from = startedAt - hoursAgo * 60 * minuteMs
      return { kind: 'blind', from, to: from + minutes * minuteMs, cause }
    }
    this.#blind = isEmpty
      ? []
      : [
          blind(14, 3, 'Kafka did not answer.'),
          blind(31, 412, 'ReMo was not running.'),
          blind(140, 9, 'The computer slept.'),
        ]
  }

  replies(): FakeBridge['replies'] {
    return {
      'history.list': async ({ filter, cursor, limit }) => {
        await this.#delay()
        if (this.#options.history === 'broken') return brokenCache()
        const found = this.#find(filter)
        const from = Number(cursor ?? 0)
        const entries = found.slice(from, from + limit)
        const isLast = from + limit >= found.length
        return okReply({ entries, ...(isLast ? {} : { next: String(from + limit) }), ...this.#missing(filter.from) })
      },
      'history.summary': async ({ filter, bars }) => {
        await this.#delay()
        if (this.#options.history === 'broken') return brokenCache()
        const count = new SummaryCount(filter, { bars, now: Date.now() })
        for (const entry of this.#find(filter)) if (entry.kind === 'alert') count.add(factOf(entry))
        return okReply({ ...count.summary, ...this.#missing(filter.from) })
      },
      'history.report': async (range) => {
        await this.#delay()
        if (this.#options.history === 'broken') return brokenCache()
        const offsetAt = (at: number): number => -new Date(at).getTimezoneOffset()
        const count = new ReportCount(range, { offsetAt, now: Date.now() })
        const all = this.#find({ from: rangeBefore(range).from, to: range.to })
        for (const entry of all) if (entry.kind === 'alert') count.add(factOf(entry))
        const missing = this.#missing(rangeBefore(range).from)
        return okReply({
          ...count.report,
          ...('missingReason' in missing ? { before: null } : {}),
          ...this.#missing(range.from),
        })
      },
      'history.entry': ({ id }) => {
        const found = this.#past.find(({ entry }) => entry.alert.id === id)
        return found ? okReply(found.entry) : failureReply('not-found', 'This alert is not in the history any more.')
      },
      'history.export': ({ filter }) =>
        okReply({ saved: true, path: '/home/anna/remo-alerts.csv', rows: this.#find(filter).length }),
    }
  }

  /** The timeline of an alert of the past. */
  timelineOf(id: string): readonly AlertEvent[] | undefined {
    return this.#past.find(({ entry }) => entry.alert.id === id)?.events
  }

  async #delay(): Promise<void> {
    if (this.#options.history === 'slow') await new Promise((resolve) => setTimeout(resolve, 2 * secondMs))
  }

  #missing(from: number): { missingReason?: string } {
    const begin = this.#source.fleet.startedAt - 3 * dayMs
    if (this.#options.history !== 'missing' || from >= begin) return {}
    const day = new Date(begin).toISOString().slice(0, 10)
    return { missingReason: `The cache has alerts since ${day}. Older ones need a backend.` }
  }

  #find(filter: HistoryFilter): readonly HistoryEntry[] {
    const begin = this.#options.history === 'missing' ? this.#source.fleet.startedAt - 3 * dayMs : 0
    const from = Math.max(filter.from, begin)
    const past = this.#past.filter(({ entry, text }) => {
      return isInHistory({ alert: entry.alert, details: entry, text }, { ...filter, from })
    })
    const blind = this.#blind.filter((entry) => entry.kind === 'blind' && isBlindInHistory(entry, { ...filter, from }))
    return [...past.map(({ entry }) => entry), ...blind].sort((a, b) => byPlace(placeOf(a), placeOf(b)))
  }
}

/** Of a cache that cannot be read. */
export function brokenCache() {
  return failureReply('unavailable', 'The local cache cannot be read: the disk is full.')
}

function pastOf(source: PreviewHistorySource, count: number): readonly Past[] {
  const made = Array.from({ length: count }, (_, i) => pastAlert(source, i, count))
  return [...made, ...source.alerts.map((alert) => pastOfListed(alert))]
}

/** What the console lists has no other history than its state. */
function pastOfListed(alert: Alert): Past {
  const opened = { alertId: alert.id, kind: 'opened', at: alert.openedAt, severity: alert.severity } as const
  const events: AlertEvent[] = [{ ...opened, ...(alert.value === null ? {} : { value: alert.value }) }]
  if (alert.kind !== 'no-data') events.push({ alertId: alert.id, kind: 'notified', at: alert.openedAt, as: 'popup' })
  return pastWith(alert, events)
}

function pastWith(alert: Alert, events: readonly AlertEvent[]): Past {
  const entry = { kind: 'alert' as const, alert, ...historyDetails(alert, events) }
  return { entry, events, text: historyText(alert, events) }
}

/** The nth alert of the past: the same at every start, but for the time of the start. */
function pastAlert({ fleet, rules }: PreviewHistorySource, i: number, count: number): Past {
  const chance = (salt: number): number => fraction(i * 31 + salt)
  const node = fleet.nodes[Math.floor(chance(2) ** 2 * fleet.nodes.length)] ?? { id: 'node-1', name: 'node-1' }
  const openedAt = openedAtOf(fleet.startedAt, { i, count, chance })
  const alert = anAlert({
    id: anId(100_000 + i),
    nodeId: node.id,
    nodeName: node.name,
    openedAt,
    phase: 'resolved',
    resolvedAt: openedAt + Math.round((40 + 2600 * chance(5) ** 3) * secondMs),
    ...(chance(3) > 0.93 ? offlineOf(rules, openedAt) : breachOf(rules, { openedAt, chance })),
  })
  return pastWith(alert, eventsOf(alert, chance))
}

function offlineOf(rules: readonly Rule[], openedAt: number): Partial<NodeAlert> {
  const { id = anId(1), seconds = 60 } = rules.find((one): one is OfflineRule => isOfflineRule(one)) ?? {}
  const what = { kind: 'offline', metric: wholeNode, severity: 'critical', value: null } as const
  return {
    ...what,
    ruleId: id,
    threshold: seconds,
    since: openedAt - seconds * secondMs,
    resolveReason: 'data-returned',
  }
}

interface Breach {
  readonly openedAt: number
  readonly chance: (salt: number) => number
}

function breachOf(rules: readonly Rule[], { openedAt, chance }: Breach): Partial<NodeAlert> {
  const general = rules.filter((one): one is MetricRule => isMetricRule(one) && one.scope.kind === 'all')
  const rule = general[Math.floor(chance(1) ** 2 * general.length)]
  if (rule === undefined) return {}
  const severity = chance(4) > 0.72 && rule.critical !== undefined ? 'critical' : 'warning'
  const level = rule[severity] ?? rule.warning ?? 90
  const { id: ruleId, metric, condition, forSeconds } = rule
  const sign = condition === 'less' ? -1 : 1
  const ends: Partial<NodeAlert> =
    chance(7) > 0.95
      ? { resolveReason: 'rule-changed' }
      : { resolveReason: 'cleared', resolvedValue: level * (1 - sign * (0.1 + 0.3 * chance(8))) }
  const value = level * (1 + sign * 0.04 * chance(6))
  const since = openedAt - forSeconds * secondMs
  return { ruleId, metric, condition, forSeconds, severity, threshold: level, value, since, ...ends }
}

interface Opening {
  readonly i: number
  readonly count: number
  readonly chance: (salt: number) => number
}

/** Every twentieth is of the storm, 8 hours before the start. Half of the others are of the last week. */
function openedAtOf(startedAt: number, { i, chance }: Opening): number {
  if (i % 20 === 0 && i < 480) return startedAt - 8 * 60 * minuteMs + (chance(9) - 0.5) * 50 * minuteMs
  const days = chance(10) > 0.5 ? 7 : keptDays
  const at = startedAt - (chance(11) * days * dayMs + 10 * minuteMs)
  // More of them by day: what falls into the night moves by half a day.
  return new Date(at).getHours() < 6 && chance(12) > 0.4 ? at - dayMs / 2 : at
}

function eventsOf(alert: Alert, chance: (salt: number) => number): readonly AlertEvent[] {
  const { id: alertId, openedAt, severity, value, since, resolvedAt = openedAt, resolvedValue } = alert
  const by = onCall[Math.floor(chance(20) * onCall.length)] ?? 'anna'
  const at = (share: number): number => openedAt + (resolvedAt - openedAt) * share
  const withValue = value === null ? {} : { value }
  const events: AlertEvent[] = [
    ...(value === null ? [] : [{ alertId, kind: 'pending' as const, at: since, value }]),
    { alertId, kind: 'opened', at: openedAt, severity, ...withValue },
    ...(chance(21) > 0.3 || severity === 'critical' ? [notified(alertId, openedAt + secondMs, chance)] : []),
  ]
  if (chance(22) > 0.5)
    events.push({ alertId, kind: 'acknowledged', at: at(0.1 + 0.2 * chance(23)), by, comment: 'looking' })
  if (chance(24) > 0.8) events.push({ alertId, kind: 'commented', at: at(0.5), by, comment: 'moved the batch job' })
  if (chance(25) > 0.95) events.push({ alertId, kind: 'silenced', at: at(0.4), by: 'ben', comment: 'the backup runs' })
  if (chance(26) > 0.93)
    events.push({ alertId, kind: 'flapping', at: at(0.3) }, { alertId, kind: 'settled', at: at(0.9) })
  events.push({
    alertId,
    kind: 'resolved',
    at: resolvedAt,
    ...(resolvedValue === undefined ? {} : { value: resolvedValue }),
  })
  return events
}

function notified(alertId: string, at: number, chance: (salt: number) => number): AlertEvent {
  const as: NotifiedAs = chance(30) > 0.8 ? 'summary' : chance(31) > 0.9 ? 'digest' : 'popup'
  return { alertId, kind: 'notified', at, as }
}

/** From 0 to 1, without a visible pattern. */
function fraction(n: number): number {
  const x = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d)
  return ((Math.imul(x ^ (x >>> 12), 0x297a2d39) ^ (x >>> 15)) >>> 0) / 2 ** 32
}
