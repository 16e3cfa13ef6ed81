/** What is left of ReMo in Kafka after an ordinary quit: nothing of a console, and no member of the backend's group. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { EngineFixture } from './engine-fixture.ts'

const within = { timeout: 40_000, interval: 100 }
const engine = EngineFixture.register()
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.end())

async function groups(): Promise<string[]> {
  return (await engine.kafka.admin.listGroups()).groups.map(({ groupId }) => groupId)
}

test('a console never belongs to a consumer group, and leaves none', async () => {
  await engine.field.send({ nodeId: 'groupless', at: Date.now(), metrics: { cpu_usage: 1 } })
  const { supervisor } = engine.startThread('groupless', { topicPattern: '^metrics-groupless' })
  await expect.poll(() => supervisor.call('health.report', {}), within).toMatchObject({ health: { kind: 'live' } })
  expect(await groups()).toEqual([])
  await engine.thread?.stop()
  expect(await groups()).toEqual([])
})

test('a replica leaves its group when it stops, and there is no other group', async () => {
  const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap: engine.kafka.bootstrap })
  const members = async (): Promise<number[]> => {
    const { groups: described } = await engine.kafka.admin.describeGroups(await groups())
    return described.map((group) => group.members.length)
  }
  await expect.poll(members, within).toEqual([1])
  expect(await groups()).toEqual([expect.stringMatching(/^remo-backend-[0-9a-f]+$/)])
  expect(await backend.stop()).toBe(143)
  expect(await members()).toEqual([0])
  expect(await groups()).toHaveLength(1)
}, 60_000)
