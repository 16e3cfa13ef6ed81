import { afterFocus } from '../../live/after-focus.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import type { AlertsPage } from './alerts-page.svelte.ts'

/** How long its details are open, in a window with the focus, until an alert counts as seen. */
const seenAfterMs = 1000

/** Marks the alert that the operator opened as seen. Call it while a component is created. */
export function seeOpened(app: AppState, page: AlertsPage): void {
  $effect(() => {
    const { opened } = page
    if (opened === undefined || !app.unseen.has(opened)) return
    return afterFocus(seenAfterMs, () => void app.unseen.see(opened))
  })
}
