import { type Alert, isOwnAlert } from '../alert/alert.ts'
import { minuteMs } from '../format/time-units.ts'
import { allotAlerts, allotOthers, isVisible, popupsLeft } from './allot.ts'
import type { Allotment } from './allot.ts'
import { audienceOf } from './audience.ts'
import type { Audience } from './audience.ts'
import { buildPopup } from './build-popup.ts'
import { alertCandidates, resolvedCandidate, restTag } from './candidates.ts'
import type { Candidate } from './candidates.ts'
import { plannedDigest } from './digests.ts'
import type { NotificationPlan, PlanFacts, PlannedPopup, PlannerState } from './notification-plan.ts'
import { afterClock, withoutPopups } from './planner-state.ts'
import type { NotificationKey, QueuedNotification } from './queued-notification.ts'
import { reminderCandidates } from './reminders.ts'
import { trimScreen } from './screen.ts'
import { freeQueue, keysOf, sortQueue } from './sort-queue.ts'
import type { SortedQueue } from './sort-queue.ts'
import { plannedSound } from './sounds.ts'
import { plannedUpdates } from './updates.ts'
import type { Joining } from './updates.ts'

/** If the console was not live for this long, one digest replaces what is queued, ms. */
const awayAfterMs = 60_000
/** Silences and acknowledgements begin and end by the clock: while popups depend on them, plan again after this, ms. */
const recheckMs = 5000

/** A plan, and what the planner remembers of it. */
export interface Planning {
  readonly state: PlannerState
  readonly plan: NotificationPlan
}

interface Context {
  readonly facts: PlanFacts
  readonly audience: Audience
}

/** What a plan shows. */
interface Shows {
  readonly state: PlannerState
  readonly show: readonly PlannedPopup[]
  readonly withdraw: readonly string[]
  readonly drop: readonly NotificationKey[]
  readonly isNothingHeld: boolean
  readonly nextAt: number
}

/**
 * Decides what to show, to take from the screen and to drop, what sounds, and when to decide again. Pure: the same state
 * and facts give the same plan. Confirm each popup of it by `popupShown` or `popupRefused`; without that, the next plan
 * has it again.
 *
 * While the console is not live, what is queued about nodes waits: those alerts may be over. What do not disturb holds back stays
 * queued for its digest. The rules are in decision 24.
 */
export function planNotifications(before: PlannerState, facts: PlanFacts): Planning {
  const context: Context = { facts, audience: audienceOf(facts) }
  const trimmed = trimScreen(afterClock(before, facts.now), context.audience)
  const healthy = withHealth(trimmed.state, facts)
  const sorted = sortQueue(facts, context.audience)
  const shows = canShow(healthy, facts) ? plannedShows(healthy, sorted, context) : plannedOwn(healthy, sorted, context)
  const sound = plannedSound(shows.state, shows.show, context)
  return {
    state: withoutPopups(sound.state, shows.withdraw),
    plan: {
      withdraw: [...trimmed.withdraw, ...shows.withdraw],
      show: shows.show,
      drop: shows.drop,
      sound: sound.sound,
      stopSound: sound.stopSound,
      isNothingHeld: shows.isNothingHeld,
      nextAt: Math.min(shows.nextAt, sound.nextAt, recheckAt(sound.state, sorted, facts)),
    },
  }
}

/** The popups that may stay on the screen. For events that end alerts: what is over leaves at once. */
export function withdrawEnded(
  before: PlannerState,
  facts: PlanFacts,
): Pick<Planning, 'state'> & Pick<NotificationPlan, 'withdraw'> {
  return trimScreen(before, audienceOf(facts))
}

/** The alerts of reminders that are due: ask for their values before the plan. */
export function alertsWithReminder(before: PlannerState, facts: PlanFacts): readonly Alert[] {
  const state = afterClock(before, facts.now)
  if (!canShow(state, facts)) return []
  const due = reminderCandidates(state, { facts, audience: audienceOf(facts) }).filter(
    ({ dueAt }) => dueAt <= facts.now,
  )
  return due.flatMap(({ items }) => items.map(({ alert }) => alert))
}

function canShow(state: PlannerState, { health, now }: PlanFacts): boolean {
  return health.kind === 'live' && now >= state.retryAt
}

/** After a minute without health, what is queued is old. */
function withHealth(state: PlannerState, { health, now }: PlanFacts): PlannerState {
  const since = Math.min(state.notLiveSince, now)
  if (health.kind !== 'live') return { ...state, notLiveSince: since }
  const wasAway = state.notLiveSince !== Infinity && now - since >= awayAfterMs
  return { ...state, notLiveSince: Infinity, isAway: state.isAway || wasAway }
}

/** What the console says about itself is true also while it is not live: it reads too slowly, for example. */
function plannedOwn(before: PlannerState, sorted: SortedQueue, context: Context): Shows {
  const { facts } = context
  const { now } = facts
  const open = sorted.open.filter(({ alert }) => isOwnAlert(alert))
  if (open.length === 0 || now < before.retryAt) return nothingShown(before, facts)
  const free = freeQueue(open, { state: before, ...context })
  const { state, candidates, isStorm } = alertCandidates(free.alerts, before, context)
  const own = candidates.filter(({ items }) => items.every(({ alert }) => isOwnAlert(alert)))
  const allotted = allotAlerts(own, state, { now, isStorm })
  const waits = own.map(({ dueAt }) => dueAt).filter((at) => at > now)
  return {
    state: { ...state, isStormShown: before.isStormShown },
    show: allotted.popUp.map((candidate) => popupOf(candidate, facts, false)),
    withdraw: [],
    drop: keysOf(free.drop),
    isNothingHeld: false,
    nextAt: Math.min(allotted.isLimited ? nextSlotAt(before) : Infinity, ...waits),
  }
}

