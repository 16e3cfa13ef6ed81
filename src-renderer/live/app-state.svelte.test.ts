import { withdrawnAlert } from '#shared/team/merge-alert.ts'
import { flushSync } from 'svelte'
import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aDirectory, aFrame, aReport } from '../bridge/bridge-builders.ts'
import { okReply, FakeBridge } from '../bridge/fake-bridge.ts'
import { Clock } from './clock.svelte.ts'
import { AppState } from './app-state.svelte.ts'
import { FrameGate } from './frames/frame-gate.ts'
import { LiveStore } from './frames/live-store.svelte.ts'

const now = 5_000_000

test.for([
  ['live', aReport(), now],
  [
    'blind',
    aReport({ health: { kind: 'blind', since: 2_000_000, cause: 'no-records', detail: '' }, lastSampleAt: 1_900_000 }),
    1_900_000,
  ],
  [
    'blind without a sample',
    aReport({ health: { kind: 'blind', since: 2_000_000, cause: 'connecting', detail: '' }, lastSampleAt: null }),
    2_000_000,
  ],
  ['catching up', aReport({ health: { kind: 'catching-up', lagMessages: 9, behindMs: 60_000 } }), now - 60_000],
] as const)('when %s, the screen shows the time that was read', ([, report, asOf]) => {
  const app = new AppState(new FakeBridge().api, new Clock(() => now))
  app.report = report
  let seen = 0
  const stop = $effect.root(() => {
    $effect(() => {
      seen = app.asOf
    })
  })
  flushSync()
  stop()
  expect(seen).toBe(asOf)
})

test('a window that lags behind its engine says so, and its nodes are as of then', () => {
  const app = new AppState(new FakeBridge().api, new Clock(() => now))
  app.report = aReport({ at: now - 3500 })
  expect([app.windowLagMs, app.current, app.asOf]).toEqual([0, true, now])
  app.report = aReport({ at: now - 24_000 })
  expect([app.windowLagMs, app.current, app.asOf]).toEqual([24_000, false, now - 24_000])
  app.report = aReport({ at: now - 24_000, health: { kind: 'blind', since: now, cause: 'connecting', detail: '' } })
  expect([app.windowLagMs, app.current]).toEqual([0, false])
})

test('a last sample ahead of now is not shown', () => {
  const app = new AppState(new FakeBridge().api, new Clock(() => now), new LiveStore(new FrameGate((run) => run())))
  app.store.reset(aDirectory(1), aFrame(0, [[0, now - 9000, 1, 1]]))
  const blind = { kind: 'blind', since: now, cause: 'disconnected', detail: '' } as const
  app.report = aReport({ health: blind, lastSampleAt: now + 3_000_000 })
  expect(app.asOf).toBe(now - 9000)
})

test('keeps open and resolved alerts together', async () => {
  const resolved = anAlert({ id: anId(2), phase: 'resolved', resolvedAt: Date.now(), resolveReason: 'cleared' })
  const bridge = new FakeBridge({ 'alerts.list': ({ open }) => okReply(open ? [anAlert()] : [resolved]) })
  const app = new AppState(bridge.api)
  const stop = app.follow()
  await expect.poll(() => app.alerts.items.map(({ id }) => id)).toEqual([anId(2), anId(1)])
  stop()
})

test('a withdrawn alert leaves every list', async () => {
  const bridge = new FakeBridge({ 'alerts.list': ({ open }) => okReply(open ? [anAlert()] : []) })
  const app = new AppState(bridge.api)
  const stop = app.follow()
  await expect.poll(() => app.alerts.items).toHaveLength(1)
  bridge.push('alerts.changed', [withdrawnAlert(anAlert())])
  expect(app.alerts.items).toEqual([])
  stop()
})
