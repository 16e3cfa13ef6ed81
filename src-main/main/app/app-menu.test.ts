import { expect, test } from 'vitest'
import { menuTemplate } from './app-menu.ts'
import type { MenuDeps } from './app-menu.ts'

const deps: MenuDeps = { platform: 'linux', developing: false, navigate: () => undefined, openLogs: () => undefined }
const rolesIn = (over: Partial<MenuDeps>): unknown[] =>
  menuTemplate({ ...deps, ...over }).flatMap(({ submenu }) =>
    Array.isArray(submenu) ? submenu.map(({ role }) => role) : [],
  )

test('the menu of an installed console has no reload and no developer tools', () => {
  expect(rolesIn({})).not.toEqual(expect.arrayContaining(['reload']))
  expect(rolesIn({})).not.toEqual(expect.arrayContaining(['toggleDevTools']))
  expect(rolesIn({ developing: true })).toEqual(expect.arrayContaining(['reload', 'toggleDevTools']))
})

test('the view menu has every page of the window', () => {
  const pages: unknown[] = []
  const view = menuTemplate({ ...deps, navigate: (to) => pages.push(to) }).find(({ label }) => label === '&View')
  const items = Array.isArray(view?.submenu) ? view.submenu : []
  items.forEach(({ click }) => click?.({} as never, undefined, {} as never))
  expect(pages).toEqual([{ page: 'overview' }, { page: 'metrics' }, { page: 'alerts' }, { page: 'thresholds' }])
})
