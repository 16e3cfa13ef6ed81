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
  const settings: MenuItemConstructorOptions = {
    label: 'Settings',
    // The accelerator is for fields, where the key of the window's command does nothing.
    accelerator: 'CmdOrCtrl+,',
    click: () => navigate({ page: 'settings' }),
  }
  return [
    ...(isMac ? [macMenu(settings)] : []),
    {
      label: '&File',
      submenu: [...(isMac ? [] : [settings]), { role: 'close' }, ...(isMac ? [] : ([{ role: 'quit' }] as const))],
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

/** The menu of the app as macOS has it everywhere: Settings is in it, not in File. */
function macMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  const separator = { type: 'separator' } as const
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  }
}
