import { expect, test } from 'vitest'
import { menuTemplate } from './app-menu.ts'
import type { MenuDeps } from './app-menu.ts'

const deps: MenuDeps = {
  platform: 'linux',
  developing: false,
  hasBackend: true,
  navigate: () => undefined,
  openLogs: () => undefined,
}
const rolesIn = (over: Partial<MenuDeps>): unknown[] =>
  menuTemplate({ ...deps, ...over }).flatMap(({ submenu }) =>
    Array.isArray(submenu) ? submenu.map(({ role }) => role) : [],
  )

test('the menu of an installed console has no reload and no developer tools', () => {
  expect(rolesIn({})).not.toEqual(expect.arrayContaining(['reload']))
  expect(rolesIn({})).not.toEqual(expect.arrayContaining(['toggleDevTools']))
  expect(rolesIn({ developing: true })).toEqual(expect.arrayContaining(['reload', 'toggleDevTools']))
})

/** The pages that the items of the view menu open, in order. */
function pagesIn(over: Partial<MenuDeps>): unknown[] {
  const pages: unknown[] = []
  const navigate: MenuDeps['navigate'] = ({ page }) => pages.push(page)
  const view = menuTemplate({ ...deps, ...over, navigate }).find(({ label }) => label === '&View')
  const items = Array.isArray(view?.submenu) ? view.submenu : []
  items.forEach(({ click }) => click?.({} as never, undefined, {} as never))
  return pages
}

test('the view menu has every page of the window, and users only with a backend', () => {
  expect(pagesIn({})).toEqual(['overview', 'metrics', 'alerts', 'thresholds', 'users'])
  expect(pagesIn({ hasBackend: false })).toEqual(['overview', 'metrics', 'alerts', 'thresholds'])
})

test('Settings has the key that people know, also while a field has the focus', () => {
  const opened: unknown[] = []
  const file = menuTemplate({ ...deps, navigate: (to) => opened.push(to) }).find(({ label }) => label === '&File')
  const items = Array.isArray(file?.submenu) ? file.submenu : []
  const settings = items.find(({ label }) => label === 'Settings')
  settings?.click?.({} as never, undefined, {} as never)
  expect([settings?.accelerator, opened]).toEqual(['CmdOrCtrl+,', [{ page: 'settings' }]])
})

test('on macOS, settings, about and quit are in the menu of the app, and nowhere else', () => {
  const menu = menuTemplate({ ...deps, platform: 'darwin' })
  const namesIn = (items: unknown): unknown[] =>
    Array.isArray(items) ? items.map(({ role, label }: { role?: string; label?: string }) => role ?? label) : []
  expect(menu[0]?.role).toBe('appMenu')
  expect(namesIn(menu[0]?.submenu)).toEqual(expect.arrayContaining(['about', 'Settings', 'hide', 'quit']))
  const others = menu.slice(1).flatMap(({ submenu }) => namesIn(submenu))
  for (const name of ['about', 'Settings', 'quit']) expect(others).not.toContain(name)
})
