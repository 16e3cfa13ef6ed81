/** From a record in Kafka to a webhook, or none: a real broker, database, backend, data thread and heartbeat. */
import { createHmac } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { disturbanceAllowed } from '#shared/do-not-disturb/do-not-disturb.ts'
import { planSettings } from '#shared/notification/plan-settings.ts'
import { WebhookMessage } from '#shared/notification/webhook-message.ts'
import type { Tokens } from '#shared/rest/auth.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { isOfflineRule, type Rule } from '#shared/rule/rule.ts'
import { initialSettings } from '#shared/settings/app-settings.ts'
import { demoAccount } from '../../scripts/stack/demo.ts'
import { CurrentHealth } from '../../src-main/main/app/current-health.ts'
import { FiringAlerts } from '../../src-main/main/app/firing-alerts.ts'
import { BackendClient } from '../../src-main/main/backend/backend-client.ts'
import { AlertNotifications } from '../../src-main/main/notifications/alert-notifications.ts'
import { TestPause } from '../../src-main/main/notifications/pause-builder.ts'
import { InMemorySecrets } from '../../src-main/main/secrets/in-memory-secrets.ts'
import { pass } from '../backend/second-channel-steps.ts'
import { type WebhookReceiver, webhookReceiver } from '../backend/webhook-receiver.ts'
import { startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { nullLog } from '../support/null-log.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { DataThread } from './engine-thread.ts'

const secret = '0123456789abcdef'
const within = { timeout: 40_000, interval: 50 }
const settings = planSettings({ ...initialSettings, 'notifications.criticalWaitSeconds': 0 })

let kafka: StreamBroker
let field: FieldProducer
let database: TestDatabase
let receiver: WebhookReceiver
let backend: BackendProcess
const ends: Array<() => Promise<unknown>> = []

beforeEach(async () => {
  kafka = await startStreamBroker()
  field = await new FieldProducer(kafka.bootstrap).connect()
  database = await testDatabase()
  receiver = await webhookReceiver()
  backend = await startBackendProcess({
    databaseUrl: database.url,
    bootstrap: kafka.bootstrap,
    env: {
      REMO_DEMO: 'true',
      NOTIFY_WEBHOOK_URL: `${receiver.origin}/hook`,
      NOTIFY_WEBHOOK_SECRET: secret,
      NOTIFY_AFTER_MINUTES: '1',
    },
  })
  await backend.untilReady()
  await expect.poll(() => count('select from second_channel'), within).toBe(1)
  await makeRule()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await backend?.kill()
  await receiver?.close()
  await field?.close()
  await database?.end()
  await kafka?.end()
})

const count = async (sql: string): Promise<number> => (await database.pool.query(sql)).rowCount ?? 0

/**
 * A rule that waits for nothing, and nodes that may be silent for an hour: on a busy computer, a test takes more than a
 * minute. Resolves when both are in effect: a rule does not judge what was before it.
 */
async function makeRule(): Promise<void> {
  const login = await backend.fetch('/api/auth/login', { method: 'POST', body: new URLSearchParams(demoAccount) })
  const { access_token: token } = (await login.json()) as Tokens
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const rules = (await (await backend.fetch('/api/rules', { headers })).json()) as Rule[]
  for (const { id, scope, severity } of rules.filter((rule) => isOfflineRule(rule))) {
    const silent = { kind: 'offline', scope, severity, seconds: 3_600, enabled: true }
    const changed = await backend.fetch(`/api/rules/${id}`, { method: 'PUT', headers, body: JSON.stringify(silent) })
    expect(changed.status).toBe(200)
  }
  const { id: _, version: _v, deleted: _d, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...draft } = aRule()
  const made = await backend.fetch('/api/rules', {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...draft, metric: 'queue', forSeconds: 0 }),
  })
  expect(made.status).toBe(201)
  const { effectiveFrom } = (await made.json()) as Rule
  await expect.poll(Date.now, within).toBeGreaterThan(effectiveFrom)
}

const send = (nodeId: string, queue: number): Promise<void> =>
  field.send({ nodeId, at: Date.now(), metrics: { queue } })

