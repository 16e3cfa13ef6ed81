import type { DesktopPopup, ShowPopup } from './desktop-popup.ts'

interface PopupOrToastDeps {
  readonly show: ShowPopup
  /** Shows it in the window. */
  readonly toast: (popup: DesktopPopup) => void
  /** The system showed it. */
  readonly onShown: () => void
}

/**
 * Shows popups that are not planned, and so not tried again: one that the system refuses is a toast at once. Otherwise
 * nothing would say it.
 */
export function popupOrToast({ show, toast, onShown }: PopupOrToastDeps): ShowPopup {
  return async (popup) => {
    const shown = await show(popup)
    if (shown) onShown()
    else toast(popup)
    return shown
  }
}
