/**
 * What a button of a popup, or an entry of the tray menu, does.
 *
 * | action | does |
 * |---|---|
 * | `acknowledge` | acknowledges these alerts until they resolve |
 * | `silence` | silences what these alerts have in common, for an hour |
 * | `open` | shows the window at this alert, or at the list without one |
 * | `do-not-disturb` | 15 minutes of do not disturb |
 * | `mark-seen` | nothing is unseen any more |
 * | `test-connection` | shows the window at the test of the connection in use |
 */
export type PopupAction =
  | { readonly kind: 'acknowledge' | 'silence'; readonly alertIds: readonly string[] }
  | { readonly kind: 'open'; readonly alertId?: string }
  | { readonly kind: 'do-not-disturb' | 'mark-seen' | 'test-connection' }

/** A button. `label` may hold a count: "Acknowledge 43". At most three on a popup. */
export interface PopupButton {
  readonly label: string
  readonly action: PopupAction
}
