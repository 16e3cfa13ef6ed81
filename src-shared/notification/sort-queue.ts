import { type Alert, isOwnAlert } from '../alert/alert.ts'
import { endedSilenced, isCritical } from './audience.ts'
import type { Audience } from './audience.ts'
import type { PlanFacts, PlannerState, PopupItem } from './notification-plan.ts'
import type { NotificationKey, QueuedNotification } from './queued-notification.ts'

/** The queue, before do not disturb and digests. */
export interface SortedQueue {
  /** Nobody will be notified: they ended silenced, or their node is none of the operator's. */
  readonly drop: readonly QueuedNotification[]
  /** Inhibited or silenced: they wait. If they fire when that ends, nobody has been notified of them. */
  readonly muted: readonly QueuedNotification[]
  readonly open: readonly QueuedNotification[]
}

export function sortQueue(facts: PlanFacts, audience: Audience): SortedQueue {
  const drop: QueuedNotification[] = []
  const muted: QueuedNotification[] = []
  const open: QueuedNotification[] = []
  for (const item of facts.queued) {
    const isMine = isOwnAlert(item.alert) || facts.settings.isMine(item.alert.nodeId)
    if (endedSilenced(item.alert, facts) || !isMine) drop.push(item)
    else if (audience.isMuted(item.alert)) muted.push(item)
    else open.push(item)
  }
  return { drop, muted, open }
}

/** What may be shown now. */
export interface FreeQueue {
  readonly drop: readonly QueuedNotification[]
  /** Do not disturb holds it back until its end, warnings and ended alerts included: its digest counts them. */
  readonly held: readonly QueuedNotification[]
  /** Alerts that fire and want a popup. */
  readonly alerts: readonly QueuedNotification[]
  /** Alerts that are over, and whose beginning was shown. */
  readonly resolved: readonly QueuedNotification[]
}

export function freeQueue(
  open: readonly QueuedNotification[],
  { state, facts, audience }: { readonly state: PlannerState; readonly facts: PlanFacts; readonly audience: Audience },
): FreeQueue {
  const queue = { drop: [] as QueuedNotification[], held: [] as QueuedNotification[] }
  const alerts: QueuedNotification[] = []
  const resolved: QueuedNotification[] = []
  const isOver = (item: QueuedNotification): boolean =>
    item.transition === 'resolved' && wantsResolved(item, state, facts)
  for (const item of open) {
    if (audience.isHeld(item.alert)) queue.held.push(item)
    else if (isOver(item)) resolved.push(item)
    else if (item.transition !== 'resolved' && audience.popsUp(item.alert)) alerts.push(item)
    else queue.drop.push(item)
  }
  return { ...queue, ...withoutRefired(queue.drop, resolved, facts), alerts }
}

/** The recovery of a series that fires again is no news: its popup would contradict the one of the new alert. */
function withoutRefired(
  drop: readonly QueuedNotification[],
  resolved: readonly QueuedNotification[],
  { firing }: PlanFacts,
): Pick<FreeQueue, 'drop' | 'resolved'> {
  if (resolved.length === 0) return { drop, resolved }
  const series = new Set(firing.map(seriesKey))
  const isRefired = ({ alert }: QueuedNotification): boolean => series.has(seriesKey(alert))
  return {
    drop: [...drop, ...resolved.filter(isRefired)],
    resolved: resolved.filter((item) => !isRefired(item)),
  }
}

function seriesKey({ kind, nodeId, metric, ruleId }: Alert): string {
  return JSON.stringify([kind, nodeId, metric, ruleId])
}

/** A recovery is shown only if the beginning was: by this run of the console, or before. */
function wantsResolved({ alert, wasShown }: QueuedNotification, state: PlannerState, facts: PlanFacts): boolean {
  const { resolved } = facts.settings
  const ended = state.ended.get(alert.id)
  if (alert.phase !== 'resolved' || resolved === 'off' || !(wasShown || ended)) return false
  return resolved === 'all' || isCritical(alert) || ended?.wasCritical === true
}

/** One item an alert, with all that it is notified of. */
export function itemsOf(queued: readonly QueuedNotification[]): PopupItem[] {
  const items = new Map<string, PopupItem>()
  for (const { alert, transition } of queued) {
    const transitions = items.get(alert.id)?.transitions ?? []
    items.set(alert.id, { alert, transitions: [...transitions, transition] })
  }
  return [...items.values()]
}

export function keysOf(queued: readonly QueuedNotification[]): NotificationKey[] {
  return queued.map(({ alert, transition }) => ({ alertId: alert.id, transition }))
}
