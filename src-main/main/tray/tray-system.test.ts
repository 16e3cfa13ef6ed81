import { expect, test } from 'vitest'
import { fittingTooltip, iconSizes, isPanelDark, menuText, opensOnClick } from './tray-system.ts'

const facts = { env: {}, appIsDark: true, systemIsDark: false }

test('the icon suits the panel, which is not the window', () => {
  expect(isPanelDark({ ...facts, platform: 'win32' }), 'a light taskbar under a dark app').toBe(false)
  expect(isPanelDark({ ...facts, platform: 'win32', appIsDark: false, systemIsDark: true })).toBe(true)
  expect(isPanelDark({ ...facts, platform: 'linux' })).toBe(true)
  const gnome = { XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' }
  expect(isPanelDark({ ...facts, platform: 'linux', env: gnome, appIsDark: false })).toBe(true)
})

test('macOS colors a template image itself, so the theme draws no other icon', () => {
  const of = (appIsDark: boolean) => isPanelDark({ ...facts, platform: 'darwin', appIsDark })
  expect(of(true)).toBe(of(false))
})

test('a click opens the window, but on macOS the menu', () => {
  expect((['linux', 'win32', 'darwin'] as const).map(opensOnClick)).toEqual([true, true, false])
})

test('a tooltip that Windows would cut ends with an ellipsis', () => {
  const long = 'x'.repeat(128)
  expect(fittingTooltip(long, 'win32')).toBe(`${'x'.repeat(126)}…`)
  expect(fittingTooltip(long.slice(1), 'win32')).toBe('x'.repeat(127))
  expect(fittingTooltip(long, 'linux')).toBe(long)
})

test('each system has the icon in sizes that are drawn', () => {
  const sizes = (['linux', 'win32', 'darwin'] as const).flatMap((platform) => iconSizes(platform).map(([, px]) => px))
  expect(new Set(sizes)).toEqual(new Set([16, 22, 32]))
})

test('a node that is named with an ampersand keeps it', () => {
  expect(menuText('r&d-1 is offline')).toBe('r&&d-1 is offline')
})
