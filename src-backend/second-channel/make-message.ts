import { alertLine, alertValue } from '#shared/alert/alert-text.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { worstValueOf } from '#shared/alert/worst-value.ts'
import { formatDuration } from '#shared/format/duration.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { mostNamedAlerts, type WebhookAlert, type WebhookMessage } from '#shared/notification/webhook-message.ts'

/** An alert with facts that are stored elsewhere. */
export interface MessageAlert {
  readonly alert: NodeAlert
  /** Unit of its metric, from its producer. */
  readonly unit: string | undefined
  /** Clear level of its rule. */
  readonly clear: number | undefined
}

export interface MessageFacts {
  readonly id: string
  /** Epoch ms. */
  readonly now: number
  readonly team: string
  readonly afterMinutes: number
  readonly connectedConsoles: number
}

/** A message about these alerts. At least one. */
export function alertsMessage(given: readonly MessageAlert[], facts: MessageFacts): WebhookMessage {
  const ordered = given.toSorted((a, b) => rank(a) - rank(b) || a.alert.openedAt - b.alert.openedAt)
  const firing = ordered.filter(({ alert }) => alert.phase === 'firing').length
  const alerts = ordered.slice(0, mostNamedAlerts).map(webhookAlert)
  return {
    ...head(facts),
    kind: 'alerts',
    status: firing > 0 ? 'firing' : 'resolved',
    title: titleOf(ordered.length === 1 ? alerts[0] : undefined, firing, ordered.length - firing),
    text: textOf(firing, facts),
    alerts,
    truncatedAlerts: ordered.length - alerts.length,
  }
}

/** A message that says only that messages arrive. `by`: who asked for it. */
export function testMessage(by: string, facts: MessageFacts): WebhookMessage {
  return {
    ...head(facts),
    kind: 'test',
    status: 'firing',
    title: 'ReMo: test message',
    text: `${shownText(by)} sent a test of the second channel. ${consolesText(facts)}`,
    alerts: [],
    truncatedAlerts: 0,
  }
}

function head({ id, now, team, connectedConsoles }: MessageFacts) {
  return { version: 1, id, createdAt: new Date(now).toISOString(), team, connectedConsoles } as const
}

const rank = ({ alert }: MessageAlert): number => (alert.phase === 'firing' ? 0 : 1)

function webhookAlert({ alert, unit, clear }: MessageAlert): WebhookAlert {
  const { id, kind, nodeId, nodeName, metric, severity, condition, threshold, ruleId, phase } = alert
  const isResolved = phase === 'resolved'
  const summary = isResolved ? resolvedLine(alert, unit) : alertLine(alert, { unit, clear, timeOf: utcTime })
  return {
    ...{ id, status: phase, severity, kind, nodeId, nodeName, metric },
    value: isResolved ? (alert.resolvedValue ?? null) : alert.value,
    ...{ threshold, condition, unit: kind === 'offline' ? '' : metricInfo(metric, unit).unit, ruleId },
    openedAt: new Date(alert.openedAt).toISOString(),
    resolvedAt: isResolved ? new Date(alert.resolvedAt ?? alert.openedAt).toISOString() : null,
    summary,
    link: `remo://alert/${id}`,
  }
}

/** "node-12 CPU 71 %, was 97 %, lasted 6 m 10 s", "node-3 is back, was offline for 12 m". */
function resolvedLine(alert: NodeAlert, unit: string | undefined): string {
  const node = shownText(alert.nodeId)
  const began = alert.kind === 'offline' ? alert.since : alert.openedAt
  const lasted = formatDuration(Math.max(0, (alert.resolvedAt ?? began) - began))
  if (alert.resolveReason === 'node-forgotten') return `${node} was forgotten, lasted ${lasted}`
  if (alert.kind === 'offline') return `${node} is back, was offline for ${lasted}`
  const { shortLabel } = metricInfo(alert.metric, unit)
  if (alert.kind === 'no-data') return `${node} ${shortLabel} data is back, lasted ${lasted}`
  if (alert.resolvedValue === undefined) return `${node} ${shortLabel} ended, lasted ${lasted}`
  const worst = worstValueOf(alert)
  const was = worst === undefined ? '' : `, was ${alertValue({ ...alert, value: worst }, { unit })}`
  return `${node} ${shortLabel} ${alertValue({ ...alert, value: alert.resolvedValue }, { unit })}${was}, lasted ${lasted}`
}

/** Nobody knows the zone of the reader. */
function utcTime(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`
}

function titleOf(single: WebhookAlert | undefined, firing: number, resolved: number): string {
  if (single) return `${single.status === 'firing' ? '[CRITICAL]' : '[RESOLVED]'} ${single.summary}`
  if (firing === 0) return `${resolved} alerts resolved`
  const alerts = firing === 1 ? '1 critical alert' : `${firing} critical alerts`
  return resolved === 0 ? alerts : `${alerts}, ${resolved} resolved`
}

function textOf(firing: number, facts: MessageFacts): string {
  if (firing === 0) return 'It was sent here because no console showed it.'
  const minutes = facts.afterMinutes === 1 ? '1 minute' : `${facts.afterMinutes} minutes`
  const them = firing === 1 ? 'it' : 'them'
  return `No console showed ${them} within ${minutes}, and nobody acknowledged ${them}. ${consolesText(facts)}`
}

function consolesText({ connectedConsoles: connected }: MessageFacts): string {
  if (connected === 0) return 'No console is connected.'
  return connected === 1 ? '1 console is connected.' : `${connected} consoles are connected.`
}
