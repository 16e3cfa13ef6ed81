import { minuteMs } from '#shared/format/time-units.ts'
import type { WebhookAlert, WebhookMessage } from '#shared/notification/webhook-message.ts'

type Labels = Readonly<Record<string, string>>

interface AlertmanagerAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
  readonly fingerprint: string
}

/** How Go writes the time of an alert that has not ended. */
const noEnd = '0001-01-01T00:00:00Z'
const receiver = 'remo'

/**
 * What Alertmanager 0.2x sends to a webhook receiver, version 4 of its format.
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function alertmanagerPayload(message: WebhookMessage): object {
  const { kind, status, team, alerts: named, truncatedAlerts } = message
  const alerts = kind === 'test' ? [testAlert(message)] : named.map((alert) => alertOf(alert, message))
  return {
    version: '4',
    groupKey: `{}:{receiver=${JSON.stringify(receiver)}, team=${JSON.stringify(team)}}`,
    truncatedAlerts,
    status,
    receiver,
    groupLabels: {},
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: '',
    alerts,
  }
}

/** `alertname` is what receivers group by. */
function alertOf(alert: WebhookAlert, { text, team }: WebhookMessage): AlertmanagerAlert {
  const { id, status, severity, kind, nodeId, nodeName, metric, ruleId, summary, openedAt, resolvedAt, link } = alert
  return {
    status,
    labels: {
      alertname: kind === 'offline' ? 'NodeOffline' : metric,
      severity,
      kind,
      node: nodeId,
      node_name: nodeName,
      ...(kind === 'offline' ? {} : { metric }),
      rule: ruleId,
      ...(team === '' ? {} : { team }),
    },
    annotations: { summary, description: text },
    startsAt: openedAt,
    endsAt: resolvedAt ?? noEnd,
    generatorURL: link,
    fingerprint: fingerprintOf(id),
  }
}

/** It ends by itself: nothing resolves it. */
function testAlert({ id, createdAt, title, text, team }: WebhookMessage): AlertmanagerAlert {
  return {
    status: 'firing',
    labels: { alertname: 'RemoTest', severity: 'info', ...(team === '' ? {} : { team }) },
    annotations: { summary: title, description: text },
    startsAt: createdAt,
    endsAt: new Date(Date.parse(createdAt) + 5 * minuteMs).toISOString(),
    generatorURL: '',
    fingerprint: fingerprintOf(id),
  }
}

/** 64 bits, as Alertmanager's. The same for the whole life of an alert. */
function fingerprintOf(id: string): string {
  return id.replaceAll('-', '').slice(-16)
}

/** The labels that all have, with the same value. */
function common([first = {}, ...others]: readonly Labels[]): Labels {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((labels) => labels[name] === value)),
  )
}
