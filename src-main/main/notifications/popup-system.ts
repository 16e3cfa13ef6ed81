import type { DesktopPopup } from './desktop-popup.ts'

/** What is known of the popups of this computer. */
export interface PopupFacts {
  /** Why it shows none, as sentences; absent: nothing is known against it. */
  readonly problem?: string
  /** The program that draws them, with its version: `dunst 1.9.0`. Absent: the system itself, or not known yet. */
  readonly server?: string
  /** They have buttons. Absent: not known yet. */
  readonly hasButtons?: boolean
  /** The desktop holds popups back, as KDE does while the screen is shared. */
  readonly isInhibited: boolean
}

/** Shows popups, in the way of one operating system. */
export interface PopupSystem {
  readonly facts: PopupFacts
  /** Calls `listener` after each change of `facts`. */
  readonly onFacts: (listener: () => void) => void
  /** Replaces the popup with the same tag. @returns why it was not shown, as sentences; `undefined` if it was */
  readonly show: (popup: DesktopPopup) => Promise<string | undefined>
  /** Removes the popup from the screen, if it is shown. Its `onClose` is not called. */
  readonly withdraw: (tag: string) => void
  /** Removes all popups: after the exit, their clicks have no effect. */
  readonly end: () => Promise<void>
}

/** It stays until somebody closes it: by its own word, otherwise if it is critical. */
export function isSticky({ isSticky, urgency }: DesktopPopup): boolean {
  return isSticky ?? urgency === 'critical'
}
