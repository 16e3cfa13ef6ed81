import { describe, expect, test } from 'vitest'
import { assessHealth, isBlindAlertDue } from './assess-health.ts'
import type { HealthFacts } from './assess-health.ts'
import { Health } from './health.ts'

const noon = 1_800_014_400_000
const at = (second: number): number => noon + second * 1000

/** Connected at 0 s, newest record at 99 s, assessed at 100 s. */
function facts(change: Partial<HealthFacts> = {}): HealthFacts {
  return {
    now: at(100),
    startedAt: at(-1),
    stream: { kind: 'connected', since: at(0) },
    topics: 4,
    pattern: '^metrics-',
    lastRecordAt: at(99),
    newestEventAt: at(99),
    lagMessages: 0,
    lagMs: 400,
    ...change,
  }
}

const noRecordYet = { lastRecordAt: null, now: at(2) }

describe('health', () => {
  test.each<[string, Partial<HealthFacts>, object]>([
    ['is live while records arrive', {}, { kind: 'live', behindMs: 400 }],
    ['is live with a little lag', { lagMessages: 3, lagMs: 5000 }, { kind: 'live', behindMs: 5000 }],
    [
      'is catching up beyond that',
      { lagMessages: 3, lagMs: 5001 },
      { kind: 'catching-up', lagMessages: 3, behindMs: 5001 },
    ],
    [
      'tells how fast it catches up, once that is known',
      { lagMessages: 3, lagMs: 9000, progress: { messagesPerSecond: 2, leftMs: 1500 } },
      { kind: 'catching-up', lagMessages: 3, behindMs: 9000, messagesPerSecond: 2, leftMs: 1500 },
    ],
    [
      'tells nothing of a backlog while live',
      { progress: { messagesPerSecond: 2, leftMs: 1500 } },
      { kind: 'live', behindMs: 400 },
    ],
    ['is live with slow producers and no unread records', { lagMs: 9000 }, { kind: 'live', behindMs: 9000 }],
    [
      'is blind since the start, before the first connection',
      { ...noRecordYet, stream: { kind: 'connecting', since: at(1), detail: 'no broker answers', retryAt: at(4) } },
      { kind: 'blind', since: at(-1), cause: 'connecting', detail: 'no broker answers', retryAt: at(4) },
    ],
    [
      'is blind as soon as the connection is lost',
      { stream: { kind: 'disconnected', since: at(100), detail: 'connection reset' } },
      { kind: 'blind', since: at(100), cause: 'disconnected', detail: 'connection reset' },
    ],
    [
      'stays disconnected while it connects again',
      { stream: { kind: 'connecting', since: at(100), detail: 'connecting' } },
      { kind: 'blind', since: at(100), cause: 'disconnected', detail: 'connecting' },
    ],
    ['is empty without a topic', { topics: 0 }, { kind: 'empty', pattern: '^metrics-' }],
    [
      'is not live with a connection alone',
      noRecordYet,
      { kind: 'blind', since: at(-1), cause: 'connecting', detail: 'Connected. Waiting for the first message.' },
    ],
    [
      'is not live again before a record of the new connection',
      { stream: { kind: 'connected', since: at(99.5) } },
      { kind: 'blind', since: at(99), cause: 'connecting', detail: 'Connected. Waiting for the first message.' },
    ],
    ['is live up to 30 s after the newest record', { now: at(128.999) }, { kind: 'live', behindMs: 400 }],
    [
      'is blind 30 s after the newest record, whatever the lag',
      { now: at(129), lagMessages: 9, lagMs: 60_000 },
      {
        kind: 'blind',
        since: at(99),
        cause: 'no-records',
        detail: 'Connected, but no message has arrived on any topic for 30 s. Check that the producers are running.',
      },
    ],
    [
      'is blind 30 s after a connection without records',
      { ...noRecordYet, now: at(30) },
      {
        kind: 'blind',
        since: at(-1),
        cause: 'no-records',
        detail: 'Connected, but no message has arrived on any topic since ReMo started.',
      },
    ],
    [
      'is empty if there never was a record',
      { ...noRecordYet, newestEventAt: null, now: at(30) },
      { kind: 'empty', pattern: '^metrics-' },
    ],
    [
      'is blind while unable to store messages, whatever the connection',
      { storageProblem: 'The disk is full.', stream: { kind: 'disconnected', since: at(100), detail: '' } },
      { kind: 'blind', since: at(99), cause: 'storage', detail: 'The disk is full.' },
    ],
    [
      'is blind after the stream stops',
      { stream: { kind: 'stopped' } },
      { kind: 'blind', since: at(99), cause: 'disconnected', detail: 'ReMo has stopped reading.' },
    ],
  ])('%s', (_, change, expected) => {
    const health = assessHealth(facts(change))
    expect(health).toEqual(expected)
    expect(Health.parse(health)).toEqual(health)
  })
})

const blind: Health = { kind: 'blind', since: at(131), cause: 'no-records', detail: '' }
const empty: Health = { kind: 'empty', pattern: '^metrics-' }

test('the operator is notified after 60 s of blindness', () => {
  expect([at(190.999), at(191)].map((now) => isBlindAlertDue(blind, now))).toEqual([false, true])
  expect(isBlindAlertDue(empty, at(1000))).toBe(false)
})
