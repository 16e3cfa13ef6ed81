/** What becomes of a message: retries, refusals, several replicas, one that is killed. */
import { beforeEach, describe, expect, test } from 'vitest'
import { claimMessage } from '../../src-backend/second-channel/messages-repo.ts'
import { webhookReceiver } from './webhook-receiver.ts'
import { channelSteps, channelTo, pass, type ChannelSteps } from './second-channel-steps.ts'

let steps: ChannelSteps
beforeEach(async () => {
  steps = await channelSteps()
  return () => steps.end()
})

describe('a message that does not arrive', () => {
  const next = async () => {
    const { rows } = await steps.pool.query<{ wait: number; problem: string }>(
      `select round(extract(epoch from next_at - now()))::int as wait, problem from webhook_message
       where delivered_at is null and given_up_at is null`,
    )
    return rows[0]
  }

  test('is sent again after 5 s, 30 s, 2 m, 10 m, with the same key and contents, for a day', async () => {
    steps.receiver.answer({ status: 503 })
    await steps.open(1)
    await steps.fiveMinutes()
    for (const seconds of [5, 30, 120, 600, 600]) {
      expect(await next()).toEqual({ wait: seconds, problem: 'The receiver answered 503.' })
      await steps.round(seconds - 3)
      await steps.round(4)
    }
    expect(steps.receiver.received).toHaveLength(6)
    expect(
      new Set(steps.receiver.received.map(({ body, headers }) => `${headers['idempotency-key']} ${body}`)).size,
    ).toBe(1)
    steps.receiver.answer({ status: 204 })
    await steps.round(600)
    await steps.round(600)
    expect(steps.receiver.received).toHaveLength(7)
  })

  test('is given up after a day, with the reason', async () => {
    steps.receiver.answer({ status: 500 })
    await steps.open(1)
    await steps.fiveMinutes()
    for (let hours = 0; hours < 25; hours++) await steps.round(3_600)
    const sent = steps.receiver.received.length
    await steps.round(3_600)
    expect(steps.receiver.received).toHaveLength(sent)
    const { rows } = await steps.pool.query<{ problem: string }>('select problem from webhook_message')
    expect(rows).toEqual([{ problem: 'Not delivered within 24 hours. The receiver answered 500.' }])
  })

  test.each([
    ['refuses connections', 'refused the connection'],
    ['closes the connection', 'closed the connection'],
  ])('because the receiver %s is sent again', async (kind, reason) => {
    if (kind === 'refuses connections') await steps.receiver.close()
    else steps.receiver.answer({ status: 0, cut: true })
    await steps.open(1)
    await steps.fiveMinutes()
    expect(await next()).toEqual({ wait: 5, problem: `127.0.0.1:${steps.receiver.port} ${reason}.` })
    if (kind === 'refuses connections') steps.receiver = await webhookReceiver(steps.receiver.port)
    else steps.receiver.answer({ status: 200 })
    await steps.round(6)
    expect(await next()).toBeUndefined()
    expect(steps.named().at(-1)).toEqual(['node-1 firing'])
  })

  test('waits as long as Retry-After says, but not longer than an hour', async () => {
    steps.receiver.answer({ status: 429, headers: { 'Retry-After': '90' } })
    await steps.open(1)
    await steps.fiveMinutes()
    expect(await next()).toMatchObject({ wait: 90 })
    steps.receiver.answer({ status: 503, headers: { 'Retry-After': '86400' } })
    await steps.round(91)
    expect(await next()).toMatchObject({ wait: 3_600 })
  })

  test.each([
    [404, 'The receiver answered 404. Check NOTIFY_WEBHOOK_URL and NOTIFY_WEBHOOK_FORMAT.'],
    [401, 'The receiver answered 401. Check the credentials in NOTIFY_WEBHOOK_URL.'],
    [302, 'The receiver answered 302, and redirects are not followed. Set NOTIFY_WEBHOOK_URL to the final address.'],
  ])(
    'because of %i is given up: the next one is tried, this one only with another address',
    async (status, problem) => {
      steps.receiver.answer({ status, headers: { Location: `${steps.receiver.origin}/elsewhere` } })
      await steps.open(1)
      await steps.fiveMinutes()
      await steps.round(3_600)
      expect(steps.receiver.received).toHaveLength(1)
      const { rows } = await steps.pool.query<{ problem: string }>('select problem from webhook_message')
      expect(rows).toEqual([{ problem }])
      steps.receiver.answer({ status: 200 })
      steps.channel = steps.replica(`${steps.receiver.origin}/right`)
      await steps.run()
      expect(steps.receiver.received.slice(1)).toMatchObject([{ path: '/right' }])
      await steps.round(600)
      expect(steps.receiver.received).toHaveLength(2)
    },
  )

  test('says in its next attempt what is true then', async () => {
    steps.receiver.answer({ status: 503 })
    for (const n of [1, 2, 3, 4]) await steps.open(n)
    await steps.fiveMinutes()
    await steps.resolve(1)
    await steps.show(2)
    await steps.open(3, { acknowledgement: { by: 'ana', at: 1, comment: '' } })
    steps.receiver.answer({ status: 200 })
    await steps.round(6)
    expect(steps.named()).toEqual([
      ['node-1 firing', 'node-2 firing', 'node-3 firing', 'node-4 firing'],
      ['node-4 firing'],
    ])
    const keys = steps.receiver.received.map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys).size).toBe(2)
    await steps.round(600)
    expect(steps.named()).toHaveLength(2)
  })

  test('is not sent if all its alerts have ended', async () => {
    steps.receiver.answer({ status: 503 })
    await steps.open(1)
    await steps.fiveMinutes()
    await steps.resolve(1)
    steps.receiver.answer({ status: 200 })
    await steps.round(3_600)
    expect(steps.receiver.received).toHaveLength(1)
    expect(await next()).toBeUndefined()
  })

  test('does not delay later alerts: one message about all replaces it', async () => {
    steps.receiver.answer({ status: 503 })
    await steps.open(1)
    await steps.fiveMinutes()
    for (let n = 0; n < 4; n++) await steps.round(601)
    await steps.open(2)
    await steps.run()
    steps.receiver.answer({ status: 200 })
    await steps.round(301)
    expect(steps.named().at(-1)).toEqual(['node-1 firing', 'node-2 firing'])
    await steps.round(3_600)
    expect(steps.named().filter((nodes) => nodes.includes('node-2 firing'))).toHaveLength(1)
  })
})

