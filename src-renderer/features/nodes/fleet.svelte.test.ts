import { flushSync } from 'svelte'
import { expect, test } from 'vitest'
import { aPendingAlert, anAlert } from '#shared/alert/alert-builders.ts'
import { anId, anOfflineRule } from '#shared/rule/rule-builders.ts'
import { aDirectory, aFrame, aGrowth, aReport } from '../../bridge/bridge-builders.ts'
import { FakeBridge } from '../../bridge/fake-bridge.ts'
import { Clock } from '../../live/clock.svelte.ts'
import { FrameGate } from '../../live/frames/frame-gate.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { LiveStore } from '../../live/frames/live-store.svelte.ts'
import { Fleet } from './fleet.svelte.ts'

const now = 1_000_000_000

/** Ten nodes. All are fresh, except node-4: no data for a minute. */
function aFleet(clock: () => number = () => now) {
  const store = new LiveStore(new FrameGate((run) => run()))
  const rows = Array.from({ length: 10 }, (_, i) => [i, i === 3 ? now - 60_000 : now - 1000, 10 + i, 50] as const)
  store.reset(aDirectory(10), aFrame(0, rows))
  const bridge = new FakeBridge()
  const app = new AppState(bridge.api, new Clock(clock), store)
  app.report = aReport()
  return { app, bridge, fleet: new Fleet(app) }
}
const watched = <T>(read: () => T, act: () => void = () => undefined): T[] => {
  const seen: T[] = []
  const stop = $effect.root(() => {
    $effect(() => {
      seen.push(read())
    })
  })
  flushSync()
  act()
  flushSync()
  stop()
  return seen
}
const order = (fleet: Fleet): string => fleet.sorted.map(({ id }) => id.replace('node-', '')).join(' ')

test('worst first: critical, acknowledged critical, warning, stale, then the rest in natural order', () => {
  const { app, fleet } = aFleet()
  app.alerts.items = [
    anAlert({ id: anId(1), nodeId: 'node-10', severity: 'warning' }),
    anAlert({ id: anId(2), nodeId: 'node-9' }),
    anAlert({ id: anId(3), nodeId: 'node-2', acknowledgement: { by: 'anna', at: now, comment: '' } }),
  ]
  expect(watched(() => order(fleet))).toEqual(['9 2 10 4 1 3 5 6 7 8'])
})

test('pending after warnings, critical first; silent nodes after them', () => {
  const { app, bridge, fleet } = aFleet()
  const stop = app.pending.follow()
  app.alerts.items = [anAlert({ id: anId(1), nodeId: 'node-10', severity: 'warning' })]
  bridge.push('pending.changed', [
    aPendingAlert({ alertId: anId(11), nodeId: 'node-7', severity: 'warning', firesAt: 1_010_000 }),
    aPendingAlert({ alertId: anId(12), nodeId: 'node-8' }),
    aPendingAlert({ alertId: anId(13), nodeId: 'node-4' }),
  ])
  expect(watched(() => order(fleet))).toEqual(['10 8 7 4 1 2 3 5 6 9'])
  expect(watched(() => fleet.row('node-8')?.state)).toEqual(['pending-critical'])
  stop()
})

test('a silent node says when it is offline, as long as no alert says so', () => {
  const { app, fleet } = aFleet()
  app.rules.items = [anOfflineRule({ seconds: 90 })]
  expect(watched(() => fleet.silent)).toEqual([[{ nodeId: 'node-4', lastAt: now - 60_000, offlineAt: now + 30_000 }]])
  app.rules.items = [anOfflineRule({ seconds: 10 })]
  expect(watched(() => fleet.silent[0]?.offlineAt)).toEqual([now - 60_000 + 3 * 5000])
  app.alerts.items = [anAlert({ nodeId: 'node-4', kind: 'offline', metric: '', value: null })]
  expect(watched(() => [fleet.silent, fleet.row('node-4')?.state])).toEqual([[[], 'critical']])
})

test('a node without data is stale and not active; while blind, no node is stale', () => {
  const { app, fleet } = aFleet()
  expect(watched(() => [fleet.active, fleet.row('node-4')?.state])).toEqual([[9, 'unknown']])
  app.report = aReport({
    health: { kind: 'blind', since: now, cause: 'disconnected', detail: '' },
    lastSampleAt: now - 60_000,
  })
  expect(watched(() => fleet.active)).toEqual([10])
})

test('colored by a metric, the highest value comes first', () => {
  const { fleet } = aFleet()
  fleet.color = 'cpu_usage'
  expect(watched(() => order(fleet))).toEqual(['10 9 8 7 6 5 4 3 2 1'])
})

test('rows keep their place while the operator uses the list, and new nodes come last', () => {
  const { app, fleet } = aFleet()
  const seen = watched(
    () => order(fleet),
    () => {
      fleet.freezeOrder()
      app.alerts.items = [anAlert({ nodeId: 'node-9' })]
      app.store.apply({ ...aFrame(1, [[10, now, 1, 1]]), growth: aGrowth(aDirectory(11)) })
    },
  )
  expect(seen.at(-1)).toBe('4 1 2 3 5 6 7 8 9 10 11')
  expect(watched(() => order(fleet), fleet.releaseOrder).at(-1)).toBe('9 4 1 2 3 5 6 7 8 10 11')
})

test('rows stay while the pointer is on the map, however long it rests there', () => {
  let time = now
  const { app, fleet } = aFleet(() => time)
  const seen = watched(
    () => order(fleet),
    () => {
      fleet.holdOrder()
      fleet.freezeOrder()
      time += 60_000
      app.alerts.items = [anAlert({ nodeId: 'node-9' })]
    },
  )
  expect(seen.at(-1)).toBe('4 1 2 3 5 6 7 8 9 10')
  expect(
    watched(() => order(fleet), fleet.releaseOrder)
      .at(-1)
      ?.split(' ')[0],
  ).toBe('9')
})

test('a filter by name and by kind of state', () => {
  const { fleet } = aFleet()
  const shown = (): string[] => watched(() => fleet.shown.map(({ id }) => id)).at(-1) ?? []
  fleet.filter = 'SERVER-1'
  expect(shown()).toEqual(['node-1', 'node-10'])
  fleet.filter = ''
  fleet.only = 'silent'
  expect(shown()).toEqual(['node-4'])
})
