import { Alert } from '#shared/alert/alert.ts'
import type { HistoryFact } from '#shared/history/history-figures.ts'
import type { AlertEntry, HistoryFilter } from '#shared/history/history.ts'
import { type AlertFactItem, alertFactsOperation, type AlertItem, listAlertsOperation } from '#shared/rest/alerts.ts'
import type { BackendFailure, CallBackend } from '../rest/rest-client.ts'

/** Alerts of one request for figures: the backend reads their timelines. */
const factsPage = 1_000
/** Requests of one report: what is beyond them is left out, and the reply says so. */
const mostFactPages = 200

/** Result of a request, or one sentence about why the older part is missing. */
export type Older<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly missingReason: string }

export interface OlderPage {
  readonly entries: readonly AlertEntry[]
  /** Of the next page. */
  readonly next: string | undefined
}

/** One page of the backend's history, newest first. */
export async function olderPage(
  call: CallBackend,
  filter: HistoryFilter,
  { cursor, limit }: { readonly cursor: string | undefined; readonly limit: number },
): Promise<Older<OlderPage>> {
  const query = { ...queryOf(filter), limit: String(limit), ...(cursor === undefined ? {} : { cursor }) }
  const response = await call(listAlertsOperation, { query })
  if (!response.ok) return missing(response.failure)
  const entries = response.body.flatMap((item) => entryOfItem(item) ?? [])
  // A backend of an older version ignores the range, and sends no history.
  if (response.body.length > 0 && response.body.every(({ history }) => history === undefined)) return tooOld
  return { ok: true, value: { entries, next: response.next } }
}

/** What figures count of all alerts of the filter, newest first. */
export async function olderFacts(call: CallBackend, filter: HistoryFilter): Promise<Older<readonly HistoryFact[]>> {
  const facts: HistoryFact[] = []
  let cursor: string | undefined
  for (let page = 0; page < mostFactPages; page++) {
    const query = { ...queryOf(filter), limit: String(factsPage), ...(cursor === undefined ? {} : { cursor }) }
    const response = await call(alertFactsOperation, { query })
    if (!response.ok) return isUnknownPath(response.failure) ? tooOld : missing(response.failure)
    facts.push(...response.body.map(factOfItem))
    cursor = response.next
    if (cursor === undefined) return { ok: true, value: facts }
  }
  return { ok: false, missingReason: 'There are too many older alerts for a report. Choose a shorter range.' }
}

/** The entry of an item with its history. `undefined` without one, or if a newer backend sent an alert of a new kind. */
export function entryOfItem(item: AlertItem): AlertEntry | undefined {
  const { history } = item
  if (!history) return undefined
  const alert = Alert.safeParse(alertOfItem(item, history))
  if (!alert.success) return undefined
  const { worst, worst_value: worstValue, flapped } = history
  const by = history.acknowledged_by
  const at = msOf(history.acknowledged_at)
  return {
    kind: 'alert',
    alert: alert.data,
    worst,
    worstValue,
    ...(by === null || at === undefined ? {} : { acknowledged: { by, at } }),
    ...(history.silenced_by === null ? {} : { silencedBy: history.silenced_by }),
    flapped,
    notified: [],
  }
}

/** Without keys that are undefined: the schema of an alert is strict. */
function alertOfItem(item: AlertItem, history: NonNullable<AlertItem['history']>): unknown {
  const optional = {
    resolvedAt: msOf(item.resolved_at),
    resolvedValue: history.resolved_value ?? undefined,
    resolveReason: item.resolve_reason ?? undefined,
    clearSince: msOf(item.clear_since),
    refires: item.refires === 0 ? undefined : item.refires,
    acknowledgement: acknowledgementOf(item),
    notes: item.notes.length === 0 ? undefined : item.notes.map(noteOf),
    flappingSince: msOf(item.flapping_since),
  }
  return {
    id: item.id,
    kind: item.kind,
    ruleId: item.rule_id,
    ruleVersion: item.rule_version,
    nodeId: item.node_id,
    nodeName: item.node_name,
    metric: item.metric_type,
    severity: item.severity,
    phase: item.phase,
    condition: item.condition,
    threshold: item.threshold_value,
    forSeconds: history.for_seconds,
    since: Date.parse(history.since),
    openedAt: Date.parse(item.created_at),
    value: item.kind === 'value' ? item.metric_value : null,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    provisional: false,
  }
}

function acknowledgementOf(item: AlertItem): Alert['acknowledgement'] {
  const { acknowledged_by: by, comment } = item
  const at = msOf(item.acknowledged_at)
  const until = msOf(item.acknowledged_until)
  if (by === null || at === undefined) return undefined
  return { by, at, comment: comment ?? '', ...(until === undefined ? {} : { until }) }
}

function noteOf({ kind, by, at, comment, to }: AlertItem['notes'][number]): NonNullable<Alert['notes']>[number] {
  return { kind, by, at: Date.parse(at), comment, ...(to === null ? {} : { to }) }
}

function factOfItem(item: AlertFactItem): HistoryFact {
  return {
    id: item.id,
    openedAt: Date.parse(item.opened_at),
    resolvedAt: msOf(item.resolved_at) ?? null,
    worst: item.worst,
    acknowledgedAt: msOf(item.acknowledged_at) ?? null,
    flapped: item.flapped,
    nodeId: item.node_id,
    nodeName: item.node_name,
    ruleId: item.rule_id,
    metric: item.metric_type,
    kind: item.kind,
  }
}

function queryOf({ from, to, nodeId, metric, ruleId, severity, outcome, text }: HistoryFilter) {
  const query = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    node_id: nodeId,
    metric,
    rule_id: ruleId,
    worst: severity === 'info' ? undefined : severity,
    outcome,
    text,
  }
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof typeof query]?: NonNullable<(typeof query)[K]>
  }
}

function msOf(time: string | null): number | undefined {
  return time === null ? undefined : Date.parse(time)
}

const tooOld = {
  ok: false,
  missingReason: 'Older alerts are not available: this version of the backend has no history.',
} as const

function missing(failure: BackendFailure): { readonly ok: false; readonly missingReason: string } {
  return { ok: false, missingReason: missingSentence(failure) }
}

function missingSentence(failure: BackendFailure): string {
  if (failure.kind === 'signed-out') return 'Sign in to see older alerts from the backend.'
  if (failure.kind === 'unreachable') return 'Older alerts are not available: the backend does not answer.'
  return `Older alerts are not available: ${failure.problem.detail}`
}

/** For a backend of an older version, `facts` is an id of an alert that is not valid. */
function isUnknownPath(failure: BackendFailure): boolean {
  return failure.kind === 'problem' && (failure.problem.issues ?? []).some(({ path }) => path === 'params.id')
}
