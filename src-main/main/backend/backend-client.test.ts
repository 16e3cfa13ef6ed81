import { afterEach, beforeEach, expect, test } from 'vitest'
import { logTo } from '../../threads/thread-log.ts'
import { CurrentHealth } from '../app/current-health.ts'
import { InMemorySecrets } from '../secrets/in-memory-secrets.ts'
import { BackendClient } from './backend-client.ts'
import { healthy, startTestServer } from './test-server.ts'
import type { TestServer } from './test-server.ts'

let server: TestServer
let backend: BackendClient
beforeEach(async () => {
  server = await startTestServer(() => healthy)
  backend = new BackendClient({
    url: server.url,
    fetch,
    secrets: new InMemorySecrets('A test.'),
    stateFile: { value: {}, update: () => undefined },
    data: {
      call: (() => Promise.resolve([])) as never,
      on: (() => undefined) as never,
      onState: (() => undefined) as never,
    },
    health: new CurrentHealth(Date.now()),
    facts: () => ({ name: 'desk', version: '0.2.0', startedAt: 1, doNotDisturbUntil: undefined }),
    now: Date.now,
    random: () => 0.5,
    log: logTo(() => undefined),
  })
})
afterEach(async () => {
  await backend.end()
  await server.close()
})

/** Less than the time until the next regular probe. */
const soon = { timeout: 4_000, interval: 20 }
const isReachable = () => backend.counters.reachable

test('a probe on request detects quickly that the backend is unreachable, and reachable again', async () => {
  backend.start()
  await expect.poll(isReachable, soon).toBe(true)
  await server.close()
  backend.probeNow()
  await expect.poll(isReachable, soon).toBe(false)
  await server.open()
  backend.probeNow()
  await expect.poll(isReachable, soon).toBe(true)
  expect(Object.fromEntries(backend.counters.requests)).toEqual({ '200': 2, unreachable: 1 })
})