describe('several replicas', () => {
  test('send a message once', async () => {
    const replicas = Array.from({ length: 4 }, () => steps.replica())
    await steps.open(1)
    await steps.run()
    await pass(steps.pool, { seconds: 301 })
    await Promise.all(replicas.map((one) => one.runOnce()))
    await Promise.all(replicas.map((one) => one.runOnce()))
    expect(steps.named()).toEqual([['node-1 firing']])
  })

  test('take over a message whose replica was killed between claim and result', async () => {
    steps.receiver.answer({ status: 503 })
    await steps.open(1)
    await steps.fiveMinutes()
    await pass(steps.pool, { seconds: 10 })
    const claim = { claimSeconds: 30, giveUpAfterHours: 24 }
    expect(await claimMessage(steps.pool, claim)).toMatchObject({ attempts: 2 })
    steps.receiver.answer({ status: 200 })
    await steps.round(25)
    expect(steps.receiver.received).toHaveLength(1)
    await steps.round(6)
    await steps.round(600)
    expect(steps.receiver.received).toHaveLength(2)
    const keys = steps.receiver.received.map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys).size).toBe(1)
  })

  test('do not change a message that one of them sends', async () => {
    const gate = Promise.withResolvers<undefined>()
    steps.receiver.answer(async () => {
      await gate.promise
      return { status: 200 }
    })
    await steps.open(1)
    await steps.run()
    await pass(steps.pool, { seconds: 301 })
    const sending = steps.run()
    await expect.poll(() => steps.receiver.received.length).toBe(1)
    await steps.resolve(1)
    await steps.replica().runOnce()
    gate.resolve(undefined)
    await sending
    await pass(steps.pool, { seconds: 61 })
    steps.receiver.answer({ status: 200 })
    await steps.replica().runOnce()
    expect(steps.named()).toEqual([['node-1 firing'], ['node-1 resolved']])
  })

  test('with a wrong clock send all the same, at the time of the database', async () => {
    const wrong = channelTo({ pool: steps.pool, url: steps.receiver.origin, now: () => 0 })
    await steps.open(1)
    await wrong.runOnce()
    await pass(steps.pool, { seconds: 301 })
    await wrong.runOnce()
    expect(steps.named()).toEqual([['node-1 firing']])
  })
})

test('a replica that stops cuts its attempt short, and another one sends the message at once', async () => {
  const stuck = Promise.withResolvers<never>()
  steps.receiver.answer(() => stuck.promise)
  await steps.open(1)
  await steps.run()
  await pass(steps.pool, { seconds: 301 })
  steps.channel.start()
  await expect.poll(() => steps.receiver.received.length).toBe(1)
  await steps.channel.stop()
  steps.receiver.answer({ status: 200 })
  await steps.replica().runOnce()
  expect(steps.receiver.received).toHaveLength(2)
})

test('an alert that needs a newer version is left to a newer replica', async () => {
  await steps.open(1)
  await steps.pool.query(`update alert set alert = alert || '{"needs": 999}'`)
  await expect(steps.run()).rejects.toThrow(/newer|upgrade/i)
})
