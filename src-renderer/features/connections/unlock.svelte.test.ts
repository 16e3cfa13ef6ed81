import { expect, test } from 'vitest'
import { anAppInfo } from '../../bridge/bridge-builders.ts'
import { anItem, aView } from '../../bridge/connection-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { Unlock } from './unlock.svelte.ts'

const info = (needsPassword: boolean) =>
  anAppInfo({ connection: { ...anAppInfo().connection, name: 'Production', origin: 'saved', needsPassword } })
function anUnlock(replies: FakeBridge['replies'] = {}) {
  const bridge = new FakeBridge({ 'app.info': () => okReply(info(false)), ...replies })
  const app = new AppState(bridge.api)
  app.info = info(true)
  app.connections.take(aView([anItem({}, { inUse: true })], { keychainProblem: 'No working keychain found.' }))
  return { bridge, app, unlock: new Unlock(app) }
}

test('opens by itself once, and says why', () => {
  const { unlock } = anUnlock()
  unlock.offer()
  expect([unlock.open, unlock.name, unlock.user, unlock.reason]).toEqual([
    true,
    'Production',
    'remo-console',
    'No working keychain found.',
  ])
  unlock.close()
  unlock.offer()
  expect(unlock.open).toBe(false)
})

test('a password that is taken closes it and leaves the page', async () => {
  const { bridge, app, unlock } = anUnlock({ 'connections.unlock': () => okReply(aView([anItem()])) })
  unlock.start()
  unlock.set(' p"ä ')
  await unlock.submit()
  expect(bridge.requests[0]).toEqual({ call: 'connections.unlock', request: { password: ' p"ä ' } })
  expect([unlock.open, unlock.password, app.info?.connection.needsPassword]).toEqual([false, '', false])
})

test('an empty or refused password says so', async () => {
  const { unlock } = anUnlock({ 'connections.unlock': () => failureReply('failed', 'Kafka refused the password.') })
  unlock.start()
  await unlock.submit()
  expect(unlock.problem?.message).toBe('Enter the password.')
  unlock.set('wrong')
  await unlock.submit()
  expect([unlock.problem?.message, unlock.open, unlock.password]).toEqual([
    'Kafka refused the password.',
    true,
    'wrong',
  ])
})
