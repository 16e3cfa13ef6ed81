import { beforeEach, expect, it } from 'vitest'
import type { Health } from '#shared/health/health.ts'
import type { BlindPeriod } from '../../store/store-types.ts'
import { asleep, BlindRecorder, notRunning } from './blind-recorder.ts'

const second = 1000
const minute = 60 * second
const live: Health = { kind: 'live', behindMs: 10 }
const blindSince = (since: number): Health => ({
  kind: 'blind',
  since,
  cause: 'disconnected',
  detail: 'Kafka is away.',
})

let stored: Map<number, BlindPeriod>
let aliveAt: number | undefined
let hasSamples: boolean
let fails: boolean
let now: number
let recorder: BlindRecorder

beforeEach(() => {
  stored = new Map()
  aliveAt = undefined
  hasSamples = true
  fails = false
  now = 1_000 * minute
  begin()
})

/** Starts another run. */
function begin(): void {
  recorder = new BlindRecorder({
    store: {
      lasting: () => [...stored.values()].find(({ to }) => to === null),
      save: (...periods) => {
        if (fails) throw new Error('the disk is full')
        for (const period of periods) stored.set(period.from, period)
      },
      aliveAt: () => aliveAt,
      setAliveAt: (at) => (aliveAt = at),
    },
    hasSamples: () => hasSamples,
  })
  recorder.start(now)
}

/** Ticks once a second. */
function pass(ms: number, health: Health): void {
  for (const end = now + ms; now < end;) {
    now += second
    recorder.tick(health, now)
  }
}
const periods = () => [...stored.values()]

it('stores a blindness from its begin to its end, with its first cause, if it lasts a minute', () => {
  pass(5 * second, live)
  const from = now
  pass(59 * second, blindSince(from))
  expect(periods()).toEqual([])
  pass(2 * second, blindSince(from))
  expect(periods()).toEqual([{ from, to: null, cause: 'Kafka is away.' }])
  pass(minute, { ...blindSince(from), detail: 'Another reason.' } as Health)
  pass(second, live)
  expect(periods()).toEqual([{ from, to: now, cause: 'Kafka is away.' }])
})

it('does not store a short one', () => {
  pass(30 * second, blindSince(now))
  pass(minute, live)
  expect(periods()).toEqual([])
})

it('after a crash, the open one ends when ReMo was last known to run, and the time until the start follows', () => {
  const from = now
  pass(3 * minute, blindSince(from))
  const crashedAt = now
  now += 10 * minute
  begin()
  expect(periods()).toEqual([
    { from, to: crashedAt, cause: 'Kafka is away.' },
    { from: crashedAt, to: now, cause: notRunning },
  ])
  const startedAt = now
  pass(2 * minute, blindSince(from))
  expect(stored.get(startedAt)).toEqual({ from: startedAt, to: null, cause: 'Kafka is away.' })
})

it('stores the time in which ReMo was closed, but not a restart', () => {
  pass(30 * second, live)
  recorder.stop(now)
  now += 20 * second
  begin()
  expect(periods()).toEqual([])
  recorder.stop(now)
  const from = now
  now += 9 * 60 * minute
  begin()
  expect(periods()).toEqual([{ from, to: now, cause: notRunning }])
})

it('stores the sleep of the computer, which a blindness may continue', () => {
  pass(minute, live)
  const from = now
  now += 60 * minute
  recorder.tick(live, now)
  const wokeAt = now
  pass(2 * minute, blindSince(from))
  expect(periods()).toEqual([
    { from, to: wokeAt, cause: asleep },
    { from: wokeAt, to: null, cause: 'Kafka is away.' },
  ])
})

it('tries again what the disk refused', () => {
  const from = now
  fails = true
  expect(() => pass(2 * minute, blindSince(from))).toThrow('full')
  fails = false
  pass(second, blindSince(from))
  expect(periods()).toEqual([{ from, to: null, cause: 'Kafka is away.' }])
  fails = true
  expect(() => pass(second, live)).toThrow('full')
  fails = false
  pass(second, live)
  expect(periods()).toEqual([{ from, to: now, cause: 'Kafka is away.' }])
})

it('a clock that was set back stores nothing twice and nothing from the future', () => {
  const from = now
  pass(2 * minute, blindSince(from))
  now -= 60 * minute
  recorder.tick(blindSince(now), now)
  pass(2 * minute, blindSince(now))
  pass(second, live)
  expect(periods().map(({ from: begun, to }) => [begun, to])).toEqual([
    [from, from],
    [from - 58 * minute, now],
  ])
})

it('stores nothing before the first sample', () => {
  hasSamples = false
  begin()
  pass(10 * minute, blindSince(now))
  expect(periods()).toEqual([])
})
