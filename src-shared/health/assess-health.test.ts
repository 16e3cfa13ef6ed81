import { describe, expect, test } from 'vitest'
import type { Alert } from '../alert/alert.ts'
import { assessHealth, isBlindAlertDue, freshnessOf, healthLine, trayState, trayTooltip } from './assess-health.ts'
import type { HealthFacts } from './assess-health.ts'
import { Health } from './health.ts'

const noon = 1_800_014_400_000
const at = (second: number): number => noon + second * 1000

/** Connected at 0 s, newest record at 99 s, looked at 100 s after the start. */
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
    ['is live while records come', {}, { kind: 'live', behindMs: 400 }],
    ['is live with a little lag', { lagMessages: 3, lagMs: 5000 }, { kind: 'live', behindMs: 5000 }],
    [
      'is catching up beyond that',
      { lagMessages: 3, lagMs: 5001 },
      { kind: 'catching-up', lagMessages: 3, behindMs: 5001 },
    ],
    ['is live behind slow producers that have no more', { lagMs: 9000 }, { kind: 'live', behindMs: 9000 }],
    [
      'is blind before the first connection, since the start',
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
      'is not live on the word of a connection alone',
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
      'is blind 30 s after it, however much lag there is',
      { now: at(129), lagMessages: 9, lagMs: 60_000 },
      {
        kind: 'blind',
        since: at(99),
        cause: 'silent',
        detail: 'Connected, but no message has arrived on any topic for 30 s. Check that the producers are running.',
      },
    ],
    [
      'is blind 30 s after a connection that brought nothing',
      { ...noRecordYet, now: at(30) },
      {
        kind: 'blind',
        since: at(-1),
        cause: 'silent',
        detail: 'Connected, but no message has arrived on any topic since ReMo started.',
      },
    ],
    [
      'is empty where there never was a record',
      { ...noRecordYet, newestEventAt: null, now: at(30) },
      { kind: 'empty', pattern: '^metrics-' },
    ],
    [
      'is blind while unable to store messages, whatever else holds',
      { storageProblem: 'The disk is full.', stream: { kind: 'disconnected', since: at(100), detail: '' } },
      { kind: 'blind', since: at(99), cause: 'storage', detail: 'The disk is full.' },
    ],
    [
      'is blind once the stream is stopped',
      { stream: { kind: 'stopped' } },
      { kind: 'blind', since: at(99), cause: 'disconnected', detail: 'ReMo has stopped reading.' },
    ],
  ])('%s', (_, change, expected) => {
    const health = assessHealth(facts(change))
    expect(health).toEqual(expected)
    expect(Health.parse(health)).toEqual(health)
  })
})

test.each([
  [15_000, 5000, 'fresh'],
  [15_001, 5000, 'stale'],
  [30_000, 10_000, 'fresh'],
  [30_001, 10_000, 'stale'],
  [60_001, 5000, 'offline'],
  [15_001, NaN, 'stale'],
  [180_000, 60_000, 'fresh'],
  [180_001, 60_000, 'offline'],
])('a sample %i ms old at an interval of %i ms is %s', (age, intervalMs, freshness) => {
  expect(freshnessOf(noon - age, intervalMs, noon)).toBe(freshness)
})

test('a node without a sample is offline', () => {
  expect([freshnessOf(null, 5000, noon), freshnessOf(NaN, 5000, noon)]).toEqual(['offline', 'offline'])
})

const live: Health = { kind: 'live', behindMs: 400 }
const catchingUp: Health = { kind: 'catching-up', lagMessages: 12_345, behindMs: 125_000 }
const empty: Health = { kind: 'empty', pattern: '^metrics-' }
const blind = (cause: Extract<Health, { kind: 'blind' }>['cause']): Health => ({
  kind: 'blind',
  since: at(131),
  cause,
  detail: '',
})

test('the operator is told of blindness after 60 s of it', () => {
  expect([at(190.999), at(191)].map((now) => isBlindAlertDue(blind('silent'), now))).toEqual([false, true])
  expect(isBlindAlertDue(empty, at(1000))).toBe(false)
})

const alert = { phase: 'firing', severity: 'warning' } as Alert
const critical = { ...alert, severity: 'critical' } as Alert
const taken = { ...critical, acknowledgement: { by: 'ada', at: at(0), comment: '', until: at(60) } } as Alert
const over = { ...critical, phase: 'resolved' } as Alert

describe('the tray', () => {
  test.each<[string, Health, Alert[], string]>([
    ['ok without alerts', live, [over], 'ok'],
    ['warning', live, [alert, over], 'warning'],
    ['critical', live, [alert, critical], 'critical'],
    ['warning beside a critical alert that somebody has taken on', live, [alert, taken], 'warning'],
    ['ok when all is taken on', live, [taken], 'ok'],
    ['catching up, whatever the alerts say', catchingUp, [critical], 'catching-up'],
    ['blind, whatever the alerts say', blind('disconnected'), [critical], 'blind'],
    ['blind where there is nothing to see', empty, [], 'blind'],
  ])('is %s', (_, health, alerts, state) => {
    expect(trayState(health, alerts, at(0))).toBe(state)
  })

  test('is critical again once the acknowledgement ran out', () => {
    expect(trayState(live, [taken], at(60))).toBe('critical')
  })

  test.each<[Health, Alert[], string]>([
    [live, [critical, taken, alert, over], 'ReMo: 2 critical, 1 warning · live'],
    [live, [], 'ReMo: no alerts · live'],
    [catchingUp, [alert], 'ReMo: 1 warning · catching up, 2 m 5 s behind'],
    [blind('disconnected'), [critical], 'ReMo: not connected since 12:02'],
    [blind('silent'), [], 'ReMo: no data on any topic since 12:02'],
    [empty, [], 'ReMo: connected, no metrics yet'],
  ])('says %#', (health, alerts, text) => {
    expect(trayTooltip(health, alerts, { now: noon, offsetMinutes: 0 }).replaceAll('\u202f', ' ')).toBe(text)
  })
})

test.each<[Health, string]>([
  [live, 'Live · 0.4 s behind'],
  [catchingUp, 'Catching up · 12,345 messages, 2 m 5 s behind'],
  [blind('connecting'), 'Not connected since 13:02:11'],
  [blind('storage'), 'Unable to store messages since 13:02:11'],
  [blind('data-thread'), 'Monitoring down since 13:02:11'],
  [empty, 'Connected, but no metrics yet on topics that match ^metrics-'],
])('health is one line: %#', (health, line) => {
  expect(healthLine(health, { now: noon, offsetMinutes: 60 }).replaceAll('\u202f', ' ')).toBe(line)
})
