import { systemPreferences } from 'electron'
import type { SettingsView } from '#shared/ipc/app-views.ts'
import { systemHour12 } from '../settings/time-style.ts'
import type { AppComponents } from './app-components.ts'
import type { AppShell } from './app-shell.ts'

/** Facts of this computer that limit a setting. */
export function systemFacts(
  { notifier }: Pick<AppComponents, 'notifier'>,
  { trayPresence, loginItem }: Pick<AppShell, 'trayPresence' | 'loginItem'>,
): SettingsView['system'] {
  const { problem, server, hasButtons } = notifier.facts
  return {
    hasTray: trayPresence.hasHost,
    reducesMotion: systemPreferences.getAnimationSettings().prefersReducedMotion,
    hour12: systemHour12(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    notifies: problem === undefined,
    ...(problem === undefined ? {} : { notifyProblem: problem }),
    ...(server === undefined ? {} : { notifyServer: server }),
    ...(hasButtons === undefined ? {} : { hasPopupButtons: hasButtons }),
    ...(loginItem.problem === undefined ? {} : { loginProblem: loginItem.problem }),
  }
}
