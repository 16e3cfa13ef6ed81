import { app, nativeImage } from 'electron'
import type { BrowserWindow, NativeImage } from 'electron'
import { badgeText } from '#shared/health/badge.ts'
import type { Badge } from '#shared/health/badge.ts'
import type { Bus } from '../dbus/bus.ts'
import { drawBadge } from './draw-badge.ts'
import { launcherUpdate } from './launcher-entry.ts'

export interface AppBadgeDeps {
  readonly platform: NodeJS.Platform
  readonly window: () => BrowserWindow | null
  /** Of a Linux desktop. */
  readonly sessionBus: Pick<Bus, 'emit'> | undefined
}

/** Sizes of the overlay by scale factor of the display. */
const overlayPx = [[1, 16], [1.5, 24], [2, 32]] as const // prettier-ignore

/** The badge on the icon of ReMo in the dock or task bar. It is set only if it changes. */
export class AppBadge {
  readonly #deps: AppBadgeDeps
  #shown = ''
  #badge: Badge = { kind: 'none' }

  constructor(deps: AppBadgeDeps) {
    this.#deps = deps
  }

  show(badge: Badge): void {
    const text = JSON.stringify(badge)
    if (text === this.#shown) return
    // Without a badge before, there is none to remove.
    const isFirst = this.#shown === ''
    this.#shown = text
    this.#badge = badge
    if (!isFirst || badge.kind !== 'none') this.#draw()
  }

  /** The window has a button in the task bar again: Windows has forgotten its overlay. */
  windowShown(): void {
    if (this.#deps.platform === 'win32' && this.#badge.kind !== 'none') this.#draw()
  }

  /** No badge stays behind. */
  end(): void {
    this.show({ kind: 'none' })
  }

  #draw(): void {
    const { platform, window, sessionBus } = this.#deps
    const text = badgeText(this.#badge)
    if (platform === 'darwin') return app.dock?.setBadge(text)
    if (platform === 'linux') return sessionBus?.emit(launcherUpdate(this.#badge))
    const native = window()
    if (platform !== 'win32' || !native || native.isDestroyed()) return
    const what = this.#badge.kind === 'count' ? `${text} alerts` : 'Alerts unknown'
    native.setOverlayIcon(overlay(this.#badge), text === '' ? '' : what)
  }
}

function overlay(badge: Badge): NativeImage | null {
  if (badge.kind === 'none') return null
  const image = nativeImage.createEmpty()
  for (const [scaleFactor, px] of overlayPx) {
    const buffer = drawBadge(badgeText(badge), badge.kind, px)
    image.addRepresentation({ scaleFactor, width: px, height: px, buffer })
  }
  return image
}
