import { formatDuration } from '../format/duration.ts'
import { hourMs, minuteMs } from '../format/time-units.ts'
import type { NotifiedAs } from '../alert/alert.ts'
import { isCritical, needsOperator } from './audience.ts'
import { hiddenText } from './hidden-text.ts'
import type { HeldBack, PlanFacts, PlannedPopup, PopupItem, PopupKind } from './notification-plan.ts'
import type { PopupButton } from './popup-action.ts'
import { fitted, groupText } from './popup-text.ts'
import type { PopupText } from './popup-text.ts'
import type { QueuedNotification } from './queued-notification.ts'
import { awayText, heldBackText, openOf } from './report-text.ts'
import { resolvedText } from './resolved-text.ts'
import { stormText } from './storm-text.ts'

/** What a popup shows, before its words. */
export interface PopupContent {
  readonly kind: PopupKind
  readonly tag: string
  readonly items: readonly PopupItem[]
  readonly isUpdate: boolean
  readonly isReminder: boolean
  /** When what it says was true, epoch ms. */
  readonly at: number
  /** The queued notifications that it covers. */
  readonly queued: readonly QueuedNotification[]
  readonly heldBack?: HeldBack | undefined
}

/** The popup of this content, with its words and buttons. */
export function buildPopup(content: PopupContent, facts: PlanFacts): PlannedPopup {
  const { kind, tag, items, isUpdate, isReminder, at, queued, heldBack } = content
  const text = textOf(content, facts)
  const { title, body } = fitted(facts.hidden === undefined ? text : hiddenText(content, text, facts.hidden))
  const target = targetOf(content, facts.now)
  return {
    kind,
    tag,
    urgency: urgencyOf(content, facts.now),
    title,
    body,
    buttons: facts.hidden === undefined ? buttonsOf(content) : [],
    ...(target === undefined ? {} : { alertId: target }),
    isUpdate,
    isReminder,
    at,
    items,
    settles: queued.map(({ alert, transition }) => ({ alertId: alert.id, transition })),
    as: asOf(content),
    hidden: facts.hidden,
    ...(heldBack ? { heldBack } : {}),
  }
}

function textOf(content: PopupContent, facts: PlanFacts): PopupText {
  const { kind, items } = content
  switch (kind) {
    case 'group':
    case 'flapping':
    case 'rest':
      return groupText(items, content, facts)
    case 'storm':
      return stormText(items, content.at, facts)
    case 'resolved':
      return resolvedText(items)
    case 'away':
      return awayText(items, facts)
    case 'held-back':
      return heldBackText(items, content.heldBack ?? { blind: [], forMs: undefined }, facts)
  }
}

function urgencyOf({ kind, items }: PopupContent, now: number): PlannedPopup['urgency'] {
  if (kind === 'resolved') return 'low'
  const isReport = kind === 'away' || kind === 'held-back'
  const open = isReport ? items.filter(({ alert }) => needsOperator(alert, now)) : items
  return open.some(({ alert }) => isCritical(alert)) ? 'critical' : 'normal'
}

function targetOf({ kind, items }: PopupContent, now: number): string | undefined {
  const open = kind === 'away' || kind === 'held-back' ? openOf(items, now) : items
  return open.length === 1 && kind !== 'away' && kind !== 'storm' ? open[0]?.alert.id : undefined
}

/** At most three: no system shows more. */
function buttonsOf({ kind, items }: PopupContent): readonly PopupButton[] {
  const list: PopupButton = { label: 'Open the list', action: { kind: 'open' } }
  switch (kind) {
    case 'group':
    case 'flapping':
      return [acknowledge(items), silence(items), open(items)]
    case 'rest':
      return [acknowledge(items), items.length === 1 ? open(items) : list]
    case 'storm': {
      const pause = `Do not disturb ${formatDuration(15 * minuteMs)}`
      return [list, { label: pause, action: { kind: 'do-not-disturb' } }]
    }
    case 'away':
    case 'held-back':
      return [list, { label: 'Mark all seen', action: { kind: 'mark-seen' } }]
    case 'resolved':
      return []
  }
}

function acknowledge(items: readonly PopupItem[]): PopupButton {
  const label = items.length === 1 ? 'Acknowledge' : `Acknowledge ${items.length}`
  return { label, action: { kind: 'acknowledge', alertIds: idsOf(items) } }
}

function silence(items: readonly PopupItem[]): PopupButton {
  return { label: `Silence ${formatDuration(hourMs)}`, action: { kind: 'silence', alertIds: idsOf(items) } }
}

function open(items: readonly PopupItem[]): PopupButton {
  const [first] = items
  return {
    label: 'Open',
    action: first && items.length === 1 ? { kind: 'open', alertId: first.alert.id } : { kind: 'open' },
  }
}

function idsOf(items: readonly PopupItem[]): readonly string[] {
  return items.map(({ alert }) => alert.id)
}

/** What the timelines say. */
function asOf({ kind, items, isReminder }: PopupContent): NotifiedAs {
  if (isReminder) return 'reminder'
  if (kind === 'resolved') return 'resolved'
  if (kind === 'away' || kind === 'held-back') return 'digest'
  return items.length === 1 ? 'popup' : 'summary'
}
