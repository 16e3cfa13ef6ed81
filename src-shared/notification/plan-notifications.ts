import type { Health } from '../health/health.ts'
import type { Severity } from '../rule/rule.ts'
import { isAcknowledged } from '../alert/acknowledgement.ts'
import type { Alert } from '../alert/alert.ts'
import { alertSentence, truncate, notificationText } from '../alert/alert-text.ts'

const mostSingle = 3
const mostPopupsPerMinute = 6
const mostNamed = 3
const longestText = 200

/** A transition that the operator is owed word of, until a popup showed it or it was dropped. */
export interface QueuedNotification {
  readonly alert: Alert
  readonly transition: 'opened' | 'escalated'
}

export interface NotificationKey {
  readonly alertId: string
  readonly transition: QueuedNotification['transition']
}

export interface NotificationContext {
  readonly health: Health
  /** The machine slept, or the console was closed or cut off: what is due is told in one digest. */
  readonly awayDigest: boolean
  /** Popups in the 60 s before `now`. */
  readonly shownLastMinute: number
  /** Epoch ms. */
  readonly now: number
}

/** One native notification. `settles`: what is not owed any more once it was shown. */
export interface PlannedPopup {
  readonly kind: 'alert' | 'summary' | 'away'
  /** The same tag replaces a popup on the screen rather than adding one. */
  readonly tag: string
  readonly severity: Severity
  readonly title: string
  readonly body: string
  /** Where a click leads: this alert, or the list of alerts without one. */
  readonly alertId?: string
  readonly settles: readonly NotificationKey[]
}

export interface NotificationPlan {
  readonly show: readonly PlannedPopup[]
  /** Not owed any more, without a popup: resolved meanwhile, acknowledged, or a warning (those are only listed). */
  readonly drop: readonly NotificationKey[]
  /** Still owed: to be planned again when health changes, or within the minute. */
  readonly wait: readonly QueuedNotification[]
}

/**
 * What to show of all that is due. While the console is not live, everything waits: what it knows may be over. Then
 * critical alerts that still fire come up, three at most singly, more as one summary; never more than six popups a
 * minute, and the sixth is a summary, so that the seventh alert of a storm is told too.
 */
export function planNotifications(queued: readonly QueuedNotification[], ctx: NotificationContext): NotificationPlan {
  if (queued.length === 0 || ctx.health.kind !== 'live') return { show: [], drop: [], wait: queued }
  if (ctx.awayDigest) return { show: [awayDigest(queued)], drop: [], wait: [] }
  const isWanted = ({ alert }: QueuedNotification): boolean =>
    alert.phase === 'firing' && alert.severity === 'critical' && !isAcknowledged(alert, ctx.now)
  const wanted = queued.filter(isWanted)
  const drop = queued.filter((item) => !isWanted(item)).map(notificationKeyOf)
  if (wanted.length === 0 || ctx.shownLastMinute >= mostPopupsPerMinute) return { show: [], drop, wait: wanted }
  const alerts = alertsOf(wanted)
  const isFew = alerts.length <= mostSingle && ctx.shownLastMinute + alerts.length < mostPopupsPerMinute
  const show = isFew ? alerts.map((alert) => single(alert, wanted)) : [summary(alerts, wanted)]
  return { show, drop, wait: [] }
}

function single(alert: Alert, queued: readonly QueuedNotification[]): PlannedPopup {
  const settles = queued.filter((item) => item.alert.id === alert.id).map(notificationKeyOf)
  const { title, body } = notificationText(alert)
  return { kind: 'alert', tag: alert.id, severity: 'critical', title, body, alertId: alert.id, settles }
}

function summary(alerts: readonly Alert[], queued: readonly QueuedNotification[]): PlannedPopup {
  const title = `[CRITICAL] ${alerts.length} critical ${alerts.length === 1 ? 'alert' : 'alerts'}`
  return {
    kind: 'summary',
    tag: 'summary',
    severity: 'critical',
    title,
    body: named(alerts),
    settles: queued.map(notificationKeyOf),
  }
}

function awayDigest(queued: readonly QueuedNotification[]): PlannedPopup {
  const alerts = alertsOf(queued)
  const critical = alerts.filter((alert) => alert.severity === 'critical')
  const warnings = alerts.length - critical.length
  const counts = [
    critical.length > 0 ? `${critical.length} critical${stillFiring(critical)}` : '',
    warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '',
  ]
  return {
    kind: 'away',
    tag: 'away',
    severity: critical.length > 0 ? 'critical' : 'warning',
    title: `While you were away: ${counts.filter((count) => count !== '').join(', ')}`,
    body: named([...critical, ...alerts].filter((alert, i, all) => isFiring(alert) && all.indexOf(alert) === i)),
    settles: queued.map(notificationKeyOf),
  }
}

function stillFiring(alerts: readonly Alert[]): string {
  const firing = alerts.filter(isFiring).length
  return firing === 0 ? '' : ` (${firing} still firing)`
}

/** "node-12 CPU 97.2 % > 95 %, node-7 …, +40". */
function named(alerts: readonly Alert[]): string {
  const lines = alerts.slice(0, mostNamed).map((alert) => `${alert.nodeId} ${alertSentence(alert)}`)
  const more = alerts.length > mostNamed ? `, +${alerts.length - mostNamed}` : ''
  return truncate(lines.join(', '), longestText - more.length) + more
}

function isFiring(alert: Alert): boolean {
  return alert.phase === 'firing'
}

/** An alert that opened and escalated meanwhile is due twice and told once, as it stands now. */
function alertsOf(queued: readonly QueuedNotification[]): Alert[] {
  return [...new Map(queued.map(({ alert }) => [alert.id, alert])).values()]
}

function notificationKeyOf({ alert, transition }: QueuedNotification): NotificationKey {
  return { alertId: alert.id, transition }
}
