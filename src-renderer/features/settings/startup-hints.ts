import type { SettingValues } from '#shared/settings/app-settings.ts'

interface TrayFacts {
  /** The setting of the tray icon. */
  readonly isOn: boolean
  /** The desktop shows tray icons. */
  readonly hasHost: boolean
}

/** What the close button does here, one or two sentences. */
export function closeHint(close: SettingValues['startup.close'], tray: TrayFacts): string {
  if (close === 'quit') return 'Closing the window quits ReMo.'
  const never = whyNoIcon(tray)
  if (close === 'ask')
    return never === undefined ? 'It asks, and keeps your answer here.' : `${never} It asks before it quits.`
  return never === undefined
    ? 'Closing the window keeps ReMo running, with its notifications.'
    : `${never} Closing the window quits ReMo.`
}

export function hiddenHint(tray: TrayFacts): string {
  const never = whyNoIcon(tray)
  return never === undefined ? 'ReMo starts without a window.' : `${never} The window is shown anyway.`
}

export function trayHint({ isOn, hasHost }: TrayFacts): string {
  if (hasHost) return 'It shows the worst state; its menu opens and quits ReMo.'
  return isOn ? 'This desktop shows no tray icons now.' : 'This desktop shows no tray icons.'
}

function whyNoIcon({ isOn, hasHost }: TrayFacts): string | undefined {
  if (!isOn) return 'The tray icon is off.'
  return hasHost ? undefined : 'This desktop shows no tray icons.'
}
