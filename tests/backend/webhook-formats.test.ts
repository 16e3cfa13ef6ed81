/** What a receiver of each format gets: the exact request, its signature, and the test message of an administrator. */
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { SecondChannel } from '#shared/rest/second-channel.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { alertsMessage, type MessageAlert } from '../../src-backend/second-channel/make-message.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { fullBackend, type FullBackend } from '../support/full-backend.ts'
import { openAlert } from './open-alert.ts'
import { channelTo } from './second-channel-steps.ts'
import { type WebhookReceiver, webhookReceiver } from './webhook-receiver.ts'

const openedAt = Date.UTC(2026, 10, 24, 10, 15)
const fixture = (name: string) => join(import.meta.dirname, '..', 'fixtures', 'webhook', name)
const messageAlert = (change: Parameters<typeof anAlert>[0]): MessageAlert => ({
  alert: anAlert({ openedAt, ...change }),
  unit: undefined,
  clear: 80,
})

const firing = messageAlert({ id: anId(1), nodeId: 'node-12', nodeName: '<b>Rack & Köln</b>' })
const ended = messageAlert({
  ...{ id: anId(2), nodeId: 'node-3', kind: 'offline', metric: '*', value: null, threshold: 60, forSeconds: 0 },
  ...{ phase: 'resolved', since: openedAt - 60_000, resolvedAt: openedAt + 720_000, resolveReason: 'data-returned' },
})
const odd = messageAlert({ id: anId(3), nodeId: '<!channel> @all *bold* \u202e', metric: 'queue_length', value: 1e6 })

const facts = { id: anId(9), now: openedAt + 330_000, team: 'ops', afterMinutes: 5, connectedConsoles: 2 }
const samples = {
  one: alertsMessage([firing], facts),
  several: alertsMessage([ended, odd, firing], facts),
  resolved: alertsMessage([ended], { ...facts, connectedConsoles: 0 }),
}

let receiver: WebhookReceiver
let backend: FullBackend | undefined
afterEach(async () => {
  await backend?.end()
  backend = undefined
  await receiver.close()
})

/** Checks a signature as docs/operations.md says, with another implementation of HMAC. */
async function isSigned(secret: string, { headers, body }: WebhookReceiver['received'][number]): Promise<boolean> {
  const [timestamp = '', signature = ''] = [headers['x-remo-timestamp'], headers['x-remo-signature']].map(String)
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false
  const bytes = (text: string) => new TextEncoder().encode(text)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['verify'])
  const [kind, hex = ''] = signature.split('=')
  return kind === 'sha256' && crypto.subtle.verify('HMAC', key, Buffer.from(hex, 'hex'), bytes(`${timestamp}.${body}`))
}

describe.each(['json', 'ntfy', 'slack', 'alertmanager'] as const)('%s', (format) => {
  test.each(['one', 'several', 'resolved'] as const)('%s', async (name) => {
    receiver = await webhookReceiver()
    const secret = 'a secret of the test'
    const url = receiver.origin.replace('//', '//ops:p%40ss@')
    const channel = channelTo({ pool: undefined as never, url: `${url}/hooks/remo-ops`, format, secret })
    expect(await channel.sendNow(samples[name])).toMatchObject({ kind: 'delivered', status: 200, answer: 'ok' })
    const [request] = receiver.received
    if (!request) throw new Error('nothing was received')
    expect(await isSigned(secret, request)).toBe(true)
    expect(await isSigned('another', request)).toBe(false)
    expect(await isSigned(secret, { ...request, body: request.body.replace('node', 'nodf') })).toBe(false)
    expect(request.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': anId(9),
      'user-agent': 'ReMo/0.2.0',
      authorization: `Basic ${Buffer.from('ops:p@ss').toString('base64')}`,
    })
    const recorded = { method: request.method, path: request.path, body: JSON.parse(request.body) as object }
    await expect(`${JSON.stringify(recorded, undefined, 2)}\n`).toMatchFileSnapshot(fixture(`${format}-${name}.json`))
  })
})

test('a message of many alerts fits into what ntfy and Slack take', async () => {
  receiver = await webhookReceiver()
  const many = Array.from({ length: 300 }, (_, n) =>
    messageAlert({ id: anId(n), nodeId: `<node & ${'ü'.repeat(100)} ${n}>`, openedAt: openedAt + n }),
  )
  const message = alertsMessage(many, facts)
  for (const format of ['ntfy', 'slack'] as const) {
    await channelTo({ pool: undefined as never, url: `${receiver.origin}/topic`, format }).sendNow(message)
  }
  const [ntfy, slack] = receiver.received.map(({ body }) => JSON.parse(body) as { message: string; text: string })
  expect(Buffer.byteLength(ntfy?.message ?? '')).toBeLessThan(4_096)
  expect(Buffer.byteLength(receiver.received[0]?.body ?? '')).toBeLessThan(8_192)
  expect(slack?.text.length).toBeLessThan(4_000)
  for (const text of [ntfy?.message, slack?.text]) {
    const lines = text?.split('\n') ?? []
    const named = lines.filter((line) => line.includes('node')).length
    expect(named).toBeGreaterThan(5)
    expect(lines.at(-1)).toBe(`and ${300 - named} more`)
  }
})

