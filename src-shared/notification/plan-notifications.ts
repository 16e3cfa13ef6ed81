import type { Health } from '../health/health.ts'
import type { Severity } from '../rule/rule.ts'
import { isAcknowledged } from '../alert/acknowledgement.ts'
import type { Alert } from '../alert/alert.ts'
import { countedAlerts, isInhibited, type IsSilenced, offlineNodes } from '../alert/inhibit.ts'
import { notificationText } from '../alert/alert-text.ts'
import { isHeldBack } from '../do-not-disturb/do-not-disturb.ts'
import type { DoNotDisturb, NotificationTopic } from '../do-not-disturb/do-not-disturb.ts'
import { heldBackDigest } from './held-back-digest.ts'
import type { BlindPeriod } from './held-back-digest.ts'
import { isFiring, namedAlerts } from './popup-text.ts'
import type { TextFacts } from './popup-text.ts'
import type { NotificationKey, QueuedNotification } from './queued-notification.ts'

const mostSingle = 3
const mostPopupsPerMinute = 6

export interface NotificationContext extends TextFacts {
  readonly health: Health
  /** The computer slept, or the console was closed or disconnected: one digest replaces the queued notifications. */
  readonly awayDigest: boolean
  readonly doNotDisturb: DoNotDisturb
  /** Do not disturb has ended: one digest replaces what is queued. With the times in which monitoring was blind. */
  readonly heldBack?: { readonly blind: readonly BlindPeriod[] }
  /** Popups in the 60 s before `now`. */
  readonly shownLastMinute: number
  /** Epoch ms. */
  readonly now: number
  /** All firing alerts: a summary counts them, and offline nodes inhibit the others of their node. */
  readonly firing: readonly Alert[]
  readonly isSilenced: IsSilenced
  /** A summary is on the screen. It is brought up to date instead of adding popups beside it. */
  readonly isSummaryShown: boolean
}

/** A popup on the screen, and the notifications that it shows, with the present state of their alerts. */
export interface ShownPopup {
  readonly popup: PlannedPopup
  readonly items: readonly QueuedNotification[]
}

/** One desktop notification. `settles`: the queued notifications that it covers. */
export interface PlannedPopup {
  readonly kind: 'alert' | 'summary' | 'away' | 'held-back'
  /** A popup replaces the one on the screen with the same tag. */
  readonly tag: string
  readonly severity: Severity
  readonly title: string
  readonly body: string
  /** Target of a click: this alert, or without one the list of alerts. */
  readonly alertId?: string
  /** Of a digest: when monitoring was blind meanwhile. */
  readonly blind?: readonly BlindPeriod[]
  readonly settles: readonly NotificationKey[]
}

export interface NotificationPlan {
  readonly show: readonly PlannedPopup[]
  /** To drop without a popup: resolved, acknowledged, or a warning (those are only listed). */
  readonly drop: readonly NotificationKey[]
  /** Still queued: plan again when health changes, or within the minute. */
  readonly wait: readonly QueuedNotification[]
}

/**
 * Decides which queued notifications to show. While the console is not live, all wait: their alerts may be over.
 * Otherwise critical alerts that still fire get popups: up to three single ones, or one summary of all that fire.
 * Inhibited alerts wait: if they still fire when their node returns, nobody has been notified of them yet. So do silenced
 * ones until no silence matches; one that ended silenced is dropped, and no digest counts it. What do not disturb holds
 * back waits, too, warnings and ended alerts included: its digest counts them.
 *
 * At most six popups a minute. The sixth is a summary, so it also covers the alerts after it.
 */
