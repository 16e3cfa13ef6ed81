import { expect, onTestFinished, test } from 'vitest'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import type { FixedSettings } from '#shared/settings/effective-settings.ts'
import { aSettingsView } from '../bridge/bridge-builders.ts'
import { FakeBridge, okReply } from '../bridge/fake-bridge.ts'
import type { Command } from '../commands/commands.svelte.ts'
import { NotificationTest } from '../features/settings/notification-test.svelte.ts'
import { AppState } from '../live/app-state.svelte.ts'
import { foundCommands } from './found-commands.ts'
import { notificationCommands } from './notification-commands.ts'

async function open(fixed: FixedSettings = {}) {
  let file: Partial<SettingValues> = {}
  const bridge = new FakeBridge({
    'settings.get': () => okReply(aSettingsView(file, { fixed })),
    'settings.set': ({ key, value }) => {
      file = { ...file, [key]: value }
      return okReply(aSettingsView(file, { fixed }))
    },
    'notifications.test': () => okReply({ shown: true }),
  })
  const app = new AppState(bridge.api)
  onTestFinished(app.settings.follow())
  await expect.poll(() => app.settings.view).toBeDefined()
  const shown: string[] = []
  const sent = new NotificationTest(bridge.api)
  const commands = notificationCommands({ app, test: sent, show: (section) => shown.push(section) })
  const titles = (): string[] => foundCommands(commands, '').map(({ title }) => title)
  const run = (title: string): void => foundCommands(commands, title)[0]?.run()
  return { app, shown, sent, titles, run }
}

test('names are hidden and shown again by the command that applies', async () => {
  const { app, titles, run } = await open()
  run('Hide names')
  await expect.poll(() => app.settings.values['notifications.hideDetails']).toBe(true)
  expect(titles()).not.toContain('Hide names and values in notifications')
  run('Show names')
  await expect.poll(() => app.settings.values['notifications.hideDetails']).toBe(false)
})

test('my nodes without an entry opens the settings, because no alert would pop up', async () => {
  const { app, shown, run, titles } = await open()
  run('my nodes only')
  await expect.poll(() => app.settings.values['notifications.nodes']).toBe('mine')
  expect(shown).toEqual(['notifications'])
  expect(titles()).toContain('Notify about all nodes')
})

test('a test notification shows its result in the settings', async () => {
  const { shown, sent, run } = await open()
  run('test')
  await expect.poll(() => sent.result?.ok).toBe(true)
  expect(shown).toEqual(['notifications'])
})

test('what a variable fixes has no command', async () => {
  const source = { kind: 'variable', name: 'X' } as const
  const { titles } = await open({ 'notifications.hideDetails': { value: true, source } })
  expect(titles().filter((title) => title.includes('names'))).toEqual([])
})

test('words find commands in any order, titles that begin so first, and the newest of an id', () => {
  const command = (id: string, title: string, change: Partial<Command> = {}): Command => ({
    id,
    title,
    group: 'Lists',
    keys: [],
    run: () => undefined,
    ...change,
  })
  const all = [
    command('a', 'The sound settings'),
    command('b', 'Sound settings'),
    command('c', 'Sound off', { when: () => false }),
    command('b', 'Sound settings, newest'),
  ]
  expect(foundCommands(all, 'sound').map(({ title }) => title)).toEqual([
    'Sound settings, newest',
    'The sound settings',
  ])
  expect(foundCommands(all, 'settings lists THE').map(({ id }) => id)).toEqual(['a'])
})