describe('the API', () => {
  const test200 = async (): Promise<object> => {
    const response = await backend?.fetch('/api/second-channel/test', { method: 'POST', as: 'admin' })
    expect(response?.status).toBe(200)
    return (await response?.json()) as object
  }
  const state = async (): Promise<SecondChannel> =>
    (await (await backend?.fetch('/api/second-channel', { as: 'viewer' }))?.json()) as SecondChannel

  test('sends a test message at once, and says what the receiver answered', async () => {
    receiver = await webhookReceiver()
    const address = receiver.origin.replace('//', '//ops:hunter2@')
    backend = await fullBackend({
      NOTIFY_WEBHOOK_URL: `${address}/secret-path`,
      NOTIFY_WEBHOOK_SECRET: '0123456789abcdef',
    })
    const host = `127.0.0.1:${receiver.port}`
    expect(await test200()).toEqual({
      delivered: true,
      status: 200,
      message: `${host} accepted the test message (200).`,
      answer: 'ok',
      tookMs: expect.any(Number) as number,
    })
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      kind: 'test',
      title: 'ReMo: test message',
      text: 'admin sent a test of the second channel. No console is connected.',
    })
    receiver.answer({ status: 401, body: 'bad token\0' })
    expect(await test200()).toMatchObject({ delivered: false, status: 401, answer: 'bad token' })
    receiver.answer({ status: 0, cut: true })
    expect(await test200()).toMatchObject({ delivered: false, status: null, message: `${host} closed the connection.` })
    const { rows } = await backend.pool.query<{ actor: string; action: string; subject: string; row: string }>(
      'select actor, action, subject, audit::text as row from audit order by id',
    )
    expect(rows.map(({ actor, action, subject }) => [actor, action, subject])).toEqual(
      Array.from({ length: 3 }, () => ['admin', 'second-channel.tested', host]),
    )
    expect(JSON.stringify([rows, await state()])).not.toMatch(/secret-path|hunter2|0123456789abcdef/)
  })

  test('shows the last delivery and the last problem', async () => {
    receiver = await webhookReceiver()
    backend = await fullBackend({ NOTIFY_WEBHOOK_URL: receiver.origin, NOTIFY_AFTER_MINUTES: '1' })
    const { secondChannel: channel } = backend.parts
    const { pool } = backend
    await channel?.runOnce()
    const before = await state()
    expect(before).toEqual({
      enabled: true,
      format: 'json',
      host: receiver.origin,
      signed: false,
      afterMinutes: 1,
      since: expect.any(Number) as number,
      waiting: 0,
      lastDelivery: null,
      lastProblem: null,
    })
    receiver.answer({ status: 500 })
    await openAlert(pool)
    await channel?.runOnce()
    await pool.query(`update second_channel_alert set counted_from = now() - interval '61 seconds'`)
    await channel?.runOnce()
    expect(await state()).toMatchObject({
      waiting: 1,
      lastDelivery: null,
      lastProblem: { problem: 'The receiver answered 500.', givenUp: false, at: expect.any(Number) as number },
    })
    expect(await channel?.state()).toEqual({ isOk: false, waitingAlerts: 1 })
    receiver.answer({ status: 200 })
    await pool.query('update webhook_message set next_at = now()')
    await channel?.runOnce()
    const after = await state()
    expect(after).toMatchObject({ waiting: 0, lastDelivery: { alerts: 1 }, lastProblem: null })
    expect(after.lastDelivery?.at).toBeGreaterThanOrEqual(after.since ?? Infinity)
    expect(await channel?.state()).toEqual({ isOk: true, waitingAlerts: 0 })
  })

  test('says that no address is set', async () => {
    receiver = await webhookReceiver()
    backend = await fullBackend()
    expect(await state()).toMatchObject({ enabled: false, format: null, host: null, since: null })
    const response = await backend.fetch('/api/second-channel/test', { method: 'POST', as: 'admin' })
    expect([response.status, await response.json()]).toMatchObject([409, { code: 'second_channel_off' }])
    expect(backend.parts.secondChannel).toBeUndefined()
  })
})
