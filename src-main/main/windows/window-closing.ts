import type { DesktopNotifier } from '../notifications/desktop-notifier.ts'
import { hasTrayHost } from '../tray/tray-host.ts'
import type { MainWindow } from './main-window.ts'
import type { WindowStateFile } from './window-state-file.ts'
import type { Shutdown } from '../app/shutdown.ts'

export interface ClosingDeps {
  readonly window: Pick<MainWindow, 'hide'>
  readonly stateFile: WindowStateFile
  readonly notifier: Pick<DesktopNotifier, 'show'>
  readonly open: () => void
  readonly end: Shutdown
}

/**
 * Hides the window into the tray, with a hint the first time. If the desktop shows no tray icons, ReMo quits instead:
 * nothing could bring a hidden window back.
 */
export async function handleWindowClose({ window, stateFile, notifier, open, end }: ClosingDeps): Promise<void> {
  if (!(await hasTrayHost(process.platform))) return end.run(0)
  window.hide()
  if (stateFile.value.trayHintGiven) return
  stateFile.update({ trayHintGiven: true })
  const body = 'You still get alerts. Use the tray icon to open or quit ReMo.'
  await notifier.show({
    tag: 'tray-hint',
    title: 'ReMo is still running in the tray',
    body,
    urgency: 'low',
    onClick: open,
  })
}
