import { systemPreferences } from 'electron'
import type { SettingsView } from '#shared/ipc/app-views.ts'
import type { DesktopFacts } from '#shared/ipc/desktop-facts.ts'
import type { PopupFacts } from '../notifications/popup-system.ts'
import { systemHour12 } from '../settings/time-style.ts'
import type { AppComponents } from './app-components.ts'
import type { AppShell } from './app-shell.ts'

/** Facts of this computer that limit a setting. */
export function systemFacts(
  { notifier, sounds, screen }: Pick<AppComponents, 'notifier' | 'sounds' | 'screen'>,
  { trayPresence, loginItem }: Pick<AppShell, 'trayPresence' | 'loginItem'>,
): SettingsView['system'] {
  const desktop = desktopFacts(notifier.facts, screen.isKnown)
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

/** `undefined`: the desktop has not answered yet. */
function desktopFacts({ problem, server, hasButtons }: PopupFacts, knowsLock: boolean): DesktopFacts | undefined {
  if (hasButtons === undefined && problem === undefined) return undefined
  return {
    hasButtons: hasButtons ?? false,
    knowsLock,
    ...(server === undefined ? {} : { server }),
    ...(problem === undefined ? {} : { problem }),
  }
}
