import { applyAct, type AlertAct } from '#shared/alert/alert-act.ts'
import { awaySummary, type AwaySummary } from '#shared/alert/away.ts'
import type { Alert, AlertEvent, NodeAlert } from '#shared/alert/alert.ts'
import { anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import { noteEvent } from '#shared/alert/note.ts'
import { wholeNode } from '#shared/alert/series.ts'
import type { IpcReply, IpcRequest, IpcResult } from '#shared/ipc/contract.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { metricOfRule, type Rule } from '#shared/rule/rule.ts'
import { failureReply, okReply, type FakeBridge } from '../bridge/fake-bridge.ts'
import type { PreviewFleet } from './preview-fleet.ts'

export interface PreviewAlertsOptions {
  /** So many alerts of a storm, which began a minute ago. */
  readonly storm: number
  /** The console also has alerts about itself. */
  readonly hasOwn: boolean
  /** The operator comes back. */
  readonly away: boolean
}

const me = 'anna'

/** The alerts of the simulated console. */
export class PreviewAlerts {
  #alerts: readonly Alert[]

  readonly #unseen: Set<string>
  readonly #away: AwaySummary | undefined
  readonly #push: (unseen: string[]) => void

  /** `isAway`: the operator comes back, and two of the alerts are unseen. */
  constructor(alerts: readonly Alert[], isAway: boolean, push: (unseen: string[]) => void) {
    this.#alerts = alerts
    this.#push = push
    const opened = alerts.filter(({ kind, acknowledgement }) => kind === 'value' && acknowledgement === undefined)
    const [one, , two] = opened
    this.#unseen = new Set(isAway && one && two ? [one.id, two.id] : [])
    const now = Date.now()
    const open = alerts.filter(({ phase }) => phase === 'firing')
    this.#away = isAway ? awaySummary({ from: now - 3 * 3_600_000, to: now - 60_000 }, alerts, open) : undefined
  }

  get all(): readonly Alert[] {
    return this.#alerts
  }

  readonly replies: FakeBridge['replies'] = {
    'alerts.list': ({ open }) => okReply(this.#alerts.filter(({ phase }) => (phase === 'firing') === open)),
    'alerts.acknowledge': ({ id, comment, until }) => this.#one(id, acknowledgement(comment, until)),
    'alerts.unacknowledge': ({ id, ...given }) =>
      this.#one(id, { kind: 'unacknowledge', given, by: me, at: Date.now() }),
    'alerts.comment': ({ id, comment }) => this.#one(id, note({ kind: 'commented', comment })),
    'alerts.assign': ({ id, to, comment }) => this.#one(id, note({ kind: 'assigned', to, comment })),
    'alerts.actOnMany': ({ ids, act }) => {
      const wanted = actOf(act)
      return okReply(this.#apply(ids.map((id) => [id, wanted])))
    },
    'alerts.unacknowledgeMany': ({ given }) => {
      const at = Date.now()
      return okReply(
        this.#apply(given.map(({ id, ...key }) => [id, { kind: 'unacknowledge', given: key, by: me, at }])),
      )
    },
    'unseen.list': () => okReply([...this.#unseen]),
    'alerts.seen': (seen) => {
      for (const id of 'all' in seen ? [...this.#unseen] : seen.ids) this.#unseen.delete(id)
      this.#push([...this.#unseen])
      return okReply({})
    },
    'away.get': () => okReply(this.#away ?? null),
    'away.dismiss': () => okReply({}),
    'users.names': () => okReply(['anna', 'ben', 'dmitri']),
  }

  #one(id: string, act: AlertAct): IpcResult<Alert> {
    const { alerts, refused } = this.#apply([[id, act]])
    const [alert] = alerts
    return alert ? okReply(alert) : failureReply('conflict', refused[0]?.message ?? '')
  }

  #apply(acts: ReadonlyArray<readonly [string, AlertAct]>): IpcReply<'alerts.actOnMany'> {
    const byId = new Map(this.#alerts.map((alert) => [alert.id, alert]))
    const alerts: Alert[] = []
    const refused: IpcReply<'alerts.actOnMany'>['refused'] = []
    for (const [id, act] of acts) {
      const before = byId.get(id)
      const result = before && applyAct(before, act)
      if (result?.ok) {
        byId.set(id, result.alert)
        alerts.push(result.alert)
      } else if (result) refused.push({ id, code: result.code, message: result.message })
      else refused.push({ id, code: 'not-found', message: 'This alert no longer exists.' })
    }
    this.#alerts = [...byId.values()]
    return { alerts, refused }
  }
}

function acknowledgement(comment: string, until: number | undefined): AlertAct {
  const given = { by: me, at: Date.now(), comment, ...(until === undefined ? {} : { until }) }
  return { kind: 'acknowledge', acknowledgement: given }
}

const note = (more: { kind: 'commented' | 'assigned'; comment: string; to?: string }): AlertAct => {
  return { kind: 'note', note: { by: me, at: Date.now(), ...more } }
}

function actOf(act: IpcRequest<'alerts.actOnMany'>['act']): AlertAct {
  if (act.kind === 'acknowledge') return acknowledgement(act.comment, act.until)
  if (act.kind === 'comment') return note({ kind: 'commented', comment: act.comment })
  return note({ kind: 'assigned', to: act.to, comment: act.comment })
}

export function timelineOf(alert: Alert | undefined): AlertEvent[] {
  if (!alert) return []
  const line = { alertId: alert.id, ...(alert.value === null ? {} : { value: alert.value }) }
  const { acknowledgement: ack } = alert
  return [
    ...(alert.kind === 'value' || alert.kind === 'lag' ? [{ ...line, kind: 'pending' as const, at: alert.since }] : []),
    { ...line, kind: 'opened', at: alert.openedAt, severity: alert.severity },
    { alertId: alert.id, kind: 'notified', at: alert.openedAt + 5000 },
    ...(ack
      ? [{ alertId: alert.id, kind: 'acknowledged' as const, at: ack.at, by: ack.by, comment: ack.comment }]
      : []),
    ...(alert.notes ?? []).map((written) => noteEvent(alert.id, written)),
  ]
}

/** The alerts of a usual fleet, and those of a storm. */
export function previewAlerts(
  fleet: PreviewFleet,
  rules: readonly Rule[],
  { storm, hasOwn }: PreviewAlertsOptions,
): Alert[] {
  const cpu = rules.find((rule) => metricOfRule(rule) === 'cpu_usage' && rule.scope.kind === 'all')
  const alert = (node: number, minutes: number, more: Partial<NodeAlert> = {}): Alert =>
    anAlert({
      id: anId(node),
      ruleId: cpu?.id ?? anId(1),
      nodeId: fleet.nodes[node]?.id ?? '',
      nodeName: fleet.nodes[node]?.name ?? '',
      since: fleet.startedAt - minutes * 60_000,
      openedAt: fleet.startedAt - minutes * 60_000 + 120_000,
      ...more,
    })
  /** Resolved so many minutes ago. */
  const ended = (node: number, minutes: number, more: Partial<NodeAlert>): Alert =>
    alert(node, minutes + 6, {
      id: anId(500 + node),
      phase: 'resolved',
      resolvedAt: fleet.startedAt - minutes * 60_000,
      resolveReason: 'cleared',
      ...more,
    })
  const warns = { severity: 'warning', threshold: 85, value: 86.4 } as const
  const all = [
    alert(1, 6),
    alert(2, 22, { ...warns, provisional: true }),
    alert(8, 3, { kind: 'offline', metric: wholeNode, threshold: 60, value: null, since: fleet.startedAt - 190_000 }),
    alert(7, 43, {
      acknowledgement: { by: me, at: fleet.startedAt - 720_000, comment: 'batch job, ends 12:30' },
    }),
    alert(9, 14, { ...warns, metric: 'network_traffic', threshold: 900, value: 918, forSeconds: 60 }),
    ended(0, 26, { metric: 'network_traffic', value: 958, resolvedValue: 727 }),
    ended(1, 45, { value: 97.1, resolvedValue: 38.2, clearSince: fleet.startedAt - 47 * 60_000, refires: 1 }),
    alert(11, 31, { ...warns, metric: 'memory_usage', threshold: 90, value: 91 }),
  ]
  const usual = all.filter(
    ({ nodeId }, i) =>
      fleet.nodes.some(({ id }) => id === nodeId) && (fleet.nodes.length > 4 || i < 2 || all[i]?.phase === 'resolved'),
  )
  return [...usual, ...stormAlerts(fleet, alert, storm), ...(hasOwn ? ownAlerts(fleet) : [])]
}

/** One of each severity. */
function ownAlerts({ startedAt }: PreviewFleet): Alert[] {
  const since = (minutes: number): { readonly since: number; readonly openedAt: number } => {
    const at = startedAt - minutes * 60_000
    return { since: at, openedAt: at + 1000 }
  }
  const cause = 'metrics-web, partition 3'
  const away = { severity: 'info', value: null, threshold: 300, forSeconds: 0 } as const
  return [
    anOwnAlert({ id: anId(3001), severity: 'critical', value: 131, threshold: 120, forSeconds: 0, cause, ...since(5) }),
    anOwnAlert({ id: anId(3002), kind: 'rejects', value: 12, threshold: 1, forSeconds: 300, ...since(9) }),
    anOwnAlert({ id: anId(3003), kind: 'backend', ...away, ...since(12) }),
  ]
}

/** Of ten alerts, seven are of the CPU, critical, two warn, one is of the memory. They began within a minute. */
function stormAlerts(
  fleet: PreviewFleet,
  alert: (node: number, minutes: number, more: Partial<NodeAlert>) => Alert,
  count: number,
): Alert[] {
  return Array.from({ length: count }, (_, i) => {
    const openedAt = fleet.startedAt - 60_000 + Math.round(60_000 * (i / count) ** 2)
    const value = 99.6 - (i % 40) / 10
    const time = { openedAt, since: openedAt - 120_000 }
    const node = (20 + i) % fleet.nodes.length
    const id = anId(2000 + i)
    if (i % 10 < 7) return alert(node, 0, { id, value, ...time })
    const ruleId = anId(i % 10 === 9 ? 3 : 1)
    const metric = i % 10 === 9 ? 'memory_usage' : 'cpu_usage'
    return alert(node, 0, { id, ruleId, metric, severity: 'warning', threshold: 85, value: 86 + (i % 9) / 2, ...time })
  })
}
