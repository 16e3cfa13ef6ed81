import type { NodeAlert, NodeAlertEvent } from '#shared/alert/alert.ts'
import { alertEventCodec } from '#shared/codec/domain-codecs.ts'
import type { HistoryOutcome } from '#shared/history/history.ts'
import type { Severity } from '#shared/rule/rule.ts'
import type { Db } from '../db/db.ts'
import type { AlertRow } from './alert-item.ts'
import { alertColumns, alertRow, type StoredAlert } from './repo.ts'

/** A search: its text, in lower case, and what else it means. */
export interface AlertSearch {
  /** As it was typed. PostgreSQL knows the case of letters beyond ASCII only with a locale. */
  readonly typed: string
  readonly lower: string
  /** Metrics whose label has it. */
  readonly metrics: readonly string[]
  /** Kinds of alerts whose words have it. */
  readonly kinds: ReadonlyArray<NodeAlert['kind']>
}

/** Place of an alert in the list, newest first. */
export interface AlertCursorValues {
  /** Epoch ms. */
  readonly openedAt: number
  readonly id: string
}

export interface AlertFilter {
  readonly nodeId: string | undefined
  readonly acknowledged: boolean | undefined
  readonly severity: Severity | undefined
  readonly phase: NodeAlert['phase'] | undefined
  /** Only alerts after this place. */
  readonly after: AlertCursorValues | undefined
  readonly limit: number
  /** Epoch ms: acknowledgements that expired before it do not count. */
  readonly now: number
  /** Opening times, epoch ms; `to` is exclusive. */
  readonly from: number | undefined
  readonly to: number | undefined
  readonly metric: string | undefined
  readonly ruleId: string | undefined
  readonly worst: Severity | undefined
  readonly outcome: HistoryOutcome | undefined
  readonly search: AlertSearch | undefined
}

const hasEvent = (kind: string): string =>
  `exists (select from alert_event where alert_id = alert.id and event ->> 'kind' = '${kind}')`

const wasCritical = `(alert.severity = 'critical' or exists (
  select from alert_event where alert_id = alert.id and event ->> 'severity' = 'critical'))`
const wasAcknowledged = `(alert.acknowledged or ${hasEvent('acknowledged')})`

const outcomes: Readonly<Record<HistoryOutcome, string>> = {
  firing: `alert.phase = 'firing'`,
  resolved: `alert.phase = 'resolved'`,
  acknowledged: wasAcknowledged,
  unacknowledged: `not ${wasAcknowledged}`,
  silenced: `alert.id in (select alert_id from alert_event
    where event ->> 'kind' in ('flapping', 'silenced') and event ->> 'kind' = 'silenced')`,
  flapped: `(alert.alert ? 'flappingSince' or alert.id in (select alert_id from alert_event
    where event ->> 'kind' in ('flapping', 'silenced') and event ->> 'kind' = 'flapping'))`,
}

/** Conditions of a query, and their parameters in order. Input is never a part of the SQL. */
class Conditions {
  readonly values: unknown[] = []
  readonly #sql: string[] = []

  /** `sql` gets the places of its parameters. */
  add(values: readonly unknown[], sql: (...places: string[]) => string): void {
    const first = this.values.length + 1
    this.values.push(...values)
    this.#sql.push(sql(...values.map((_, i) => `$${first + i}`)))
  }

  addIf<T>(value: T | undefined, sql: (place: string) => string): void {
    if (value !== undefined) this.add([value], sql)
  }

  get sql(): string {
    return this.#sql.length === 0 ? 'true' : this.#sql.join(' and ')
  }
}

/** Newest first. */
export async function listAlerts(db: Db, filter: AlertFilter): Promise<AlertRow[]> {
  const conditions = conditionsOf(filter)
  const { rows } = await db.query<StoredAlert>(
    `select ${alertColumns}
     from alert left join node using (node_id) where ${conditions.sql}
     order by alert.opened_at desc, alert.id desc limit $${conditions.values.length + 1}`,
    [...conditions.values, filter.limit],
  )
  return rows.map(alertRow)
}

/** Events of these alerts, oldest first. Those of kinds that belong to a newer version are left out. */
export async function eventsOfAlerts(db: Db, ids: readonly string[]): Promise<Map<string, NodeAlertEvent[]>> {
  const { rows } = await db.query<{ event: unknown }>(
    'select event from alert_event where alert_id = any($1::uuid[]) order by id',
    [ids],
  )
  const events = rows.flatMap(({ event }) => {
    const read = alertEventCodec.decode(event)
    return read.ok ? [read.value] : []
  })
  return Map.groupBy(events, ({ alertId }) => alertId)
}

function conditionsOf(filter: AlertFilter): Conditions {
  const { nodeId, acknowledged, severity, phase, after, metric, ruleId, worst, outcome, search, now } = filter
  const conditions = new Conditions()
  conditions.addIf(nodeId, (node) => `alert.node_id = ${node}`)
  if (acknowledged !== undefined) {
    conditions.add(
      [acknowledged, now],
      (wanted, at) => `${wanted}::boolean = (
        alert.acknowledged and coalesce((alert.alert #>> '{acknowledgement,until}')::numeric > ${at}, true))`,
    )
  }
  conditions.addIf(severity, (one) => `alert.severity = ${one}`)
  conditions.addIf(phase, (one) => `alert.phase = ${one}`)
  conditions.addIf(filter.from, (at) => `alert.opened_at >= to_timestamp(${at}::double precision / 1000)`)
  conditions.addIf(filter.to, (at) => `alert.opened_at < to_timestamp(${at}::double precision / 1000)`)
  if (after) {
    conditions.add(
      [after.openedAt, after.id],
      (at, id) => `(alert.opened_at, alert.id) < (to_timestamp(${at}::double precision / 1000), ${id}::uuid)`,
    )
  }
  conditions.addIf(metric, (one) => `alert.alert ->> 'metric' = ${one}`)
  conditions.addIf(ruleId, (id) => `alert.rule_id = ${id}::uuid`)
  conditions.addIf(worst, (one) => `${one} = case when ${wasCritical} then 'critical' else 'warning' end`)
  if (outcome !== undefined) conditions.add([], () => outcomes[outcome])
  if (search) addSearch(conditions, search)
  return conditions
}

/** The words of `seriesText`, and comments and people of the timeline. */
function addSearch(conditions: Conditions, { typed, lower, metrics, kinds }: AlertSearch): void {
  conditions.add([lower, typed, metrics, kinds], (...places) => {
    const [inLower = '', asTyped = '', labels = '', ofKind = ''] = places
    const has = (text: string): string => `(strpos(lower(${text}), ${inLower}) > 0 or strpos(${text}, ${asTyped}) > 0)`
    const series = `concat_ws(E'\\n', alert.node_id, alert.alert ->> 'nodeName',
      case when alert.alert ->> 'kind' <> 'offline' then alert.alert ->> 'metric' end)`
    const written = `concat_ws(E'\\n', event ->> 'by', event ->> 'comment', event ->> 'to')`
    return `(${has(series)}
      or (alert.alert ->> 'kind' <> 'offline' and alert.alert ->> 'metric' = any(${labels}::text[]))
      or alert.alert ->> 'kind' = any(${ofKind}::text[])
      or alert.id in (select alert_id from alert_event where event ? 'by' and ${has(written)}))`
  })
}
