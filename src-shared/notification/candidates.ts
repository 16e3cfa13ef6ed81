import { stormOf } from '../alert/storm.ts'
import { hourMs, minuteMs } from '../format/time-units.ts'
import { groupTag, isCritical, isNew } from './audience.ts'
import type { Audience } from './audience.ts'
import { groupBy } from './group-by.ts'
import type { PlanFacts, PlannerState, PopupItem, PopupKind, ShownPopup } from './notification-plan.ts'
import { uniqueItems } from './planner-state.ts'
import type { QueuedNotification } from './queued-notification.ts'
import { itemsOf } from './sort-queue.ts'

/** Least time between two popups of one group that bring new alerts, ms. */
export const groupPauseMs = minuteMs
/** Recoveries are collected for this long, ms. */
const resolvedWaitMs = 5000
export const stormTag = 'storm'
export const restTag = 'rest'
export const resolvedTag = 'resolved'

/** What would be one popup. */
export interface Candidate {
  readonly kind: PopupKind
  readonly tag: string
  /** Queued notifications that it would show. */
  readonly queued: readonly QueuedNotification[]
  /** All that it would show. */
  readonly items: readonly PopupItem[]
  readonly existing: ShownPopup | undefined
  readonly isCritical: boolean
  /** When it may pop up, epoch ms. `Infinity`: nothing in it is new. */
  readonly dueAt: number
}

/** What is planned of one kind, and what the planner remembers of it. */
export interface Planned<T> {
  readonly state: PlannerState
  readonly candidates: readonly T[]
}

/** One storm, or one candidate a group. Worst first. */
export function alertCandidates(
  alerts: readonly QueuedNotification[],
  before: PlannerState,
  { facts, audience }: { readonly facts: PlanFacts; readonly audience: Audience },
): Planned<Candidate> & { readonly isStorm: boolean } {
  const state = withArrivals(before, alerts, facts.now)
  const isStorm = stormOf([...state.arrivals.values()], facts.now) !== undefined
  if (isStorm) return { ...stormCandidate(alerts, state, { facts, audience }), isStorm }
  const groups = groupBy(alerts, ({ alert }) => groupTag(alert))
  const waiting = waitingOf(state, [...groups.keys()], facts.now)
  const tags = new Set([...groups.keys(), ...tagsWithFresh(state)])
  const candidates = [...tags].map((tag) =>
    groupCandidate(tag, groups.get(tag) ?? [], { state: { ...state, waiting }, facts }),
  )
  return {
    state: { ...state, waiting, isStormShown: false },
    candidates: candidates.toSorted(
      (a, b) => Number(b.isCritical) - Number(a.isCritical) || b.items.length - a.items.length,
    ),
    isStorm,
  }
}

function withArrivals(state: PlannerState, alerts: readonly QueuedNotification[], now: number): PlannerState {
  const fresh = alerts.filter((item) => isNew(item) && !state.arrivals.has(item.alert.id))
  if (fresh.length === 0) return state
  return { ...state, arrivals: new Map([...state.arrivals, ...fresh.map(({ alert }) => [alert.id, now] as const)]) }
}

/** Only of groups that wait now. The wait for recoveries is kept. */
function waitingOf(state: PlannerState, tags: readonly string[], now: number): ReadonlyMap<string, number> {
  const resolvedSince = state.waiting.get(resolvedTag)
  const kept = resolvedSince === undefined ? [] : [[resolvedTag, resolvedSince] as const]
  return new Map([...kept, ...tags.map((tag) => [tag, state.waiting.get(tag) ?? now] as const)])
}

/** Groups with alerts that an update brought: they pop up once more. */
function tagsWithFresh({ popups }: PlannerState): string[] {
  return [...popups].filter(([, { fresh, popup }]) => fresh.size > 0 && isGroup(popup.kind)).map(([tag]) => tag)
}

function isGroup(kind: PopupKind): boolean {
  return kind === 'group' || kind === 'flapping'
}

