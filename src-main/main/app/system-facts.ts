import type { SettingsView } from '#shared/ipc/app-views.ts'
import type { AppComponents } from './app-components.ts'

/** Facts of this computer that limit a setting. */
export function systemFacts(_components: AppComponents): SettingsView['system'] {
  return {
    hasTray: true,
    reducesMotion: false,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    notifies: true,
  }
}
