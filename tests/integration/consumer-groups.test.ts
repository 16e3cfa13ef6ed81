/** What is left of ReMo in Kafka after an ordinary quit: nothing of a console, and no member of the backend's group. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { EngineFixture } from './engine-fixture.ts'

const within = { timeout: 40_000, interval: 100 }
/** As brokers have it by default: a new group waits for further members before it is balanced. */
const engine = EngineFixture.register({ 'group.initial.rebalance.delay.ms': '3000' })
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

test.each([
  ['while its group still waits for others', 'PreparingRebalance'],
  ['when it reads', 'Stable'],
])(
  'a replica that stops %s leaves its group, and there is no other group',
  async (_, state) => {
    const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap: engine.kafka.bootstrap })
    const described = async (): Promise<Array<{ state: string; members: number }>> => {
      const { groups: found } = await engine.kafka.admin.describeGroups(await groups())
      return found.map((group) => ({ state: group.state, members: group.members.length }))
    }
    await expect.poll(described, { ...within, interval: 20 }).toEqual([{ state, members: 1 }])
    expect(await groups()).toEqual([expect.stringMatching(/^remo-backend-[0-9a-f]+$/)])
    expect(await backend.stop()).toBe(143)
    expect(await described()).toEqual([{ state: 'Empty', members: 0 }])
  },
  60_000,
)
