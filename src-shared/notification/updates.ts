import { isHeldBack } from '../do-not-disturb/do-not-disturb.ts'
import type { NotificationTopic } from '../do-not-disturb/do-not-disturb.ts'
import { isVisible } from './allot.ts'
import { buildPopup } from './build-popup.ts'
import type { PopupContent } from './build-popup.ts'
import type { PlanFacts, PlannedPopup, PlannerState, PopupItem, ShownPopup } from './notification-plan.ts'
import { isReport, uniqueItems } from './planner-state.ts'
import type { QueuedNotification } from './queued-notification.ts'
import { itemsOf } from './sort-queue.ts'

/** Least time between two drawings of a popup, ms: each one may move it on the screen. */
const redrawAfterMs = 5000

/** What popups on the screen take over without popping up. */
export interface Joining {
  readonly queued: readonly QueuedNotification[]
  /** All that the popup shows then; `undefined`: what it shows, and `queued`. */
  readonly items?: readonly PopupItem[] | undefined
}

export interface Updates {
  readonly show: readonly PlannedPopup[]
  /** Do not disturb allows no drawing, and what they say is no longer true. */
  readonly withdraw: readonly string[]
  /** When the next one may be drawn, epoch ms. */
  readonly nextAt: number
}

/** Popups that no longer say what is, or whose names have to be hidden or shown, are replaced without a sound. */
export function plannedUpdates(
  state: PlannerState,
  joining: ReadonlyMap<string, Joining>,
  { facts, except }: { readonly facts: PlanFacts; readonly except: ReadonlySet<string> },
): Updates {
  const show: PlannedPopup[] = []
  const withdraw: string[] = []
  let nextAt = Infinity
  for (const [tag, shown] of state.popups) {
    if (!isVisible(shown) || except.has(tag)) continue
    const next = updateOf(shown, joining.get(tag), facts)
    if (!next) continue
    const isHiding = next.hidden !== shown.popup.hidden
    const at = isHiding ? facts.now : shown.drawnAt + redrawAfterMs
    if (isHeldBack(topicOf(next), facts.doNotDisturb, facts.now) && !isHiding) {
      // Drawing it again would disturb. A digest may stay: it says what was.
      if (!isReport(shown)) withdraw.push(tag)
    } else if (at <= facts.now) show.push(next)
    else nextAt = Math.min(nextAt, at)
  }
  return { show, withdraw, nextAt }
}

function updateOf(shown: ShownPopup, joining: Joining | undefined, facts: PlanFacts): PlannedPopup | undefined {
  const { popup } = shown
  const queued = joining?.queued ?? []
  const content: PopupContent = {
    kind: popup.kind,
    tag: popup.tag,
    items: joining?.items ?? uniqueItems([...popup.items, ...itemsOf(queued)]),
    queued,
    isUpdate: true,
    // Nobody had the time to acknowledge what has just fired.
    isReminder: popup.isReminder && queued.length === 0,
    at: popup.at,
    heldBack: popup.heldBack,
  }
  const next = buildPopup(content, facts)
  if (queued.length === 0 && isSame(next, popup)) return undefined
  return popup.kind === 'storm' ? buildPopup({ ...content, at: facts.now }, facts) : next
}

function isSame(a: PlannedPopup, b: PlannedPopup): boolean {
  const face = ({ title, body, buttons, urgency, hidden }: PlannedPopup): string =>
    JSON.stringify([title, body, buttons, urgency, hidden])
  return face(a) === face(b)
}

/** What a popup is about, for do not disturb. */
function topicOf({ kind, urgency }: PlannedPopup): NotificationTopic {
  if (kind === 'away' || kind === 'held-back') return { kind: 'digest' }
  if (kind === 'resolved') return { kind: 'information' }
  return { kind: 'alert', severity: urgency === 'critical' ? 'critical' : 'warning' }
}
