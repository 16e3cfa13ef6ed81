import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import { nullLog } from '../../../tests/support/null-log.ts'
import { SettingsFileStore } from '../settings/settings-file-store.ts'
import { SettingsService } from '../settings/settings-service.ts'
import { TrayPresence } from './tray-presence.ts'

/** `hostAfter`: the desktop shows tray icons from so many waits on. */
function start({
  trayIcon = true,
  hostAfter = 0,
}: {
  trayIcon?: SettingValues['startup.trayIcon']
  hostAfter?: number
}) {
  const folder = mkdtempSync(join(tmpdir(), 'remo-tray-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const store = new SettingsFileStore({ path: join(folder, 'settings.json'), log: nullLog, now: () => 0 })
  const settings = new SettingsService(store, {})
  settings.set('startup.trayIcon', trayIcon)
  const seen = { icon: false, icons: 0, windows: 0, waits: 0 }
  const presence = new TrayPresence({
    settings,
    tray: {
      turn: (on) => {
        if (on && !seen.icon) seen.icons++
        seen.icon = on
      },
    },
    hasHost: () => Promise.resolve(seen.waits >= hostAfter),
    showWindow: () => seen.windows++,
    wait: () => {
      seen.waits++
      return Promise.resolve()
    },
  })
  return { presence, settings, seen }
}

test('a start without a window stays without one while the tray has an icon', async () => {
  const { presence, seen } = start({})
  await presence.start({ hidden: true })
  expect(seen).toEqual({ icon: true, icons: 1, windows: 0, waits: 0 })
})

test('it waits for a panel that starts later, and makes an icon for it', async () => {
  const { presence, seen } = start({ hostAfter: 7 })
  await presence.start({ hidden: true })
  expect(seen).toEqual({ icon: true, icons: 2, windows: 0, waits: 7 })
})

test('on a desktop without tray icons, it shows the window', async () => {
  const { presence, seen } = start({ hostAfter: Infinity })
  await presence.start({ hidden: true })
  expect(seen.windows).toBe(1)
  await presence.start({ hidden: false })
  expect(seen.windows).toBe(1)
  expect(await presence.check()).toBe(false)
  expect(presence.hasHost).toBe(false)
})

test('with the icon off, it shows the window at once', async () => {
  const { presence, seen } = start({ trayIcon: false })
  await presence.start({ hidden: true })
  expect(seen).toEqual({ icon: false, icons: 0, windows: 1, waits: 0 })
})

test('the icon goes and comes with the setting, and a window never stays hidden without it', async () => {
  const { presence, settings, seen } = start({})
  settings.set('startup.trayIcon', false)
  expect(seen).toMatchObject({ icon: false, windows: 1 })
  expect(await presence.check()).toBe(false)
  settings.set('startup.trayIcon', true)
  expect(seen).toMatchObject({ icon: true, windows: 1 })
  expect(await presence.check()).toBe(true)
})
