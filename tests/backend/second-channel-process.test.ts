/** The second channel of real replicas: one sends, a killed one is replaced, and no log has the address. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { anId } from '#shared/rule/rule-builders.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { openAlert } from './open-alert.ts'
import { pass } from './second-channel-steps.ts'
import { type WebhookReceiver, webhookReceiver } from './webhook-receiver.ts'

let database: TestDatabase
let receiver: WebhookReceiver
const replicas: BackendProcess[] = []

beforeEach(async () => {
  database = await testDatabase()
  receiver = await webhookReceiver()
})
afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.kill()))
  await receiver.close()
  await database.end()
})

async function start(): Promise<BackendProcess> {
  const replica = await startBackendProcess({
    databaseUrl: database.url,
    bootstrap: '127.0.0.1:1',
    env: {
      REMO_DEMO: 'true',
      NOTIFY_WEBHOOK_URL: `${receiver.origin.replace('//', '//ops:hunter2@')}/hidden-path`,
      NOTIFY_WEBHOOK_SECRET: '0123456789abcdef',
    },
  })
  replicas.push(replica)
  return replica
}

const count = async (table: string): Promise<number> =>
  (await database.pool.query(`select from ${table}`)).rowCount ?? 0
const saidBy = (replica: BackendProcess, text: string): string[] => replica.log.filter((line) => line.includes(text))

test('a replica is killed while it sends: another one sends the message, with the same key', async () => {
  const [first, second] = [await start(), await start()]
  await expect.poll(() => count('second_channel')).toBe(1)
  await openAlert(database.pool, { id: anId(1) })
  await expect.poll(() => count('second_channel_alert')).toBe(1)
  const never = Promise.withResolvers<never>()
  receiver.answer(() => never.promise)
  await pass(database.pool, { seconds: 301 })
  await expect.poll(() => receiver.received.length).toBe(1)
  // Which one sends is chance: both are killed, and a third one is started.
  await Promise.all([first.kill(), second.kill()])
  receiver.answer({ status: 200 })
  await pass(database.pool, { seconds: 31 })
  const third = await start()
  await expect.poll(() => saidBy(third, 'message delivered')).toHaveLength(1)
  expect(receiver.received).toHaveLength(2)
  expect(new Set(receiver.received.map(({ headers, body }) => `${headers['idempotency-key']} ${body}`)).size).toBe(1)
  expect(saidBy(third, 'without encryption')).toHaveLength(1)
  const logs = replicas.flatMap(({ log }) => log).join('\n')
  expect(logs).toContain(receiver.origin)
  expect(logs).not.toMatch(/hidden-path|hunter2|0123456789abcdef/)
  expect(await third.stop()).toBe(143)
})