export function planNotifications(queued: readonly QueuedNotification[], ctx: NotificationContext): NotificationPlan {
  if (ctx.health.kind !== 'live') return { show: [], drop: [], wait: queued }
  const offline = offlineNodes([...ctx.firing, ...queued.map(({ alert }) => alert)])
  const isMuted = ({ alert }: QueuedNotification): boolean => isInhibited(alert, offline) || ctx.isSilenced(alert)
  const muted = queued.filter(isMuted)
  const ended = queued.filter(({ alert }) => endedSilenced(alert, ctx))
  const open = queued.filter((item) => !isMuted(item) && !endedSilenced(item.alert, ctx))
  const digest = digestOf(open, ctx)
  if (digest) return { show: [digest], drop: ended.map(notificationKeyOf), wait: muted }
  const held = new Set(heldNotifications(open, ctx))
  const free = open.filter((item) => !held.has(item))
  const wanted = free.filter(({ alert }) => needsPopup(alert, ctx.now))
  const drop = [...ended, ...free.filter(({ alert }) => !needsPopup(alert, ctx.now))].map(notificationKeyOf)
  const later = [...muted, ...held]
  if (wanted.length === 0 || ctx.shownLastMinute >= mostPopupsPerMinute) {
    return { show: [], drop, wait: [...wanted, ...later] }
  }
  const alerts = alertsOf(wanted)
  const fits = alerts.length <= mostSingle && ctx.shownLastMinute + alerts.length < mostPopupsPerMinute
  const show =
    fits && !ctx.isSummaryShown
      ? alerts.map((alert) => single(alert, wanted, ctx))
      : [summary([...alerts, ...countedAlerts(ctx.firing, ctx.isSilenced)], wanted, ctx)]
  return { show, drop, wait: later }
}

/** Whether a silence matched the alert when it ended, moments ago: its notification waited for nothing. */
function endedSilenced(alert: Alert, { isSilenced }: Pick<NotificationContext, 'isSilenced'>): boolean {
  return alert.phase === 'resolved' && isSilenced({ ...alert, phase: 'firing' })
}

/** Those that do not disturb holds back until its end. Silences come first. */
export function heldNotifications(
  queued: readonly QueuedNotification[],
  ctx: Pick<NotificationContext, 'doNotDisturb' | 'isSilenced' | 'now'>,
): readonly QueuedNotification[] {
  const { doNotDisturb, now } = ctx
  const audible = queued.filter(({ alert }) => !ctx.isSilenced(alert) && !endedSilenced(alert, ctx))
  return audible.filter(({ alert }) => isHeldBack(topicOf(alert, now), doNotDisturb, now))
}

/** What ended or is acknowledged is no critical alert any more: nobody has to act on it. */
function topicOf(alert: Alert, now: number): NotificationTopic {
  return { kind: 'alert', severity: needsPopup(alert, now) ? 'critical' : 'warning' }
}

/** The digest that replaces the queued notifications; none while do not disturb is on. */
function digestOf(open: readonly QueuedNotification[], ctx: NotificationContext): PlannedPopup | undefined {
  if (isHeldBack({ kind: 'digest' }, ctx.doNotDisturb, ctx.now)) return undefined
  if (ctx.heldBack && open.length + ctx.heldBack.blind.length > 0) {
    return heldDigest(open, ctx.heldBack.blind, ctx)
  }
  return ctx.awayDigest && open.length > 0 ? awayDigest(open, ctx) : undefined
}

function heldDigest(
  open: readonly QueuedNotification[],
  blind: readonly BlindPeriod[],
  ctx: RefreshFacts,
): PlannedPopup {
  return { ...heldBackDigest(alertsOf(open), blind, ctx), blind, settles: open.map(notificationKeyOf) }
}

type RefreshFacts = Pick<NotificationContext, 'firing' | 'isSilenced' | 'clearLevelOf' | 'timeOf' | 'now'>

/** What a popup is about, for do not disturb. */
export function topicOfPopup({ kind, severity }: PlannedPopup): NotificationTopic {
  return kind === 'away' || kind === 'held-back' ? { kind: 'digest' } : { kind: 'alert', severity }
}

/**
 * The popup as it has to be now.
 *
 * | popup         | shows                                      | `undefined`: withdraw it if                       |
 * |---------------|--------------------------------------------|---------------------------------------------------|
 * | of one alert  | the alert with its present level           | it ended, eased, is acknowledged, inhibited or silenced |
 * | summary       | how many critical alerts fire now          | none of them does                                 |
 * | digest        | how many of its alerts still fire          | never: it says what was                           |
 */
