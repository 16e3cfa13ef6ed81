/** Facts of the panel that has the tray icon. */
export interface PanelFacts {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether the app is dark. */
  readonly appIsDark: boolean
  /** Windows: whether the system is dark, taskbar included. It has a setting of its own. */
  readonly systemIsDark: boolean
}

/**
 * Whether the panel is dark. Windows tells; macOS colors the icon itself. No desktop of Linux reports it: GNOME's panel
 * is always dark, elsewhere it follows the theme.
 */
export function isPanelDark({ platform, env, appIsDark, systemIsDark }: PanelFacts): boolean {
  if (platform === 'darwin') return false
  if (platform === 'win32') return systemIsDark
  return env['XDG_CURRENT_DESKTOP']?.includes('GNOME') === true || appIsDark
}

/** Whether a click opens the window. On macOS a click opens the menu, which has an item for it. */
export function opensOnClick(platform: NodeJS.Platform): boolean {
  return platform !== 'darwin'
}

/** NOTIFYICONDATA.szTip of Windows has 128 units of UTF-16 with the end of the text. */
const longestOnWindows = 127

/** The tooltip as the system shows it in full: Windows would cut it anywhere. */
export function fittingTooltip(text: string, platform: NodeJS.Platform): string {
  return platform === 'win32' && text.length > longestOnWindows ? `${text.slice(0, longestOnWindows - 1)}…` : text
}

/** Sizes of the icon in pixels, by scale factor of the display, for each system's panel. */
export function iconSizes(platform: NodeJS.Platform): ReadonlyArray<readonly [scale: number, px: number]> {
  if (platform === 'darwin') return [[1, 16], [2, 32]] // prettier-ignore
  if (platform === 'win32') return [[1, 16], [1.5, 22], [2, 32]] // prettier-ignore
  return [[1, 22], [1.5, 32]] // prettier-ignore
}

/** A text as a menu shows it: a single `&` would underline the character after it. */
export function menuText(text: string): string {
  return text.replaceAll('&', '&&')
}
