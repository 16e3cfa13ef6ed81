import { expect, onTestFinished, test } from 'vitest'
import type { SettingsView } from '#shared/ipc/app-views.ts'
import { aSettingsView } from '../bridge/bridge-builders.ts'
import { FakeBridge, failureReply, okReply } from '../bridge/fake-bridge.ts'
import { clockTime, dateTime, shortDate } from './local-time.ts'
import { PageSettings } from './page-settings.svelte.ts'
import { timeZone } from './time-style.svelte.ts'

async function open(view: SettingsView, replies: FakeBridge['replies'] = {}) {
  const bridge = new FakeBridge({ 'settings.get': () => okReply(view), ...replies })
  const settings = new PageSettings(bridge.api)
  onTestFinished(settings.follow())
  await expect.poll(() => settings.view).toBeDefined()
  return { bridge, settings }
}

test('until the first reply there are defaults, and nothing can be changed', () => {
  const settings = new PageSettings(new FakeBridge({}).api)
  expect(settings.values['appearance.density']).toBe('comfortable')
  expect(settings.locked('appearance.density')).toBe(true)
})

test('a variable locks its setting', async () => {
  const source = { kind: 'variable', name: 'REMO_THEME' } as const
  const { settings } = await open(aSettingsView({}, { fixed: { 'appearance.theme': { value: 'dark', source } } }))
  expect([settings.locked('appearance.theme'), settings.locked('appearance.density')]).toEqual([true, false])
  expect(settings.source('appearance.theme')).toEqual(source)
})

test('a refused value keeps the one in force, with the reason beside it until a value is taken', async () => {
  const { bridge, settings } = await open(aSettingsView(), {
    'settings.set': () => failureReply('bad-request', 'Expected at least 1 day.'),
  })
  expect(await settings.set('data.keepDays', 0)).toBe(false)
  expect([settings.problems, settings.values['data.keepDays']]).toEqual([
    { 'data.keepDays': 'Expected at least 1 day.' },
    14,
  ])
  bridge.replies['settings.set'] = () => okReply(aSettingsView({ 'data.keepDays': 30 }))
  expect(await settings.set('data.keepDays', 30)).toBe(true)
  expect([settings.problems, settings.values['data.keepDays']]).toEqual([{}, 30])
})

test('a reset takes the defaults, and the problems of that page', async () => {
  const { settings } = await open(aSettingsView({ 'appearance.density': 'compact' }), {
    'settings.set': () => failureReply('failed', 'The disk is full.'),
    'settings.reset': () => okReply(aSettingsView()),
  })
  await settings.set('appearance.density', 'comfortable')
  await settings.set('startup.close', 'quit')
  await settings.reset('appearance')
  expect(settings.values['appearance.density']).toBe('comfortable')
  expect(Object.keys(settings.problems)).toEqual(['startup.close'])
})

test('a change of the file by hand holds at once, for every time in the window', async () => {
  const { bridge } = await open(aSettingsView())
  const winter = Date.UTC(2026, 0, 15, 23, 30, 5)
  const { system } = aSettingsView()
  bridge.push('settings.changed', aSettingsView({ 'appearance.timeZone': 'utc' }))
  expect([clockTime(winter), dateTime(winter), timeZone()]).toEqual(['23:30:05', '2026-01-15 23:30:05', 'UTC'])
  expect([shortDate(Date.UTC(2026, 0, 15)), shortDate(winter)]).toEqual(['01-15', '01-15 23:30'])
  bridge.push(
    'settings.changed',
    aSettingsView(
      { 'appearance.timeZone': 'utc', 'appearance.clock': 'system' },
      { system: { ...system, hour12: true } },
    ),
  )
  expect(clockTime(winter)).toBe('11:30:05\u202fPM')
  expect(shortDate(Date.UTC(2026, 0, 15))).toBe('01-15')
  bridge.push('settings.changed', aSettingsView({ 'appearance.timeZone': 'utc', 'appearance.clock': 'system' }))
  bridge.push('settings.changed', aSettingsView())
  expect([clockTime(Date.UTC(2026, 0, 15, 12)).slice(3), timeZone()]).toEqual(['00:00', 'Europe/Zurich'])
})

test('a file that cannot be opened says why', async () => {
  const { settings } = await open(aSettingsView(), {
    'settings.openFile': () => failureReply('failed', 'The system could not open it.'),
  })
  await settings.openFile()
  expect(settings.problem).toBe('The system could not open it.')
})
