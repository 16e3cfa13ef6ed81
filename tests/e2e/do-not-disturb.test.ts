import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { breach, calm, hot, openWithNode } from '../support/node-steps.ts'
import { electronPath, type RunningConsole } from '../support/running-console.ts'
import { firing, lastCall, openWithThreshold, received, sendCpu, sendUntilFiring } from '../support/popup-steps.ts'
import { call, set } from '../support/sound-steps.ts'
import { addCpuThreshold } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

// Do not disturb, in the notification daemon, in the tray and from another process.

test.use({ nodes: ['other', 'pause-1', 'pause-2', 'pause-3', 'pause-4', 'short-1'] })

const dialog = (window: Page) => window.getByRole('dialog', { name: 'Do not disturb' })
const isOn = (console: RunningConsole) => console.metric('remo_do_not_disturb')
const held = (console: RunningConsole, kind: string) =>
  console.metric('remo_notifications_held_back_total', `kind="${kind}"`)

/** Begins an hour by keyboard. */
async function pauseByKeyboard(window: Page, console: RunningConsole): Promise<void> {
  await window.keyboard.press('Control+Shift+M')
  await expect(dialog(window).getByRole('button', { name: /^15.m/ })).toBeFocused()
  await window.keyboard.press('Tab')
  await window.keyboard.press('Enter')
  await expect.poll(() => isOn(console)).toBe(1)
  await window.keyboard.press('Escape')
}

test('a critical alert breaks through a pause that was begun by keyboard', async ({
  launch,
  producer,
  notifications,
}) => {
  const { console, window } = await openWithNode(launch, producer, 'pause-1')
  await addCpuThreshold(window, 'pause-1')
  await pauseByKeyboard(window, console)
  await breach(window, producer, 'pause-1')
  await expect.poll(() => notifications.displayed()).toBe(1)
  expect(notifications.collect()[0]?.summary).toMatch(/^\[CRITICAL\] pause-1 CPU/)
  expect(await held(console, 'critical')).toBe(0)
})

test('without breaking through no popup is shown, and one digest when it is ended', async ({
  launch,
  producer,
  notifications,
  tray,
}) => {
  const { console, window } = await openWithNode(launch, producer, 'pause-2')
  await producer.send({ nodeId: 'pause-3', at: Date.now(), metrics: calm })
  await addCpuThreshold(window, 'pause-2')
  await addCpuThreshold(window, 'pause-3')
  await pauseByKeyboard(window, console)
  await window.getByRole('button', { name: /left$/ }).click()
  await dialog(window).getByRole('switch', { name: 'Critical breaks through' }).click()
  await expect(dialog(window)).toContainText('You are not told of critical alerts')
  await window.keyboard.press('Escape')
  await breach(window, producer, 'pause-2')
  await breach(window, producer, 'pause-3')
  await expect.poll(() => held(console, 'critical')).toBe(2)
  // The list, the counts and the tray go on.
  await expect.poll(() => tray.tooltip()).toContain('2 critical')
  await producer.send({ nodeId: 'pause-3', at: Date.now(), metrics: calm })
  await expect.poll(() => tray.tooltip()).toContain('1 critical')
  expect(notifications.displayed()).toBe(0)

  await window.getByRole('button', { name: /left$/ }).click()
  await expect(dialog(window)).toContainText('So far held back: 2 critical')
  await dialog(window).getByRole('button', { name: 'End now' }).click()
  await expect.poll(() => notifications.displayed()).toBe(1)
  const [digest, ...more] = notifications.collect()
  expect(more).toEqual([])
  expect(digest?.summary).toMatch(/^Do not disturb ended after \d/)
  expect(digest?.body).toMatch(/^2 critical fired, 1 resolved\. 1 still fires: pause-2 CPU 97\.2.%\.$/)
  expect(await isOn(console)).toBe(0)
})

test('an alert that opens and resolves in between is nothing during, and one digest at the end', async ({
  launch,
  producer,
  notifications,
}) => {
  const { console, window } = await openWithThreshold(launch, producer, 'short-.*')
  await set(window, 'notifications.criticalBreaksThrough', false)
  await pauseByKeyboard(window, console)
  await sendUntilFiring(console, 1, () => sendCpu(producer, 'short-1', 97.2))
  await expect.poll(() => held(console, 'critical')).toBe(1)
  await sendCpu(producer, 'short-1', 71)
  await expect.poll(() => firing(console)).toBe(0)
  expect(received(notifications)).toEqual([])

  await call(window, 'doNotDisturb.request', { request: 'off' })
  await expect.poll(() => received(notifications)).toHaveLength(1)
  expect(lastCall(notifications)).toMatchObject({
    summary: expect.stringMatching(/^Do not disturb ended after \d+ (s|m.*)$/),
    body: '1 critical fired, 1 resolved.',
    urgency: 'normal',
    buttons: ['Open the list', 'Mark all seen'],
  })
  notifications.press('Mark all seen')
  await expect(window).toHaveTitle('ReMo')
  expect(received(notifications)).toHaveLength(1)
})