function groupCandidate(
  tag: string,
  queued: readonly QueuedNotification[],
  { state, facts }: { readonly state: PlannerState; readonly facts: PlanFacts },
): Candidate {
  const existing = state.popups.get(tag)
  const items = uniqueItems([...(existing?.popup.items ?? []), ...itemsOf(queued)])
  const isSevere = items.some(({ alert }) => isCritical(alert))
  const hasFresh = items.some(({ alert }) => existing?.fresh.has(alert.id))
  return {
    kind: tag.startsWith('flapping ') ? 'flapping' : 'group',
    tag,
    queued,
    items,
    existing,
    isCritical: isSevere,
    dueAt: existing
      ? queued.length > 0 || hasFresh
        ? existing.shownAt + groupPauseMs
        : Infinity
      : firstDueAt(tag, isSevere, { state, facts }),
  }
}

/** The first critical alert after an hour without any popup of an alert waits for no other. */
function firstDueAt(
  tag: string,
  isSevere: boolean,
  { state, facts }: { readonly state: PlannerState; readonly facts: PlanFacts },
): number {
  const { now, settings } = facts
  if (isSevere && now - state.lastAlertAt >= hourMs) return now
  return (state.waiting.get(tag) ?? now) + settings.waitMs[isSevere ? 'critical' : 'warning']
}

/** All that fires and counts, of both severities: so the operator sees how large it is. */
function stormCandidate(
  alerts: readonly QueuedNotification[],
  state: PlannerState,
  { facts, audience }: { readonly facts: PlanFacts; readonly audience: Audience },
): Planned<Candidate> {
  const existing = state.popups.get(stormTag)
  const firing = facts.firing.filter(audience.counts).map((alert) => ({ alert, transitions: [] }))
  const items = uniqueItems([...(existing?.popup.items ?? []), ...firing, ...itemsOf(alerts)])
  const isFirst = !state.isStormShown
  const due = existing && !isFirst ? existing.shownAt + groupPauseMs : facts.now
  const needsPopup = isFirst || existing?.isClosed !== false
  const candidate: Candidate = {
    kind: 'storm',
    tag: stormTag,
    queued: alerts,
    items,
    existing,
    isCritical: items.some(({ alert }) => isCritical(alert)),
    dueAt: needsPopup && alerts.length > 0 ? due : Infinity,
  }
  const waiting = waitingOf(state, [], facts.now)
  return { state: { ...state, waiting }, candidates: items.length === 0 ? [] : [candidate] }
}

/** Recoveries: one popup for all. In a storm they wait until nothing of it fires. */
export function resolvedCandidate(
  resolved: readonly QueuedNotification[],
  before: PlannerState,
  { now, isStorm }: { readonly now: number; readonly isStorm: boolean },
): Planned<Candidate> {
  if (resolved.length === 0) return { state: withoutWait(before), candidates: [] }
  const since = before.waiting.get(resolvedTag) ?? now
  const state = { ...before, waiting: new Map([...before.waiting, [resolvedTag, since] as const]) }
  const existing = before.popups.get(resolvedTag)
  const isRecent = existing !== undefined && now - existing.shownAt < groupPauseMs
  const waitsForStorm = isStorm && before.popups.has(stormTag)
  const candidate: Candidate = {
    kind: 'resolved',
    tag: resolvedTag,
    queued: resolved,
    items: uniqueItems([...(isRecent ? existing.popup.items : []), ...itemsOf(resolved)]),
    existing,
    isCritical: false,
    dueAt: waitsForStorm ? Infinity : since + resolvedWaitMs,
  }
  return { state, candidates: [candidate] }
}

function withoutWait(state: PlannerState): PlannerState {
  if (!state.waiting.has(resolvedTag)) return state
  return { ...state, waiting: new Map([...state.waiting].filter(([tag]) => tag !== resolvedTag)) }
}
