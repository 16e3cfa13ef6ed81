import type { Alert } from '#shared/alert/alert.ts'
import type { ActivePause, DoNotDisturbRequest } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { ZoneOffset } from '#shared/format/zone-time.ts'
import type { WallClock } from '#shared/health/health-text.ts'
import type { PopupAction } from '#shared/notification/popup-action.ts'

/** One line of the menu, as data. `line` is a separator; `text` and `heading` have no action. */
export type TrayItem =
  | { readonly kind: 'line' }
  | { readonly kind: 'text' | 'heading'; readonly label: string }
  | { readonly kind: 'open'; readonly label: string }
  /** Its entries are a menu of their own. */
  | { readonly kind: 'alert'; readonly label: string; readonly items: readonly TrayItem[] }
  | { readonly kind: 'act'; readonly label: string; readonly action: PopupAction; readonly isEnabled: boolean }
  | { readonly kind: 'acknowledge-all'; readonly label: string; readonly isEnabled: boolean }
  | { readonly kind: 'hide-details'; readonly label: string; readonly isOn: boolean }
  | {
      readonly kind: 'pause'
      readonly label: string
      readonly request: DoNotDisturbRequest
      /** The choice in force is marked; `undefined`: no choice. */
      readonly isChosen?: boolean
    }
  | { readonly kind: 'quit'; readonly label: string }

/** What the operator may not do now, and why: one sentence each. */
export interface TrayActProblems {
  readonly acknowledge: string | undefined
  readonly silence: string | undefined
}

export interface TrayMenuFacts extends WallClock {
  readonly clearLevelOf: (alert: Alert) => number | undefined
  readonly problems: TrayActProblems
  /** Neither names nor values are shown: the screen may be shared. */
  readonly hidesDetails: boolean
  readonly pause: {
    readonly active: ActivePause | undefined
    /** Of the zone in which ReMo writes times. */
    readonly offsetAt: ZoneOffset
  }
}
