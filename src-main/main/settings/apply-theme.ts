import { nativeTheme } from 'electron'
import type { SettingsService } from './settings-service.ts'

/** Keeps the theme of window, dialogs and menus as the settings say. Call it before the window is created. */
export function followTheme(settings: SettingsService): void {
  const apply = (): void => {
    nativeTheme.themeSource = settings.values['appearance.theme']
  }
  apply()
  settings.onChange((changed) => {
    if (changed.has('appearance.theme')) apply()
  })
}
