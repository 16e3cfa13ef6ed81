import type { Alert } from '../alert/alert.ts'
import { stormMemoryMs } from '../alert/storm.ts'
import { minuteMs } from '../format/time-units.ts'
import { isWithdrawn } from '../team/merge-alert.ts'
import { isCritical, isNew } from './audience.ts'
import type { PlannedPopup, PlannerState, PopupItem, ShownPopup } from './notification-plan.ts'
import type { ShownNotification } from './queued-notification.ts'

/** Delay after the system refused a popup, ms. */
const retryAfterMs = minuteMs

/** At its start the console is not live, and what is queued is from before. `now`: epoch ms. */
export function initialPlannerState(now: number): PlannerState {
  return {
    popups: new Map(),
    shownAt: [],
    waiting: new Map(),
    arrivals: new Map(),
    isStormShown: false,
    notifiedAt: new Map(),
    shownCritical: new Set(),
    ended: new Map(),
    lastAlertAt: -Infinity,
    isAway: true,
    notLiveSince: now,
    retryAt: -Infinity,
    sounded: new Set(),
    sound: undefined,
  }
}

/** Firing alerts that were notified before the start of the console. */
export function withShownBefore(state: PlannerState, shown: readonly ShownNotification[]): PlannerState {
  const notifiedAt = new Map(state.notifiedAt)
  for (const { alertId, at } of shown) notifiedAt.set(alertId, Math.max(at, notifiedAt.get(alertId) ?? -Infinity))
  return { ...state, notifiedAt, lastAlertAt: Math.max(state.lastAlertAt, ...shown.map(({ at }) => at)) }
}

/** The computer woke up: one digest replaces what is queued. */
export function afterSleep(state: PlannerState): PlannerState {
  return { ...state, isAway: true }
}

/** The system showed the popup. */
export function popupShown(state: PlannerState, popup: PlannedPopup, now: number): PlannerState {
  const before = state.popups.get(popup.tag)
  const shown: ShownPopup = {
    popup,
    shownAt: popup.isUpdate && before ? before.shownAt : now,
    drawnAt: now,
    isClosed: false,
    fresh: popup.isUpdate && before ? freshAfter(before, popup) : new Set(),
    isSuperseded: false,
  }
  const popups = new Map([...withoutItems(state.popups, popup), [popup.tag, shown] as const])
  const { waiting: waitingBefore, ...rest } = state
  const waiting = new Map([...waitingBefore].filter(([tag]) => tag !== popup.tag))
  const drawn: PlannerState = { ...rest, waiting, popups }
  return popup.isUpdate ? notified(drawn, popup, now) : poppedUp(notified(drawn, popup, now), popup, now)
}

function poppedUp(state: PlannerState, popup: PlannedPopup, now: number): PlannerState {
  const isDigest = popup.kind === 'away' || popup.kind === 'held-back'
  return {
    ...state,
    shownAt: [...state.shownAt, now],
    lastAlertAt: popup.items.some(({ alert }) => alert.phase === 'firing') ? now : state.lastAlertAt,
    isAway: state.isAway && !isDigest,
    isStormShown: state.isStormShown || popup.kind === 'storm',
  }
}

/** Reminders count from the last popup of an alert. An update counts only for the alerts that it brought. */
function notified(state: PlannerState, popup: PlannedPopup, now: number): PlannerState {
  const firing = popup.items.filter(({ alert }) => alert.phase === 'firing').map(({ alert }) => alert.id)
  const ids = popup.isUpdate ? firing.filter((id) => !state.notifiedAt.has(id)) : firing
  const critical = popup.items.filter(({ alert }) => alert.phase === 'firing' && isCritical(alert))
  return {
    ...state,
    notifiedAt: new Map([...state.notifiedAt, ...ids.map((id) => [id, now] as const)]),
    shownCritical: new Set([...state.shownCritical, ...critical.map(({ alert }) => alert.id)]),
  }
}

function freshAfter(before: ShownPopup, popup: PlannedPopup): ReadonlySet<string> {
  const settled = new Set(popup.settles.filter(isNew).map(({ alertId }) => alertId))
  return new Set([...before.fresh, ...settled])
}

/** No alert is in two popups: the newer one has it. A digest that names it goes, because it counts what was. */
function withoutItems(popups: PlannerState['popups'], { tag, items }: PlannedPopup): Map<string, ShownPopup> {
  const ids = new Set(items.map(({ alert }) => alert.id))
  const isIn = ({ alert }: PopupItem): boolean => ids.has(alert.id)
  return new Map(
    [...popups].map(([key, shown]) => {
      if (key === tag || !shown.popup.items.some(isIn)) return [key, shown]
      if (isReport(shown)) return [key, { ...shown, isSuperseded: true }]
      const popup = { ...shown.popup, items: shown.popup.items.filter((item) => !isIn(item)) }
      return [key, { ...shown, popup }]
    }),
  )
}

