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
 * The operator closed the window: ReMo goes on in the tray, and says so the first time. Where nobody shows a tray
 * icon, closing ends it: a window must never hide where nothing can bring it back.
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
