/** When the second channel sends a message, and about which alerts: real PostgreSQL, a real HTTP receiver. */
import { beforeEach, describe, expect, test } from 'vitest'
import { anId } from '#shared/rule/rule-builders.ts'
import { aSilence } from '#shared/silence/silence-builders.ts'
import { insertSilence } from '../../src-backend/silences/repo.ts'
import { testDatabase } from '../support/test-database.ts'
import { openAlert } from './open-alert.ts'
import { channelSteps, channelTo, pass, type ChannelSteps } from './second-channel-steps.ts'

let steps: ChannelSteps
beforeEach(async () => {
  steps = await channelSteps()
  return () => steps.end()
})

describe('a critical alert', () => {
  test('is sent after five minutes, once, and its end too', async () => {
    await steps.open(1)
    await steps.run()
    await steps.round(290)
    expect(steps.named()).toEqual([])
    await steps.round(11)
    expect(steps.messages()).toMatchObject([
      {
        status: 'firing',
        title: '[CRITICAL] node-1 CPU 97.2 % > 95 % for 2 m',
        text: 'No console showed it within 5 minutes, and nobody acknowledged it. No console is connected.',
        connectedConsoles: 0,
      },
    ])
    await steps.round(600)
    await steps.round(600)
    expect(steps.named()).toHaveLength(1)
    await steps.resolve(1)
    await steps.run()
    expect(steps.messages().slice(1)).toMatchObject([
      { status: 'resolved', title: '[RESOLVED] node-1 CPU 71.0 %, was 97.2 %, lasted 6 m 10 s' },
    ])
    await steps.round(600)
    expect(steps.named()).toHaveLength(2)
  })

  test('that a console showed is not sent, nor is its end', async () => {
    await steps.open(1)
    await steps.show(1)
    await steps.fiveMinutes()
    await steps.resolve(1)
    await steps.round(600)
    expect(steps.named()).toEqual([])
  })

  test('is sent if consoles are connected that did not show it', async () => {
    await steps.open(1)
    await steps.open(2)
    await steps.show(2)
    await steps.fiveMinutes()
    expect(steps.messages()).toMatchObject([
      {
        connectedConsoles: 0,
        alerts: [{ nodeId: 'node-1' }],
      },
    ])
    await steps.open(3)
    await steps.run()
    await pass(steps.pool, { seconds: 301 })
    await steps.pool.query('update console set last_seen_at = now()')
    await steps.run()
    expect(steps.messages().at(-1)).toMatchObject({
      connectedConsoles: 1,
      text: 'No console showed it within 5 minutes, and nobody acknowledged it. 1 console is connected.',
    })
  })

  test('that was shown as a warning is sent when it has been critical for five minutes', async () => {
    await steps.open(1, { severity: 'warning' })
    await steps.show(1, 'warning')
    await steps.round(600)
    await steps.open(1)
    await steps.run()
    await steps.round(290)
    expect(steps.named()).toEqual([])
    await steps.round(20)
    expect(steps.named()).toEqual([['node-1 firing']])
  })

  test('that is critical again after a warning has to be shown again', async () => {
    await steps.open(1)
    await steps.show(1)
    await steps.run()
    await steps.open(1, { severity: 'warning' })
    await steps.run()
    await steps.open(1)
    await steps.fiveMinutes()
    expect(steps.named()).toEqual([['node-1 firing']])
  })

  test('that ends within five minutes is not sent', async () => {
    await steps.open(1)
    await steps.run()
    await steps.round(200)
    await steps.resolve(1)
    await steps.round(200)
    expect(steps.named()).toEqual([])
  })

  test('that is only a warning is not sent', async () => {
    await steps.open(1, { severity: 'warning' })
    await steps.fiveMinutes()
    expect(steps.named()).toEqual([])
  })
})