/** It says what was: nothing that fires ends it. */
export function isReport({ popup: { kind } }: Pick<ShownPopup, 'popup'>): boolean {
  return kind === 'away' || kind === 'held-back'
}

/** A popup of others than the planner was shown: it counts among the six a minute. */
export function otherPopupShown(state: PlannerState, now: number): PlannerState {
  return { ...state, shownAt: [...state.shownAt, now] }
}

/** The system refused the popup, and the one with its tag may be gone. What it should show stays queued. */
export function popupRefused(state: PlannerState, { tag }: PlannedPopup, now: number): PlannerState {
  return { ...state, popups: without(state.popups, tag), retryAt: now + retryAfterMs }
}

/** The system shows popups again: what it refused is planned at once. */
export function popupsWork(state: PlannerState): PlannerState {
  return { ...state, retryAt: -Infinity }
}

/** The operator or the system closed the popup. It does not come back by an update. */
export function popupClosed(state: PlannerState, tag: string): PlannerState {
  const shown = state.popups.get(tag)
  if (!shown) return state
  if (isReport(shown) || shown.popup.kind === 'resolved') return { ...state, popups: without(state.popups, tag) }
  return { ...state, popups: new Map([...state.popups, [tag, { ...shown, isClosed: true, fresh: new Set() }]]) }
}

/**
 * Popups and times with the present state of these alerts. The popup of a provisional alert becomes that of the official
 * one.
 */
export function withAlerts(state: PlannerState, alerts: readonly Alert[], now: number): PlannerState {
  const current = new Map(
    alerts.map((alert) => [alert.id, (isWithdrawn(alert) && successorOf(alert, alerts)) || alert]),
  )
  const present = (item: PopupItem): PopupItem => ({ ...item, alert: current.get(item.alert.id) ?? item.alert })
  const popups = [...state.popups].map(([tag, shown]) => {
    const items = uniqueItems(shown.popup.items.map(present))
    return [tag, { ...shown, popup: { ...shown.popup, items } }] as const
  })
  const ended = new Map(state.ended)
  const notifiedAt = new Map(state.notifiedAt)
  const shownCritical = new Set(state.shownCritical)
  for (const [id, alert] of current) {
    const at = notifiedAt.get(id)
    const wasCritical = shownCritical.delete(id)
    if (at === undefined) continue
    notifiedAt.delete(id)
    if (alert.phase === 'firing') {
      notifiedAt.set(alert.id, at)
      if (wasCritical) shownCritical.add(alert.id)
    } else ended.set(id, { at: now, wasCritical })
  }
  return { ...state, popups: new Map(popups), notifiedAt, shownCritical, ended }
}

/** One item an alert; the later one counts. */
export function uniqueItems(items: readonly PopupItem[]): PopupItem[] {
  return [...new Map(items.map((item) => [item.alert.id, item])).values()]
}

/** The firing alert of the same series that replaces a withdrawn one. */
function successorOf(withdrawn: Alert, alerts: readonly Alert[]): Alert | undefined {
  const { id, kind, nodeId, metric, ruleId } = withdrawn
  return alerts.find(
    (alert) =>
      alert.phase === 'firing' &&
      alert.id !== id &&
      alert.kind === kind &&
      alert.nodeId === nodeId &&
      alert.metric === metric &&
      alert.ruleId === ruleId,
  )
}

/** Without what no longer counts. After the clock was set back, no time is later than now: it would block popups. */
export function afterClock(state: PlannerState, now: number): PlannerState {
  const past = (at: number): number => Math.min(at, now)
  const times = (map: ReadonlyMap<string, number>): ReadonlyMap<string, number> =>
    [...map.values()].some((at) => at > now) ? new Map([...map].map(([key, at]) => [key, past(at)])) : map
  const { sound } = state
  return {
    ...state,
    popups: new Map(
      [...state.popups].map(([tag, shown]) => [
        tag,
        { ...shown, shownAt: past(shown.shownAt), drawnAt: past(shown.drawnAt) },
      ]),
    ),
    shownAt: state.shownAt.map(past).filter((at) => now - at < minuteMs),
    waiting: times(state.waiting),
    arrivals: new Map([...times(state.arrivals)].filter(([, at]) => now - at < stormMemoryMs)),
    notifiedAt: times(state.notifiedAt),
    ended: new Map([...state.ended].filter(([, { at }]) => Math.abs(now - at) < minuteMs)),
    lastAlertAt: past(state.lastAlertAt),
    retryAt: Math.min(state.retryAt, now + retryAfterMs),
    ...(sound ? { sound: { ...sound, at: past(sound.at) } } : {}),
  }
}

function without(popups: PlannerState['popups'], tag: string): PlannerState['popups'] {
  return new Map([...popups].filter(([key]) => key !== tag))
}

/** These were taken from the screen. */
export function withoutPopups(state: PlannerState, tags: readonly string[]): PlannerState {
  if (tags.length === 0) return state
  return { ...state, popups: new Map([...state.popups].filter(([tag]) => !tags.includes(tag))) }
}
