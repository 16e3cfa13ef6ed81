import { expect, onTestFinished, test } from 'vitest'
import { initialSettings, type SettingValues } from '#shared/settings/app-settings.ts'
import { aSettingsView } from '../../bridge/bridge-builders.ts'
import { FakeBridge, failureReply, okReply } from '../../bridge/fake-bridge.ts'
import { PageSettings } from '../../live/page-settings.svelte.ts'
import { SoundPage } from './sound-page.svelte.ts'
import { fileName, neverHeard, soundHint } from './sound-text.ts'

async function open(replies: FakeBridge['replies']) {
  let file: Partial<SettingValues> = {}
  const { system } = aSettingsView()
  const missing = 'There is no file /gone.ogg.'
  const view = () =>
    aSettingsView(file, {
      system: { ...system, ...(file['sound.file'] === '/gone.ogg' ? { soundProblem: missing } : {}) },
    })
  const bridge = new FakeBridge({
    'settings.get': () => okReply(view()),
    'settings.set': ({ key, value }) => {
      file = { ...file, [key]: value }
      return okReply(view())
    },
    ...replies,
  })
  const settings = new PageSettings(bridge.api)
  onTestFinished(settings.follow())
  await expect.poll(() => settings.view).toBeDefined()
  return { bridge, settings, page: new SoundPage(bridge.api, settings) }
}

test('a test says what was played, or why nothing was', async () => {
  const { bridge, page } = await open({ 'sound.test': () => okReply({ played: true }) })
  await page.test('critical')
  expect([page.results.critical?.ok, page.results.warning, page.testing]).toEqual([true, undefined, undefined])
  bridge.replies['sound.test'] = () => okReply({ played: false, problem: 'The volume is 0 %.' })
  await page.test('warning')
  expect(page.results).toEqual({ warning: { ok: false, text: 'Not played. The volume is 0 %.' } })
  bridge.replies['sound.test'] = () => okReply({ played: true, problem: 'A sound of ReMo was played instead.' })
  await page.test('resolved')
  expect(page.results.resolved).toEqual({ ok: false, text: 'A sound of ReMo was played instead.' })
  bridge.replies['sound.test'] = () => failureReply('failed', 'The console stopped.')
  await page.test('critical')
  expect(page.results.critical?.text).toBe('Not played. The console stopped.')
})

test('a chosen file is used, a canceled choice changes nothing, and the file is cleared', async () => {
  const { bridge, page, settings } = await open({ 'sound.chooseFile': () => okReply({ file: '/home/anna/pager.ogg' }) })
  await page.choose()
  expect(settings.values['sound.file']).toBe('/home/anna/pager.ogg')
  bridge.replies['sound.chooseFile'] = () => okReply({})
  await page.choose()
  expect(settings.values['sound.file']).toBe('/home/anna/pager.ogg')
  bridge.replies['sound.chooseFile'] = () => failureReply('failed', 'No dialog.')
  await page.choose()
  expect([page.problem, page.choosing]).toEqual(['No dialog.', false])
  await page.clear()
  expect([page.problem, settings.values['sound.file']]).toEqual([undefined, ''])
})

test('a file that cannot be played is known after the choice', async () => {
  const { page, settings } = await open({ 'sound.chooseFile': () => okReply({ file: '/gone.ogg' }) })
  await page.choose()
  expect(settings.view?.system.soundProblem).toBe('There is no file /gone.ogg.')
  await page.clear()
  expect(settings.view?.system.soundProblem).toBeUndefined()
})

test('a sound that its notification keeps silent says so', () => {
  const hint = (kind: 'critical' | 'warning' | 'resolved', change: Partial<SettingValues>) =>
    soundHint(kind, { ...initialSettings, ...change })
  expect(hint('critical', {})).toMatch(/^With its notification/)
  expect(hint('critical', { 'notifications.critical': false })).toMatch(/^Silent, because critical alerts/)
  expect(hint('warning', {})).toBe('Warnings are silent.')
  expect(hint('warning', { 'sound.warning': true })).toBe('Silent, because warnings do not pop up.')
  expect(hint('warning', { 'sound.warning': true, 'notifications.warning': true })).toMatch(/^With its/)
  expect(hint('resolved', { 'sound.resolved': true, 'notifications.resolved': 'off' })).toMatch(/^Silent, because/)
})

test('what never sounds follows do not disturb', () => {
  const all = (change: Partial<SettingValues>) => neverHeard({ ...initialSettings, ...change })
  expect(all({})).toContain('Anything during do not disturb, except what is critical.')
  expect(all({ 'notifications.criticalBreaksThrough': false })).toContain('Anything during do not disturb.')
})

test.each([
  ['/home/anna/Sounds/pager.ogg', 'pager.ogg'],
  ['C:\\Sounds\\pager.wav', 'pager.wav'],
  ['pager.wav', 'pager.wav'],
])('the name of %s is %s', (path, name) => expect(fileName(path)).toBe(name))
