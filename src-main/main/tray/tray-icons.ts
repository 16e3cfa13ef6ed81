import { nativeImage } from 'electron'
import type { NativeImage } from 'electron'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import type { TrayState } from '#shared/health/health-text.ts'
import { iconSizes } from './tray-system.ts'

/** Drawn by icons/render.mjs. Inlined: few files of half a kilobyte, needed at the start. */
const drawings = import.meta.glob<string>('./icons/**/*.png', { query: '?inline', import: 'default', eager: true })

export interface TrayLook {
  readonly panelIsDark: boolean
  readonly palette: SettingValues['appearance.palette']
}

/** The icon of a state for a dark or light panel. macOS colors a template image itself. */
export function trayIcon(state: TrayState, { panelIsDark, palette }: TrayLook): NativeImage {
  const image = nativeImage.createEmpty()
  for (const [scaleFactor, px] of iconSizes(process.platform)) {
    const name = `${state}-${panelIsDark ? 'dark' : 'light'}-${px}.png`
    // States without a color have one drawing for both palettes.
    const dataURL =
      (palette === 'color-blind' && drawings[`./icons/color-blind/${name}`]) || drawings[`./icons/${name}`]
    if (dataURL === undefined) throw new Error(`no tray drawing of ${px} px for ${state}`)
    image.addRepresentation({ scaleFactor, dataURL })
  }
  if (process.platform === 'darwin') image.setTemplateImage(true)
  return image
}
