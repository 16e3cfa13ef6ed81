import type { Alert, NotifiedAs } from '../alert/alert.ts'
import type { IsSilenced } from '../alert/inhibit.ts'
import type { DoNotDisturb } from '../do-not-disturb/do-not-disturb.ts'
import type { Health } from '../health/health.ts'
import type { BlindPeriod } from './blind-period.ts'
import type { PlanSettings } from './plan-settings.ts'
import type { PopupButton } from './popup-action.ts'
import type { NotificationKey, NotifiedTransition, QueuedNotification } from './queued-notification.ts'
import type { SoundKind } from './sound-kind.ts'

/**
 * Why a popup has no names and values.
 *
 * | value | because |
 * |---|---|
 * | `locked` | the screen is locked: the text follows when it is unlocked |
 * | `shared` | the operator hides them, or somebody else sees the screen |
 */
export type HiddenDetails = 'locked' | 'shared'

/** What a text needs beyond its alerts. */
export interface TextFacts {
  readonly clearLevelOf: (alert: Alert) => number | undefined
  /** A time of the operator's clock. `at`: epoch ms. */
  readonly timeOf: (at: number) => string
}

/** All that a plan depends on, beside the state of the planner. Times are epoch ms. */
export interface PlanFacts extends TextFacts {
  readonly now: number
  readonly health: Health
  readonly settings: PlanSettings
  /** All that is queued, each with the present state of its alert. */
  readonly queued: readonly QueuedNotification[]
  /** All firing alerts: a storm counts them, and offline nodes inhibit the others of their node. */
  readonly firing: readonly Alert[]
  readonly isSilenced: IsSilenced
  /** Nobody has opened or acknowledged the alert on this console. */
  readonly isUnseen: (alertId: string) => boolean
  readonly doNotDisturb: DoNotDisturb
  /** Do not disturb has ended: one digest replaces what is queued. */
  readonly heldBack?: HeldBack | undefined
  /** `undefined`: popups say everything. */
  readonly hidden: HiddenDetails | undefined
  /** The newest value of the series of an alert, for a reminder; `undefined` if unknown. */
  readonly newestOf: (alert: Alert) => number | undefined
}

/** What the digest at the end of do not disturb is about. */
export interface HeldBack {
  readonly blind: readonly BlindPeriod[]
  /** How long do not disturb was on, ms; `undefined` if ReMo was not running at its end. */
  readonly forMs: number | undefined
}

/** An alert in a popup. */
export interface PopupItem {
  readonly alert: Alert
  /** What its popup notifies of. */
  readonly transitions: readonly NotifiedTransition[]
  /** Of a reminder: the value at that time. */
  readonly value?: number | undefined
}

/**
 * | kind | about |
 * |---|---|
 * | `group` | alerts of one rule and severity, or one offline node |
 * | `flapping` | alerts of one rule that change too often |
 * | `storm` | all that fires, while so much opens that nobody could read single popups |
 * | `rest` | alerts of several rules, because the limit of popups a minute is reached |
 * | `resolved` | alerts that are over |
 * | `away`, `held-back` | what happened while nothing was shown |
 */
export type PopupKind = 'group' | 'flapping' | 'storm' | 'rest' | 'resolved' | 'away' | 'held-back'

/** One desktop notification. */
export interface PlannedPopup {
  readonly kind: PopupKind
  /** A popup replaces the one on the screen with the same tag. */
  readonly tag: string
  /** `low`: it disappears by itself, and is never urgent. */
  readonly urgency: 'critical' | 'normal' | 'low'
  readonly title: string
  readonly body: string
  readonly buttons: readonly PopupButton[]
  /** Target of a click: this alert, or without one the list of alerts. */
  readonly alertId?: string
  /** It only brings the popup with its tag up to date: no sound, and no popup of the six a minute. */
  readonly isUpdate: boolean
  /** The alerts were shown before, and nobody acknowledged them. */
  readonly isReminder: boolean
  /** When what it says was true, epoch ms. */
  readonly at: number
  readonly items: readonly PopupItem[]
  /** The queued notifications that it covers. */
  readonly settles: readonly NotificationKey[]
  /** What the timelines of its alerts say. */
  readonly as: NotifiedAs
  readonly hidden: HiddenDetails | undefined
  /** Of the digest of do not disturb. */
  readonly heldBack?: HeldBack
}

export interface NotificationPlan {
  /** Tags of popups to take from the screen. */
  readonly withdraw: readonly string[]
  /** In this order. Confirm each by `popupShown` or `popupRefused` before the next plan. */
  readonly show: readonly PlannedPopup[]
  /** To drop without a popup: over, acknowledged, or filtered. They stay in the lists. */
  readonly drop: readonly NotificationKey[]
  /** To play once, now. */
  readonly sound: SoundKind | undefined
  /** Nothing needs the sound that may play: stop it. */
  readonly stopSound: boolean
  /** The digest of do not disturb is no longer due: there was nothing to say. */
  readonly isNothingHeld: boolean
  /** When to plan again without any other reason, epoch ms; `Infinity`: never. */
  readonly nextAt: number
}

/** A popup on the screen, or one that the operator closed while its alerts fire on. */
export interface ShownPopup {
  readonly popup: PlannedPopup
  /** When it popped up last, epoch ms. */
  readonly shownAt: number
  /** When it was drawn last: also by an update. */
  readonly drawnAt: number
  /** Closed ones are not brought back by an update. They keep the limit of one popup a minute of their group. */
  readonly isClosed: boolean
  /** Alerts that an update added since it popped up. */
  readonly fresh: ReadonlySet<string>
  /** Another popup has one of its alerts. */
  readonly isSuperseded: boolean
}

/** What the planner remembers. Times are epoch ms. */
export interface PlannerState {
  /** By tag. */
  readonly popups: ReadonlyMap<string, ShownPopup>
  /** When popups popped up, within the last minute. */
  readonly shownAt: readonly number[]
  /** Since when alerts of a group wait for their first popup, by tag. */
  readonly waiting: ReadonlyMap<string, number>
  /** When alerts became new, by id: for the storm. */
  readonly arrivals: ReadonlyMap<string, number>
  /** The storm that lasts has its popup. */
  readonly isStormShown: boolean
  /** When firing alerts were notified last, by id: for reminders. */
  readonly notifiedAt: ReadonlyMap<string, number>
  /** Firing alerts that popped up as critical. */
  readonly shownCritical: ReadonlySet<string>
  /** Alerts that were notified and ended within the last minute, by id. */
  readonly ended: ReadonlyMap<string, { readonly at: number; readonly wasCritical: boolean }>
  /** When a popup of a firing alert was shown last. */
  readonly lastAlertAt: number
  /** One digest replaces what is queued. */
  readonly isAway: boolean
  /** Since when the console is not live. `Infinity`: it is. */
  readonly notLiveSince: number
  /** Before this time nothing is shown: the system refused a popup. */
  readonly retryAt: number
  /** Alerts whose notifications wait and whose sound was played: the system refused their popup. */
  readonly sounded: ReadonlySet<string>
  readonly sound: PlayedSound | undefined
}

/** The last sound, and the alerts that it was for. */
export interface PlayedSound {
  readonly kind: SoundKind
  /** Epoch ms. */
  readonly at: number
  readonly alertIds: ReadonlySet<string>
  /** Those that somebody had seen before: only an acknowledgement ends what they need. */
  readonly seenBefore: ReadonlySet<string>
}
