import { systemPreferences } from 'electron'
import type { SettingsView } from '#shared/ipc/app-views.ts'
import { systemHour12 } from '../settings/time-style.ts'
import type { AppComponents } from './app-components.ts'
import type { AppShell } from './app-shell.ts'

/** Facts of this computer that limit a setting. */
export function systemFacts(
  { notifier, sounds }: Pick<AppComponents, 'notifier' | 'sounds'>,
  { trayPresence, loginItem }: Pick<AppShell, 'trayPresence' | 'loginItem'>,
): SettingsView['system'] {
  return {
    hasTray: trayPresence.hasHost,
    reducesMotion: systemPreferences.getAnimationSettings().prefersReducedMotion,
    hour12: systemHour12(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    notifies: notifier.works,
    ...(sounds.problem === undefined ? {} : { soundProblem: sounds.problem }),
    ...(loginItem.problem === undefined ? {} : { loginProblem: loginItem.problem }),
  }
}
