import { systemPreferences } from 'electron'
import type { SettingsView } from '#shared/ipc/app-views.ts'
import type { DesktopFacts } from '#shared/ipc/desktop-facts.ts'
import type { PopupFacts } from '../notifications/popup-system.ts'
import { systemHour12 } from '../settings/time-style.ts'
import type { AppComponents } from './app-components.ts'
import type { AppShell } from './app-shell.ts'

/** Facts of this computer that limit a setting. */
export function systemFacts(
  { notifier, sounds }: Pick<AppComponents, 'notifier' | 'sounds'>,
  { trayPresence, loginItem }: Pick<AppShell, 'trayPresence' | 'loginItem'>,
): SettingsView['system'] {
  const desktop = desktopFacts(notifier.facts)
  return {
    hasTray: trayPresence.hasHost,
    reducesMotion: systemPreferences.getAnimationSettings().prefersReducedMotion,
    hour12: systemHour12(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    notifies: notifier.facts.problem === undefined,
    ...(desktop === undefined ? {} : { desktop }),
    ...(sounds.problem === undefined ? {} : { soundProblem: sounds.problem }),
    ...(loginItem.problem === undefined ? {} : { loginProblem: loginItem.problem }),
  }
}

function desktopFacts({ problem, server, hasButtons }: PopupFacts): DesktopFacts | undefined {
  if (hasButtons === undefined) return undefined
  return {
    hasButtons,
    knowsLock: process.platform !== 'linux',
    ...(server === undefined ? {} : { server }),
    ...(problem === undefined ? {} : { problem }),
  }
}
