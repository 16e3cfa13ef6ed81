import type { SettingsView } from '#shared/ipc/app-views.ts'

type System = Pick<SettingsView['system'], 'notifies' | 'desktop'>

/** What this desktop does with notifications, or why it shows none. `works`: as the last one turned out. */
export function desktopHint(works: boolean | undefined, system: System | undefined): string {
  const { server, hasButtons, problem } = system?.desktop ?? {}
  if (works === false) {
    return [problem, 'ReMo shows alerts only in this window and in the tray.'].filter(Boolean).join(' ')
  }
  const shows = `${server ?? 'This computer'} shows the notifications of ReMo`
  if (hasButtons === undefined) return `${shows}.`
  return hasButtons
    ? `${shows}, with buttons to acknowledge, silence and open.`
    : `${shows}, without buttons. A click opens the alert; the menu of the tray acknowledges.`
}

/** What hiding on a locked screen does. Where ReMo cannot know of the lock, that it does nothing. */
export function lockHint(hides: boolean, system: System | undefined): string {
  if (system?.desktop?.knowsLock === false)
    return 'This desktop does not report that its screen is locked. “Hide names and values” works by hand.'
  return hides
    ? '“1 critical alert”: a number and no name. The text follows when you unlock the screen.'
    : 'Names and values are on a locked screen, for everybody who sees it.'
}