describe('nobody is called', () => {
  test('for an acknowledged alert; the time starts again when the acknowledgement ends', async () => {
    const until = Date.now() + 3_600_000
    await steps.open(1, { acknowledgement: { by: 'ana', at: 1, comment: '', until } })
    await steps.fiveMinutes()
    await steps.round(600)
    await steps.open(1)
    await steps.run()
    await steps.round(290)
    expect(steps.named()).toEqual([])
    await steps.round(20)
    expect(steps.named()).toEqual([['node-1 firing']])
  })

  test('for a silenced alert, until the silence ends', async () => {
    await steps.open(1)
    const silence = aSilence({
      matchers: [{ name: 'node', operator: '=', value: 'node-1' }],
      schedule: { kind: 'once', startsAt: 0, endsAt: Date.now() + 3_600_000 },
    })
    await insertSilence(steps.pool, silence)
    await steps.fiveMinutes()
    expect(steps.named()).toEqual([])
    await steps.pool.query('delete from silence')
    await steps.run()
    await steps.round(290)
    expect(steps.named()).toEqual([])
    await steps.round(20)
    expect(steps.named()).toEqual([['node-1 firing']])
  })

  test('for an alert of a node that is offline: only its offline alert is sent', async () => {
    await steps.open(1)
    const offline = { kind: 'offline', metric: '*', value: null, threshold: 60, forSeconds: 0 } as const
    await steps.open(2, { ...offline, nodeId: 'node-1' })
    await steps.fiveMinutes()
    expect(steps.messages()).toMatchObject([
      { title: '[CRITICAL] node-1 is offline, last seen 00:16 UTC', alerts: [{}] },
    ])
  })

  test('for alerts from before the channel was turned on, nor when they end', async () => {
    const old = await testDatabase()
    const late = channelTo({ pool: old.pool, url: steps.receiver.origin })
    await openAlert(old.pool, { id: anId(1) })
    await late.runOnce()
    await pass(old.pool, { seconds: 3_600 })
    await openAlert(old.pool, { id: anId(2), nodeId: 'new' })
    await late.runOnce()
    await pass(old.pool, { seconds: 301 })
    await late.runOnce()
    await openAlert(old.pool, { id: anId(1), phase: 'resolved', resolvedAt: 2_000_000 })
    await pass(old.pool, { seconds: 301 })
    await late.runOnce()
    await old.end()
    expect(steps.named()).toEqual([['new firing']])
  })

  test('after the channel was off for a day; a restart and a night are no such time', async () => {
    await steps.open(1)
    await steps.run()
    await pass(steps.pool, { seconds: 23 * 3_600 })
    steps.channel = steps.replica()
    await steps.run()
    expect(steps.named()).toEqual([['node-1 firing']])
    await steps.open(2)
    await steps.run()
    await pass(steps.pool, { seconds: 25 * 3_600 })
    await steps.run()
    await steps.round(600)
    expect(steps.named()).toHaveLength(1)
  })
})

describe('many alerts', () => {
  test('are one message: the oldest 50 are named, the others counted', async () => {
    for (let n = 1; n <= 60; n++) await steps.open(n)
    await steps.fiveMinutes()
    const [message, ...others] = steps.messages()
    expect(others).toEqual([])
    expect(message).toMatchObject({ title: '60 critical alerts', truncatedAlerts: 10 })
    expect(message?.alerts.map(({ nodeId }) => nodeId)).toEqual(Array.from({ length: 50 }, (_, i) => `node-${i + 1}`))
    for (let n = 1; n <= 60; n++) await steps.resolve(n)
    await steps.round(61)
    expect(steps.messages().at(-1)).toMatchObject({
      status: 'resolved',
      title: '60 alerts resolved',
      truncatedAlerts: 10,
    })
  })

  test('that come one after the other are one message a minute', async () => {
    for (let n = 1; n <= 6; n++) {
      await steps.open(n)
      await steps.round(20)
    }
    await pass(steps.pool, { seconds: 240 })
    await steps.round(20)
    const first = ['node-1 firing', 'node-2 firing', 'node-3 firing', 'node-4 firing']
    expect(steps.named()).toEqual([first])
    await steps.round(20)
    await steps.round(20)
    expect(steps.named()).toEqual([first])
    await steps.round(20)
    expect(steps.named()).toEqual([first, ['node-5 firing', 'node-6 firing']])
  })

  test('of which some have ended are in one message with both', async () => {
    await steps.open(1)
    await steps.fiveMinutes()
    await steps.open(2)
    await steps.run()
    await pass(steps.pool, { seconds: 301 })
    await steps.resolve(1)
    await steps.run()
    expect(steps.messages().at(-1)).toMatchObject({ status: 'firing', title: '1 critical alert, 1 resolved' })
    expect(steps.named().at(-1)).toEqual(['node-2 firing', 'node-1 resolved'])
  })
})
