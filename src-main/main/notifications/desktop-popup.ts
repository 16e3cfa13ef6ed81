import type { PopupAction, PopupButton } from '#shared/notification/popup-action.ts'
import type { PopupText } from '#shared/notification/popup-text.ts'

/** One desktop notification. It replaces the one with the same `tag`. It never has a sound: ReMo plays its own. */
export interface DesktopPopup {
  readonly tag: string
  readonly title: string
  /** Plain text. */
  readonly body: string
  /**
   * What it says instead while names and values are hidden; the notifier adds how to see more, and leaves out the buttons.
   * `same`: title and body have no details, or the planner has left them out.
   */
  readonly withoutDetails: PopupText | 'same'
  readonly urgency: 'critical' | 'normal' | 'low'
  /** It stays until somebody closes it. Otherwise the system removes it after its own time. */
  readonly isSticky?: boolean
  /** It only brings the popup with its tag up to date: it is not brought to the front again, where the system can. */
  readonly isUpdate?: boolean
  /** Where the system has buttons. */
  readonly buttons?: readonly PopupButton[]
  readonly onClick: () => void
  /** One of `buttons` was pressed. The popup is closed then. */
  readonly onAction?: (action: PopupAction) => void
  /** The operator or the system closed it. */
  readonly onClose?: () => void
}

/** Shows a popup. @returns whether the operating system showed it */
export type ShowPopup = (popup: DesktopPopup) => Promise<boolean>
