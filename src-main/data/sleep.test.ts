import { afterEach, expect, test, vi } from 'vitest'
import { hourMs } from '#shared/format/time-units.ts'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

const offline: RuleDraft = { kind: 'offline', scope: { kind: 'all' }, seconds: 10, severity: 'critical', enabled: true }
const cpu: RuleDraft = {
  scope: { kind: 'all' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 85,
  critical: 95,
  clear: 75,
  forSeconds: 120,
  enabled: true,
}

/** A live console with one node that sends once a second. */
class Laptop {
  readonly fixture = new TestEngine({ now: t0 - hourMs })
  /** Offset of the next record in Kafka, and of the next one to read. */
  written = 0
  read = 0
  reconnects = 0

  constructor() {
    fixtures.push(this.fixture)
    for (const draft of [offline, cpu]) this.fixture.call('rules.save', { draft })
    this.at(0)
    this.fixture.engine.tick()
    this.connect()
    this.live(0, 30)
    expect(this.fixture.call('health.report', {}).health.kind).toBe('live')
    // As the stream does: it says that it connects.
    this.fixture.reconnect = () => {
      this.reconnects++
      this.fixture.engine.handlers.status({
        kind: 'connecting',
        since: this.fixture.now,
        detail: 'Connecting to Kafka.',
      })
    }
  }

  at(second: number): void {
    this.fixture.now = t0 + second * 1000
  }

  connect(): void {
    this.fixture.connect([{ topic, end: this.written }])
  }

  /** The broker says where the log ends. */
  askRanges(): void {
    this.fixture.engine.handlers.logRanges([{ topic, partition: 0, start: 0, end: this.written }])
  }

  /** Reads one record; its event time is that second. */
  read1(second: number, value = 50): void {
    const message = aMessage({ node: 'node-1', at: t0 + second * 1000, metrics: { cpu_usage: value } })
    const end = Math.max(this.written, this.read + 1)
    this.fixture.engine.handlers.batches(aBatch([message], t0 + second * 1000, { from: this.read++, end }))
    this.written = end
  }

  /** A record and a tick in each second. */
  live(from: number, to: number, value = 50): void {
    for (let second = from; second < to; second++) {
      this.at(second)
      this.read1(second, value)
      this.fixture.engine.tick()
    }
  }

  /** Only ticks. */
  idle(from: number, to: number): void {
    for (let second = from; second < to; second++) {
      this.at(second)
      this.fixture.engine.tick()
    }
  }

  health(): unknown {
    return this.fixture.call('health.report', {}).health
  }

  alerts(): unknown[] {
    return this.fixture.store.alerts.firing()
  }
}

test('after sleep the console connects again at once, and is not live on what it knew before', () => {
  const laptop = new Laptop()
  laptop.fixture.call('power.changed', { isAsleep: true })
  laptop.at(3600)
  const { health } = laptop.fixture.call('power.changed', { isAsleep: false })
  expect(laptop.reconnects).toBe(1)
  expect(health).toMatchObject({ kind: 'blind', since: t0 + 3_600_000, detail: 'Connecting to Kafka.' })
  laptop.idle(3601, 3605)
  expect(laptop.reconnects).toBe(1)
})

test('without a report of the system, a late tick shows the wake', () => {
  const laptop = new Laptop()
  laptop.idle(3600, 3603)
  expect(laptop.reconnects).toBe(1)
  expect(laptop.health()).toMatchObject({ kind: 'blind', since: t0 + 3_600_000 })
})

test('a disk that needs a quarter of a minute for a write is no sleep', () => {
  const laptop = new Laptop()
  const { store } = laptop.fixture
  const commit = store.commitBatch.bind(store)
  vi.spyOn(store, 'commitBatch').mockImplementationOnce((batch) => {
    laptop.at(45)
    commit(batch)
  })
  laptop.read1(30)
  laptop.idle(46, 48)
  expect(laptop.reconnects).toBe(0)
  expect(laptop.health()).toMatchObject({ kind: 'live' })
})

test('a node that was silent only for the sleeping console raises no alert, and one that is silent does later', () => {
  const laptop = new Laptop()
  laptop.fixture.call('power.changed', { isAsleep: true })
  laptop.written += 3570
  laptop.at(3600)
  laptop.fixture.call('power.changed', { isAsleep: false })
  laptop.idle(3600, 3602)
  laptop.connect()
  // Nothing is known until the backlog is read.
  laptop.idle(3602, 3606)
  expect(laptop.alerts()).toEqual([])
  for (let second = 30; second < 3600; second++) laptop.read1(second)
  laptop.live(3606, 3620)
  expect(laptop.alerts()).toEqual([])
  expect(laptop.health()).toMatchObject({ kind: 'live' })
  laptop.read1(3620)
  laptop.idle(3620, 3645)
  expect(laptop.alerts()).toEqual([])
  laptop.askRanges()
  laptop.idle(3645, 3648)
  expect(laptop.alerts()).toMatchObject([{ kind: 'offline', since: t0 + 3_620_000 }])
})

test('between the announcement and the sleep, and after a short sleep, missing data is not evaluated', () => {
  const laptop = new Laptop()
  laptop.fixture.call('power.changed', { isAsleep: true })
  laptop.askRanges()
  laptop.idle(30, 50)
  expect(laptop.alerts()).toEqual([])
})

test('a value that was above its level before and after the sleep fires by its records, not by the time asleep', () => {
  const laptop = new Laptop()
  laptop.live(30, 60, 97)
  laptop.fixture.call('power.changed', { isAsleep: true })
  laptop.written += 60
  laptop.at(3600)
  laptop.fixture.call('power.changed', { isAsleep: false })
  laptop.connect()
  // It was fine while the console slept.
  for (let second = 60; second < 90; second++) laptop.read1(second, 50)
  for (let second = 3570; second < 3600; second++) laptop.read1(second, 97)
  laptop.live(3600, 3630, 97)
  expect(laptop.alerts()).toEqual([])
  laptop.live(3630, 3700, 97)
  expect(laptop.alerts()).toMatchObject([{ kind: 'value', since: t0 + 3_570_000, severity: 'critical' }])
})

test('if Kafka deleted what was written during the sleep, the `for` of a pending alert begins again', () => {
  const laptop = new Laptop()
  laptop.live(30, 60, 97)
  expect(laptop.fixture.call('pending.list', {})).toHaveLength(1)
  laptop.fixture.call('power.changed', { isAsleep: true })
  laptop.at(3600)
  laptop.fixture.call('power.changed', { isAsleep: false })
  const [from, to] = [laptop.read, 3600]
  laptop.read = laptop.written = to
  laptop.fixture.engine.handlers.gap(
    { topic, partition: 0, from, to, reason: 'retention', at: laptop.fixture.now },
    { topic, partition: 0, next: to, last: null },
    { topic, partition: 0, next: from, last: null },
  )
  laptop.connect()
  laptop.live(3600, 3710, 97)
  expect(laptop.alerts()).toEqual([])
  laptop.live(3710, 3725, 97)
  expect(laptop.alerts()).toMatchObject([{ since: t0 + 3_600_000, severity: 'critical' }])
})
