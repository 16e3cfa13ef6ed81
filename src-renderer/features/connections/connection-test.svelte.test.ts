import { expect, test } from 'vitest'
import type { IpcResult } from '#shared/ipc/contract.ts'
import type { TestResult } from '#shared/settings/connection-test.ts'
import { aConnection, aFailedTest, aPassedTest, testSteps } from '../../bridge/connection-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { ConnectionTest, stepsBefore } from './connection-test.svelte.ts'

/** A test that ends when `end` is called. */
function aRunningTest() {
  const { promise, resolve } = Promise.withResolvers<IpcResult<TestResult>>()
  const bridge = new FakeBridge({ 'connections.test': () => promise, 'connections.stopTest': () => okReply({}) })
  const connectionTest = new ConnectionTest(bridge.api)
  connectionTest.follow()
  return { bridge, connectionTest, end: resolve, ended: connectionTest.run(aConnection()) }
}

test('steps show as they happen, in their order', async () => {
  const { bridge, connectionTest, end, ended } = aRunningTest()
  expect([connectionTest.headline, connectionTest.steps.length]).toEqual(['Running', 8])
  const [names, tcp] = testSteps()
  if (names) bridge.push('connections.testStep', names)
  if (tcp) bridge.push('connections.testStep', { ...tcp, state: 'running', text: 'Connecting…' })
  expect(connectionTest.steps.slice(0, 3).map(({ state }) => state)).toEqual(['ok', 'running', 'not-tried'])
  end(okReply(aPassedTest()))
  expect(await ended).toEqual(aPassedTest())
  expect([connectionTest.headline, connectionTest.running]).toEqual(['Works', false])
})

test('names the step that failed', async () => {
  const { connectionTest, end, ended } = aRunningTest()
  end(okReply(aFailedTest()))
  await ended
  expect(connectionTest.headline).toBe('Stopped at SASL')
})

test('after Stop there is no result, and steps that come late change nothing', async () => {
  const { bridge, connectionTest, end, ended } = aRunningTest()
  connectionTest.stop()
  connectionTest.stop()
  expect(bridge.requests.filter(({ call }) => call === 'connections.stopTest')).toHaveLength(1)
  end(okReply(aFailedTest()))
  expect(await ended).toBeUndefined()
  const steps = connectionTest.steps
  bridge.push('connections.testStep', {
    ...aPassedTest().steps[7],
    id: 'messages',
    state: 'ok',
    title: 'x',
    text: 'late',
  })
  expect([connectionTest.headline, connectionTest.result, connectionTest.steps]).toEqual(['Stopped', undefined, steps])
})

test('a test that cannot run says why, and no step stays running', async () => {
  const { bridge, connectionTest, end, ended } = aRunningTest()
  const [names] = testSteps()
  if (names) bridge.push('connections.testStep', { ...names, state: 'running' })
  end(failureReply('unavailable', 'Another test is running.'))
  expect(await ended).toBeUndefined()
  expect([connectionTest.headline, connectionTest.problem?.message]).toEqual(['Not tested', 'Another test is running.'])
  expect(connectionTest.steps.map(({ state }) => state)).not.toContain('running')
})

test('only one test runs at a time', async () => {
  const { bridge, connectionTest, end, ended } = aRunningTest()
  expect(await connectionTest.run(aConnection())).toBeUndefined()
  end(okReply(aPassedTest()))
  await ended
  expect(bridge.requests.filter(({ call }) => call === 'connections.test')).toHaveLength(1)
  await expect.poll(() => connectionTest.running).toBe(false)
})

test('before the test, the steps that the connection does not use say so', () => {
  const texts = stepsBefore({ protocol: 'PLAINTEXT' }).map(({ text }) => text)
  expect(texts).toContain('This connection does not use TLS.')
  expect(texts).toContain('This connection does not use SASL.')
})
