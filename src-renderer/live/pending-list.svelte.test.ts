import { expect, test } from 'vitest'
import { aPendingAlert, anAlert } from '#shared/alert/alert-builders.ts'
import { okReply, FakeBridge } from '../bridge/fake-bridge.ts'
import { AppState } from './app-state.svelte.ts'

const started = (replies: FakeBridge['replies']) => {
  const bridge = new FakeBridge({ 'alerts.list': () => okReply([]), ...replies })
  const app = new AppState(bridge.api)
  return { bridge, app, stop: app.follow() }
}

test('pending alerts come with the snapshot, and then with every push', async () => {
  const { bridge, app, stop } = started({ 'pending.list': () => okReply([aPendingAlert()]) })
  await expect.poll(() => app.pending.items).toEqual([aPendingAlert()])
  bridge.push('pending.changed', [aPendingAlert({ value: 99 })])
  expect(app.pending.items).toEqual([aPendingAlert({ value: 99 })])
  bridge.push('pending.changed', [])
  expect(app.pending.items).toEqual([])
  stop()
})

test('a push is newer than a snapshot that arrives after it', async () => {
  const reply = Promise.withResolvers<ReturnType<typeof okReply<[]>>>()
  const { bridge, app, stop } = started({ 'pending.list': () => reply.promise })
  bridge.push('pending.changed', [aPendingAlert()])
  reply.resolve(okReply([]))
  await expect.poll(() => app.alerts.loaded).toBe(true)
  expect(app.pending.items).toEqual([aPendingAlert()])
  stop()
})

test('an episode that has fired is no longer pending, although the list still has it', async () => {
  const { bridge, app, stop } = started({ 'pending.list': () => okReply([aPendingAlert()]) })
  await expect.poll(() => app.pending.items).toHaveLength(1)
  await expect.poll(() => app.alerts.loaded).toBe(true)
  bridge.push('alerts.changed', [anAlert({ id: aPendingAlert().alertId })])
  expect(app.pending.items).toEqual([])
  stop()
})