function nothingShown(state: PlannerState, { health }: PlanFacts): Shows {
  const nextAt = health.kind === 'live' ? state.retryAt : Infinity
  return { state, show: [], withdraw: [], drop: [], isNothingHeld: false, nextAt }
}

function plannedShows(state: PlannerState, sorted: SortedQueue, context: Context): Shows {
  const { facts } = context
  const digest = plannedDigest(sorted.open, state, facts)
  const drop = keysOf(sorted.drop)
  if (!digest) return plannedPopups({ ...state, isAway: false }, sorted, context)
  const isLimited = popupsLeft(state) === 0
  const updates = plannedUpdates(state, new Map(), { facts, except: new Set([digest.tag]) })
  return {
    state,
    show: isLimited ? updates.show : [digest, ...updates.show],
    withdraw: updates.withdraw,
    drop,
    isNothingHeld: false,
    nextAt: Math.min(updates.nextAt, isLimited ? nextSlotAt(state) : Infinity),
  }
}

/** Everything but digests: alerts, reminders, recoveries, and what is on the screen. */
function plannedPopups(before: PlannerState, sorted: SortedQueue, context: Context): Shows {
  const { facts } = context
  const { now } = facts
  const free = freeQueue(sorted.open, { state: before, ...context })
  const alerts = alertCandidates(free.alerts, before, context)
  const resolved = resolvedCandidate(free.resolved, alerts.state, { now, isStorm: alerts.isStorm })
  const { state } = resolved
  const allotted = allotAlerts(alerts.candidates, state, { now, isStorm: alerts.isStorm })
  const reminders = remindersBeside(allotted.popUp, state, { context, isStorm: alerts.isStorm })
  const others = [...reminders, ...resolved.candidates]
  const more = allotOthers(others, { left: popupsLeft(state) - allotted.popUp.length, now })
  const reminded = new Set(more.popUp.filter((candidate) => reminders.includes(candidate)))
  const popUp = [...allotted.popUp, ...more.popUp]
  const show = popUp.map((candidate) => popupOf(candidate, facts, reminded.has(candidate)))
  const joining = joiningOf(alerts.candidates, allotted)
  const updates = plannedUpdates(state, joining, { facts, except: new Set(popUp.map(({ tag }) => tag)) })
  return {
    state,
    show: [...show, ...updates.show],
    withdraw: updates.withdraw,
    drop: keysOf([...sorted.drop, ...free.drop]),
    isNothingHeld: true,
    nextAt: Math.min(
      updates.nextAt,
      allotted.isLimited || more.isLimited ? nextSlotAt(state) : Infinity,
      ...[...alerts.candidates, ...others].map(({ dueAt }) => dueAt).filter((at) => at > now),
    ),
  }
}

/** In a storm its summary is enough. What pops up anyway needs no reminder. */
function remindersBeside(
  popUp: readonly Candidate[],
  state: PlannerState,
  { context, isStorm }: { readonly context: Context; readonly isStorm: boolean },
): readonly Candidate[] {
  if (isStorm) return []
  const ids = new Set(popUp.flatMap(({ items }) => items.map(({ alert }) => alert.id)))
  const candidates = reminderCandidates(state, context)
  return candidates.filter(({ items }) => items.every(({ alert }) => !ids.has(alert.id)))
}

function popupOf({ kind, tag, items, queued }: Candidate, facts: PlanFacts, isReminder: boolean): PlannedPopup {
  return buildPopup({ kind, tag, items, queued, isUpdate: false, isReminder, at: facts.now }, facts)
}

/** What does not pop up now joins the popup of its group, or the summary of the rest, if that is on the screen. */
function joiningOf(candidates: readonly Candidate[], { popUp, joinRest }: Allotment): ReadonlyMap<string, Joining> {
  const shown = new Set(popUp)
  const joining = new Map<string, Joining>()
  for (const candidate of candidates) {
    const { tag, queued, items, existing } = candidate
    if (!shown.has(candidate) && isVisible(existing)) joining.set(tag, { queued, items })
  }
  if (joinRest.length > 0) joining.set(restTag, { queued: joinRest })
  return joining
}

/** When one more popup may pop up. */
function nextSlotAt({ shownAt }: PlannerState): number {
  return Math.min(...shownAt) + minuteMs
}

/** Silences and acknowledgements end by the clock. */
function recheckAt({ popups }: PlannerState, { muted }: SortedQueue, { now }: PlanFacts): number {
  const dependsOnClock = muted.length > 0 || [...popups.values()].some((shown) => isVisible(shown))
  return dependsOnClock ? now + recheckMs : Infinity
}

/** What do not disturb holds back: for the count of it. What ended before is not counted. */
export function heldNotifications(facts: PlanFacts): readonly QueuedNotification[] {
  const audience = audienceOf(facts)
  const { open } = sortQueue(facts, audience)
  const fired = new Set(open.filter(({ transition }) => transition !== 'resolved').map(({ alert }) => alert.id))
  return open.filter(({ alert }) => fired.has(alert.id) && audience.isHeld(alert))
}
