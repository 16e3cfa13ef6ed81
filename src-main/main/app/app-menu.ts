import type { MenuItemConstructorOptions } from 'electron'
import type { IpcPushOf } from '#shared/ipc/contract.ts'

export interface MenuDeps {
  readonly platform: NodeJS.Platform
  /** Adds reload and developer tools. */
  readonly developing: boolean
  /** Users exist only with a backend. */
  readonly hasBackend: boolean
  readonly navigate: (to: IpcPushOf<'navigate'>) => void
  readonly openLogs: () => void
}

const pages = [
  { label: 'Overview', page: 'overview' },
  { label: 'Metrics', page: 'metrics' },
  { label: 'Alerts', page: 'alerts' },
  { label: 'Thresholds', page: 'thresholds' },
  { label: 'Users', page: 'users' },
] as const

/**
 * The application menu. An installed console has no reload item: a reload would lose the operator's input.
 * Pages have no accelerators here: their keys belong to the window's commands.
 */
export function menuTemplate(deps: MenuDeps): MenuItemConstructorOptions[] {
  const { platform, developing, hasBackend, navigate, openLogs } = deps
  const isMac = platform === 'darwin'
  const view: MenuItemConstructorOptions[] = [
    ...pages
      .filter(({ page }) => page !== 'users' || hasBackend)
      .map(({ label, page }) => ({ label, click: () => navigate({ page }) })),
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
    ...(developing ? ([{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }] as const) : []),
  ]
  return [
    ...(isMac ? ([{ role: 'appMenu' }] as const) : []),
    {
      label: '&File',
      submenu: [
        // The accelerator is for fields, where the key of the window's command does nothing.
        { label: 'Settings', accelerator: 'CmdOrCtrl+,', click: () => navigate({ page: 'settings' }) },
        { role: 'close' },
        ...(isMac ? [] : ([{ role: 'quit' }] as const)),
      ],
    },
    { role: 'editMenu' },
    { label: '&View', submenu: view },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [{ label: 'Show Log Files', click: openLogs }, ...(isMac ? [] : ([{ role: 'about' }] as const))],
    },
  ]
}