test('the tray has the same choices, a picture of its own and the time left', async ({ launch, tray }) => {
  const console = await launch({ args: ['--demo', '--hidden'], bootstrap: 'localhost:1' })
  await expect.poll(() => tray.tooltip(), { timeout: 40_000 }).toContain('live')
  const before = await tray.picture()
  const entries = async () => (await tray.menu()).map(({ label, isMarked }) => `${isMarked ? '✓ ' : ''}${label}`)
  await expect.poll(entries).toEqual(expect.arrayContaining(['15 m', '1 h', '4 h', 'Until 08:00']))
  await tray.choose('15 m')
  await expect.poll(() => isOn(console)).toBe(1)
  await expect.poll(() => tray.tooltip()).toMatch(/do not disturb, 15.m left$/)
  await expect.poll(entries).toContainEqual(expect.stringMatching(/^✓ 15 m, until \d\d:\d\d$/))
  // With a moon, unless an alert of the demo is critical by now.
  if (!/critical/.test(await tray.tooltip())) expect(await tray.picture()).not.toBe(before)
  await tray.choose('15 m more')
  await expect.poll(() => tray.tooltip()).toMatch(/do not disturb, 30.m left$/)
  await tray.choose('End now')
  await expect.poll(() => isOn(console)).toBe(0)
  await expect.poll(() => tray.tooltip()).not.toContain('do not disturb')
})

test('a second start with the flag pauses the first, and leaves its window alone', async ({
  launch,
  desktop,
  tray,
}) => {
  const console = await launch({ args: ['--hidden'] })
  await expect.poll(() => console.metric('remo_kafka_connected')).toBe(1)
  const start = (...args: string[]) =>
    spawnSync(electronPath(), ['.', ...args], {
      env: { ...desktop.env, REMO_DATA_DIR: console.dataDir, PROMETHEUS_PORT: '0' },
      encoding: 'utf8',
      timeout: 60_000,
    })
  const second = start('--do-not-disturb', '4h')
  expect([second.status, second.stdout]).toEqual([0, expect.stringContaining('Passing on --do-not-disturb 4h.')])
  await expect.poll(() => isOn(console)).toBe(1)
  await expect.poll(() => tray.tooltip()).toMatch(/do not disturb, 4.h left$/)
  expect(start('--do-not-disturb=off').status).toBe(0)
  await expect.poll(() => isOn(console)).toBe(0)
  const isVisible = () =>
    console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((one) => one.isVisible()))
  expect(await isVisible()).toBe(false)
  expect(start('--do-not-disturb', 'always').status).toBe(2)
})

test('a first start with the flag holds back; after a restart past the end comes the digest', async ({
  launch,
  producer,
  notifications,
}) => {
  const { console: setUp, window } = await openWithNode(launch, producer, 'pause-4')
  await addCpuThreshold(window, 'pause-4')
  await window.keyboard.press('Control+Shift+M')
  await dialog(window).getByRole('switch', { name: 'Critical breaks through' }).click()
  await expect(dialog(window)).toContainText('You are not told of critical alerts')
  await setUp.quit()
  const { dataDir } = setUp
  const paused = await launch({ dataDir, args: ['--do-not-disturb', '1h'] })
  const second = await paused.window()
  await expect.poll(() => isOn(paused)).toBe(1)
  await breach(second, producer, 'pause-4')
  await expect.poll(() => held(paused, 'critical')).toBe(1)
  expect(notifications.displayed()).toBe(0)
  await paused.kill()

  const file = join(dataDir, 'do-not-disturb.json')
  const state = JSON.parse(readFileSync(file, 'utf8')) as { pause: { until: number } }
  writeFileSync(file, JSON.stringify({ ...state, pause: { ...state.pause, until: Date.now() } }))
  const later = await launch({ dataDir })
  await expect(async () => {
    // It is live only while records arrive.
    await producer.send({ nodeId: 'pause-4', at: Date.now(), metrics: hot })
    expect(notifications.displayed()).toBe(1)
  }).toPass({ timeout: 40_000 })
  expect(await isOn(later)).toBe(0)
  const [digest, ...more] = notifications.collect()
  expect(more).toEqual([])
  expect(digest?.summary).toBe('Do not disturb ended')
  expect(digest?.body).toMatch(/1 still fires: pause-4 CPU/)
})
