import type { AppState } from '../live/app-state.svelte.ts'
import { rowHeight } from '../ui/lists/row-height.ts'
import { windowTitle } from './window-title.ts'

/**
 * Puts palette, density, the height of a table's row and motion on the root element, where the styles find them, and the
 * count into the title. Before anything is drawn again: canvases read their colors from the styles. Call it while a
 * component is created.
 */
export function followLook(app: AppState): void {
  $effect.pre(() => {
    const { values } = app.settings
    const { dataset, style } = document.documentElement
    dataset['palette'] = values['appearance.palette']
    dataset['density'] = values['appearance.density']
    style.setProperty('--row-height', `${rowHeight.table[values['appearance.density']]}px`)
    dataset['motion'] = values['appearance.motion']
  })
  $effect(() => {
    const shown = app.settings.values['appearance.countInTitle'] ? app.toLookAt : 0
    document.title = windowTitle(shown)
  })
}