export function refreshedPopup({ popup, items }: ShownPopup, ctx: RefreshFacts): PlannedPopup | undefined {
  const alerts = alertsOf(items)
  switch (popup.kind) {
    case 'alert': {
      const [alert] = alerts
      if (!alert || !needsPopup(alert, ctx.now)) return undefined
      const isMuted = isInhibited(alert, offlineNodes(ctx.firing)) || ctx.isSilenced(alert)
      return isMuted ? undefined : single(alert, items, ctx)
    }
    case 'summary': {
      const firing = countedAlerts(uniqueById([...alerts, ...ctx.firing]), ctx.isSilenced)
      return firing.some((alert) => needsPopup(alert, ctx.now)) ? summary(firing, items, ctx) : undefined
    }
    case 'away':
      return awayDigest(items, ctx)
    case 'held-back':
      return heldDigest(items, popup.blind ?? [], ctx)
  }
}

/** Critical, firing, and not acknowledged. */
function needsPopup(alert: Alert, now: number): boolean {
  return isFiring(alert) && alert.severity === 'critical' && !isAcknowledged(alert, now)
}

function single(alert: Alert, queued: readonly QueuedNotification[], ctx: TextFacts): PlannedPopup {
  const settles = queued.filter((item) => item.alert.id === alert.id).map(notificationKeyOf)
  const why = againText(alert, queued)
  const { title, body } = notificationText(alert, { clear: ctx.clearLevelOf(alert), timeOf: ctx.timeOf }, why)
  return { kind: 'alert', tag: alert.id, severity: 'critical', title, body, alertId: alert.id, settles }
}

/** Why an alert that was notified before is notified again. */
function againText({ id }: Alert, queued: readonly QueuedNotification[]): string {
  const transitions = queued.filter((item) => item.alert.id === id).map(({ transition }) => transition)
  if (transitions.includes('opened') || transitions.includes('escalated')) return ''
  if (transitions.includes('expired')) return 'Its acknowledgement has ended.'
  return transitions.includes('unsilenced') ? 'Its silence has ended.' : ''
}

/** The first of the alerts are named. */
function summary(
  alerts: readonly Alert[],
  queued: readonly QueuedNotification[],
  ctx: Pick<NotificationContext, 'clearLevelOf' | 'timeOf' | 'now'>,
): PlannedPopup {
  const counted = uniqueById(alerts).filter((alert) => needsPopup(alert, ctx.now))
  return {
    kind: 'summary',
    tag: 'summary',
    severity: 'critical',
    title: `[CRITICAL] ${counted.length} critical ${counted.length === 1 ? 'alert' : 'alerts'}`,
    body: namedAlerts(counted, ctx),
    settles: queued.map(notificationKeyOf),
  }
}

function awayDigest(queued: readonly QueuedNotification[], ctx: TextFacts): PlannedPopup {
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
    severity: critical.some(isFiring) ? 'critical' : 'warning',
    title: `While you were away: ${counts.filter((count) => count !== '').join(', ')}`,
    body: namedAlerts(
      [...critical, ...alerts].filter((alert, i, all) => isFiring(alert) && all.indexOf(alert) === i),
      ctx,
    ),
    settles: queued.map(notificationKeyOf),
  }
}

function stillFiring(alerts: readonly Alert[]): string {
  const firing = alerts.filter(isFiring).length
  return firing === 0 ? '' : ` (${firing} still firing)`
}

/** An alert that opened and escalated is queued twice and shown once, in its current state. */
function alertsOf(queued: readonly QueuedNotification[]): Alert[] {
  return uniqueById(queued.map(({ alert }) => alert))
}

function uniqueById(alerts: readonly Alert[]): Alert[] {
  return [...new Map(alerts.map((alert) => [alert.id, alert])).values()]
}

function notificationKeyOf({ alert, transition }: QueuedNotification): NotificationKey {
  return { alertId: alert.id, transition }
}
