import { systemPreferences } from 'electron'
import type { SettingsView } from '#shared/ipc/app-views.ts'
import { systemHour12 } from '../settings/time-style.ts'
import type { AppComponents } from './app-components.ts'

/** Facts of this computer that limit a setting. */
export function systemFacts(_components: AppComponents): SettingsView['system'] {
  return {
    hasTray: true,
    reducesMotion: systemPreferences.getAnimationSettings().prefersReducedMotion,
    hour12: systemHour12(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    notifies: true,
  }
}
