import type { Alert } from '../alert/alert.ts'
import { isAcknowledged } from '../alert/acknowledgement.ts'
import { formatDuration } from '../format/duration.ts'
import { secondMs } from '../format/time-units.ts'
import { isCritical } from './audience.ts'
import type { HeldBack, PopupItem, TextFacts } from './notification-plan.ts'
import { namedAlerts, namesOf, worstFirst } from './popup-text.ts'
import type { PopupText } from './popup-text.ts'

/** The alerts of a digest, at the time of its text. */
interface Reported {
  /** They fired meanwhile. */
  readonly fired: readonly Alert[]
  /** Of those, what fires now and nobody has acknowledged. */
  readonly open: readonly PopupItem[]
  readonly acknowledged: number
  readonly resolved: number
  /** They were shown before, and are over. */
  readonly resolvedBefore: number
}

function reported(items: readonly PopupItem[], now: number): Reported {
  const isOld = ({ transitions }: PopupItem): boolean => transitions.every((transition) => transition === 'resolved')
  const fired = items.filter((item) => !isOld(item))
  const firing = fired.filter(({ alert }) => alert.phase === 'firing')
  const open = firing.filter(({ alert }) => !isAcknowledged(alert, now))
  return {
    fired: fired.map(({ alert }) => alert),
    open: worstFirst(open),
    acknowledged: firing.length - open.length,
    resolved: fired.length - firing.length,
    resolvedBefore: items.filter((item) => isOld(item) && item.alert.phase === 'resolved').length,
  }
}

/** What a digest has that needs somebody. */
export function openOf(items: readonly PopupItem[], now: number): readonly PopupItem[] {
  return reported(items, now).open
}

/** "Do not disturb ended after 1 h", "5 warnings fired, 4 resolved. 1 still fires: node-22 Disk I/O 412 MB/s." */
export function heldBackText(
  items: readonly PopupItem[],
  { blind, forMs }: HeldBack,
  facts: TextFacts & { readonly now: number },
): PopupText {
  const { fired, open, acknowledged, resolved, resolvedBefore } = reported(items, facts.now)
  const after = forMs === undefined ? '' : ` after ${formatDuration(Math.round(forMs / secondMs) * secondMs)}`
  const body = [
    firedText(fired, resolved),
    stillText(open, facts),
    counted(acknowledged, 'is acknowledged', 'are acknowledged'),
    counted(resolvedBefore, 'from before resolved', 'from before resolved'),
    blindText(blind, facts),
  ]
  return { title: `Do not disturb ended${after}`, body: joined(body) }
}

function firedText(fired: readonly Alert[], resolved: number): string {
  if (fired.length === 0) return ''
  return `${countsText(fired)} fired${resolved === 0 ? '' : `, ${resolved} resolved`}.`
}

function stillText(open: readonly PopupItem[], facts: TextFacts): string {
  if (open.length === 0) return ''
  return `${open.length} still ${open.length === 1 ? 'fires' : 'fire'}: ${namesOf(open, facts, false)}.`
}

/** "2 critical, 5 warnings". */
function countsText(alerts: readonly Alert[]): string {
  const critical = alerts.filter(isCritical).length
  const warnings = alerts.length - critical
  const counts = [
    critical > 0 ? `${critical} critical` : '',
    warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '',
  ]
  return counts.filter((count) => count !== '').join(', ')
}

function blindText(periods: HeldBack['blind'], { timeOf }: TextFacts): string {
  const [first] = periods
  if (!first) return ''
  const total = formatDuration(periods.reduce((sum, { forMs }) => sum + forMs, 0))
  if (periods.length === 1) return `Monitoring was blind for ${total}, since ${timeOf(first.since)}.`
  return `Monitoring was blind ${periods.length} times, for ${total} in all.`
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}.`
}

function joined(sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

/** "While you were away: 3 critical (2 still firing), 2 warnings". */
export function awayText(items: readonly PopupItem[], facts: TextFacts & { readonly now: number }): PopupText {
  const { fired, resolvedBefore } = reported(items, facts.now)
  const critical = fired.filter(isCritical)
  const warnings = fired.length - critical.length
  const counts = [
    critical.length > 0 ? `${critical.length} critical${stillFiring(critical)}` : '',
    warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '',
  ]
  const firing = items.filter(({ alert }) => alert.phase === 'firing')
  const ordered = [
    ...firing.filter(({ alert }) => isCritical(alert)),
    ...firing.filter(({ alert }) => !isCritical(alert)),
  ]
  const names = ordered.length === 0 ? '' : `${namedAlerts(ordered, facts)}.`
  return {
    title: `While you were away: ${counts.filter((count) => count !== '').join(', ')}`,
    body: joined([names, counted(resolvedBefore, 'from before resolved', 'from before resolved')]),
  }
}

function stillFiring(alerts: readonly Alert[]): string {
  const firing = alerts.filter(({ phase }) => phase === 'firing').length
  return firing === 0 ? '' : ` (${firing} still firing)`
}
