import { isAcknowledged } from '../alert/acknowledgement.ts'
import type { Alert } from '../alert/alert.ts'
import { formatDuration } from '../format/duration.ts'
import { isFiring, namedAlerts } from './popup-text.ts'
import type { TextFacts } from './popup-text.ts'

/** A time in which monitoring was blind, without a notification of it. */
export interface BlindPeriod {
  /** Epoch ms. */
  readonly since: number
  readonly forMs: number
}

export interface HeldBackDigest {
  readonly kind: 'held-back'
  readonly tag: string
  readonly severity: 'critical' | 'warning'
  readonly title: string
  readonly body: string
  /** The only alert that still fires. */
  readonly alertId?: string
}

/**
 * The one digest at the end of do not disturb. It names what still fires; what is over is counted. Alerts that broke
 * through are not in it: they were shown.
 */
export function heldBackDigest(
  alerts: readonly Alert[],
  blind: readonly BlindPeriod[],
  ctx: TextFacts & { readonly now: number },
): HeldBackDigest {
  const firing = alerts.filter(isFiring)
  const open = firing.filter((alert) => !isAcknowledged(alert, ctx.now))
  const critical = open.filter(({ severity }) => severity === 'critical')
  const warnings = open.filter(({ severity }) => severity !== 'critical')
  const facts = [
    sentence(namedAlerts([...critical, ...warnings], ctx)),
    counted(firing.length - open.length, 'is acknowledged', 'are acknowledged'),
    counted(alerts.length - firing.length, 'resolved meanwhile', 'resolved meanwhile'),
    blindText(blind, ctx),
  ]
  const [only] = open
  return {
    kind: 'held-back',
    tag: 'held-back',
    severity: critical.length > 0 ? 'critical' : 'warning',
    title: `Do not disturb ended: ${firingText(critical.length, warnings.length)}`,
    body: facts.filter((text) => text !== '').join(' '),
    ...(only && open.length === 1 ? { alertId: only.id } : {}),
  }
}

function firingText(critical: number, warnings: number): string {
  const counts = [
    critical > 0 ? `${critical} critical` : '',
    warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '',
  ].filter((count) => count !== '')
  if (counts.length === 0) return 'nothing that came meanwhile still fires'
  return `${counts.join(', ')} still ${critical + warnings === 1 ? 'fires' : 'fire'}`
}

function blindText(periods: readonly BlindPeriod[], { timeOf }: TextFacts): string {
  const [first] = periods
  if (!first) return ''
  const total = formatDuration(periods.reduce((sum, { forMs }) => sum + forMs, 0))
  if (periods.length === 1) return `Monitoring was blind for ${total}, since ${timeOf(first.since)}.`
  return `Monitoring was blind ${periods.length} times, for ${total} in all.`
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}.`
}

function sentence(text: string): string {
  return text === '' ? '' : `${text}.`
}
