import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { NativeImage } from 'electron'
import type { Log } from '#shared/log.ts'
import type { Bus } from '../dbus/bus.ts'
import { BusPopups } from './bus-popups.ts'
import { ElectronPopups } from './electron-popups.ts'
import { leftPopupsFile } from './left-popups.ts'
import type { PopupSystem } from './popup-system.ts'

export interface PopupSystemDeps {
  /** The session bus of a Linux desktop; `undefined` elsewhere. */
  readonly sessionBus: Bus | undefined
  readonly icon: NativeImage
  /** Folder of this instance. */
  readonly homeDir: string
  readonly log: Log
}

/** In points, as most notification servers draw icons. A larger icon takes space from the text. */
const iconPoints = 48

/** Popups as this operating system has them. */
export function createPopupSystem({ sessionBus, icon, homeDir, log }: PopupSystemDeps): PopupSystem {
  const small = icon.resize({ width: iconPoints, quality: 'best' })
  if (!sessionBus) return new ElectronPopups(small)
  // A server cannot read the one in the archive of the app.
  const path = join(homeDir, 'notification-icon.png')
  let address = ''
  writeFile(path, small.toPNG()).then(
    () => (address = pathToFileURL(path).href),
    (cause: unknown) => log.warn('notifications have no icon', { cause }),
  )
  return new BusPopups({
    bus: sessionBus,
    left: leftPopupsFile(join(homeDir, 'popups.json'), log),
    icon: () => address,
    log,
  })
}