/** A signed-in console whose popups the desktop shows. Their titles, and do not disturb. */
async function aConsole() {
  const dataDir = join(kafka.dir, 'console')
  mkdirSync(dataDir, { recursive: true })
  const thread = new DataThread({
    dataDir,
    bootstrap: kafka.bootstrap,
    topicPattern: '^metrics-|^remo-',
    hasBackend: true,
  })
  const data = thread.supervisor
  const health = new CurrentHealth(Date.now())
  const firing = new FiringAlerts(Date.now)
  const pause = new TestPause()
  const shown: string[] = []
  const popups = new AlertNotifications({
    show: ({ title }) => {
      shown.push(title)
      return Promise.resolve(true)
    },
    withdraw: () => undefined,
    isBroken: () => false,
    toast: () => undefined,
    sounds: { play: () => undefined, stop: () => undefined },
    settle: (wasShown, items, as) => void data.call('notifications.settle', { shown: wasShown, items, as }),
    reminded: () => undefined,
    pause,
    health: () => ({ kind: 'live', behindMs: 0 }),
    settings: () => settings,
    hidden: () => undefined,
    firing: () => firing.list,
    isSilenced: firing.isSilenced,
    isUnseen: () => true,
    valuesOf: () => Promise.resolve(new Map()),
    clearLevelOf: () => undefined,
    timeOf: () => '14:02:03',
    act: () => undefined,
    wakeAt: () => undefined,
    now: Date.now,
  })
  data.on('alerts.changed', (alerts) => {
    firing.change(alerts)
    popups.alertsChanged(alerts)
    void popups.update()
  })
  data.on('notifications.queued', (queued) => {
    popups.add(queued)
    void popups.update()
  })
  const client = new BackendClient({
    url: backend.url,
    fetch,
    secrets: new InMemorySecrets('There is no keychain.'),
    stateFile: { value: {}, update: () => undefined },
    data,
    health,
    facts: () => ({
      name: 'desk',
      version: '0.2.0',
      startedAt: 1_764_000_000_000,
      doNotDisturbUntil: pause.inForce === disturbanceAllowed ? undefined : Date.now() + 3_600_000,
    }),
    now: Date.now,
    random: Math.random,
    log: nullLog,
  })
  client.start()
  const end = async (): Promise<void> => {
    await client.end()
    await thread.stop()
  }
  ends.push(end)
  await client.session.signIn(demoAccount.username, demoAccount.password)
  await expect.poll(() => count('select from console'), within).toBe(1)
  return { shown, pause, thread, end: async () => ends.splice(ends.indexOf(end), 1)[0]?.() }
}

const isCritical = (nodeId: string): Promise<number> =>
  count(`select from second_channel_alert t join alert a on a.id = t.alert_id where a.alert ->> 'nodeId' = '${nodeId}'`)

/** As if more than the minute of the configuration had passed, and two rounds after that. */
async function later(): Promise<void> {
  await pass(database.pool, { seconds: 61 })
  for (let round = 0; round < 2; round++) {
    const before = await lastRun()
    await expect.poll(lastRun, within).toBeGreaterThan(before)
  }
}

async function lastRun(): Promise<number> {
  const { rows } = await database.pool.query<{ at: Date }>('select last_run_at as at from second_channel')
  return rows[0]?.at.getTime() ?? 0
}

/** Checks the signature of each. */
function messages(): string[][] {
  return receiver.received.map(({ body, headers }) => {
    const at = String(headers['x-remo-timestamp'])
    const hmac = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
    expect(headers['x-remo-signature']).toBe(`sha256=${hmac}`)
    return WebhookMessage.parse(JSON.parse(body)).alerts.map(({ nodeId, status }) => `${nodeId} ${status}`)
  })
}

test(
  'an alert that a console showed has no webhook, one that none showed has one, and one at its end',
  { timeout: 240_000 },
  async () => {
    const console = await aConsole()
    await send('seen', 99)
    await expect.poll(() => console.shown.length, within).toBe(1)
    await expect.poll(() => count('select from alert_shown'), within).toBe(1)
    await expect.poll(() => isCritical('seen'), within).toBe(1)
    await console.end()
    await send('unseen', 99)
    await expect.poll(() => isCritical('unseen'), within).toBe(1)
    await later()
    await expect.poll(messages, within).toEqual([['unseen firing']])
    await later()
    expect(messages()).toHaveLength(1)
    await send('seen', 10)
    await send('unseen', 10)
    await later()
    await expect.poll(messages, within).toEqual([['unseen firing'], ['unseen resolved']])
    await later()
    expect(messages()).toHaveLength(2)
  },
)

test('an alert that do not disturb holds back was not shown', { timeout: 120_000 }, async () => {
  const console = await aConsole()
  console.pause.on(false)
  await send('held', 99)
  await expect.poll(() => console.thread.queued.length, within).toBe(1)
  await expect.poll(() => isCritical('held'), within).toBe(1)
  await later()
  await expect.poll(messages, within).toEqual([['held firing']])
  expect([console.shown, await count('select from alert_shown')]).toEqual([[], 0])
})
