import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hourMs, minuteMs, secondMs } from '#shared/format/time-units.ts'
import { MetricMessage } from '#shared/metric/message.ts'
import { valueAt } from '../../../src-kafka/records/record-at.ts'
import type { RawBatch, Stream } from '../../../src-kafka/stream.ts'
import { logTo } from '../../threads/thread-log.ts'
import { StorageError } from '../../store/errors.ts'
import { openStream } from '../open-stream.ts'
import { TestEngine } from '../test-engine.ts'
import { demoServers } from './demo-servers.ts'
import { demoStream, demoTopic } from './demo-stream.ts'

const startedAt = Date.UTC(2026, 10, 24, 10)
const options = { seed: 1, startedAt }
const log = logTo(() => undefined)
const ends: Array<() => void> = []

beforeEach(() => vi.useFakeTimers({ now: startedAt }))
afterEach(() => {
  for (const end of ends.splice(0).toReversed()) end()
  vi.useRealTimers()
})

/** A demo on a real engine and store. Clock and timers move by `pass` only. */
class Demo {
  readonly fixture = new TestEngine({ now: startedAt, stockRules: 'without-hold' })
  stream: Stream

  constructor() {
    ends.push(() => {
      void this.stream.stop()
      this.fixture.remove()
    })
    this.stream = this.#open()
  }

  restart(): void {
    void this.stream.stop()
    this.fixture.restart()
    this.stream = this.#open()
  }

  async pass(ms: number, stepMs = 250): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.fixture.now += stepMs
      await vi.advanceTimersByTimeAsync(stepMs)
    }
  }

  /** The history needs no time of the clock, only turns of the event loop. */
  async readHistory(): Promise<void> {
    await vi.advanceTimersByTimeAsync(100)
  }

  get report() {
    return this.fixture.call('health.report', {})
  }

  get messages(): number {
    return this.fixture.call('counters.get', {}).messagesByTopic[demoTopic] ?? 0
  }

  openAlerts(nodeId?: string) {
    return this.fixture.call('alerts.list', { open: true }).filter((alert) => !nodeId || alert.nodeId === nodeId)
  }

  pastAlerts() {
    return this.fixture.call('alerts.list', { open: false }).filter(({ phase }) => phase === 'resolved')
  }

  /** Every alert that opened or escalated since the start, as the notifications are queued for it. */
  get notified(): string[] {
    const queued = this.fixture.emittedOf('notifications.queued').flat()
    return queued.map(({ alert, transition }) => `${alert.nodeId} ${alert.kind} ${alert.severity} ${transition}`)
  }

  #open(): Stream {
    const { fixture } = this
    const stream = openStream({
      options: { demo: options, hasBackend: false },
      engine: fixture.engine,
      log,
      now: () => fixture.now,
    })
    stream.start()
    return stream
  }
}

/** What a demo stream alone delivers up to `until`. */
function delivered(until: number, seed = 1): string[] {
  const values: string[] = []
  const positions = new Map<number, number>()
  let clock = startedAt
  const stream = demoStream({
    demo: { seed, startedAt },
    log,
    now: () => clock,
    stored: () => undefined,
    handlers: {
      position: (topic, partition) => ({ topic, partition, next: positions.get(partition) ?? 0, last: null }),
      batches: (batches: readonly RawBatch[]) => {
        for (const { partition, next, runs } of batches) {
          positions.set(partition, next)
          for (const run of runs) for (let i = 0; i < run.count; i++) values.push(String(valueAt(run, i)))
        }
      },
      gap: () => undefined,
      unreadable: () => undefined,
      status: () => undefined,
      logRanges: () => undefined,
    },
  })
  stream.start()
  vi.advanceTimersByTime(100)
  clock = until
  vi.advanceTimersByTime(10 * secondMs)
  void stream.stop()
  return values
}

test('an hour of history of twelve servers is there at once, and monitoring is live without Kafka', async () => {
  const demo = new Demo()
  await demo.readHistory()
  expect(demo.report).toMatchObject({
    health: { kind: 'live' },
    topics: 1,
    partitions: 12,
    lagMessages: 0,
    rejected: 0,
    gaps: 0,
    silentNodes: 0,
    notices: [],
  })
  expect(demo.fixture.call('live.snapshot', {}).directory.nodes).toHaveLength(12)
  expect(demo.messages).toBeGreaterThan(12_000)
})

test('its records are valid messages, in time order for each server, one every 2 to 5 s', () => {
  const messages = delivered(startedAt).map((text) => MetricMessage.parse(JSON.parse(text)))
  const times = new Map<string, number[]>()
  for (const { node_id: id, timestamp } of messages) {
    times.set(id, [...(times.get(id) ?? []), Date.parse(timestamp)])
  }
  expect(times.size).toBe(12)
  for (const [id, list] of times) {
    const steps = list.slice(1).map((at, i) => at - (list[i] as number))
    const long = steps.filter((step) => step > 5500)
    expect(steps.every((step) => step >= 1500)).toBe(true)
    expect([id, long.length]).toEqual([id, id === 'backup-1' ? 1 : 0])
    expect(list[0]).toBeLessThan(startedAt - hourMs + 5500)
    expect(list.at(-1)).toBeGreaterThan(startedAt - 5500)
  }
  expect(messages.find(({ node_id: id }) => id === 'db-1')).toMatchObject({ units: { disk_used: '%' } })
})

test('the same seed gives the same records, whenever they are read', () => {
  const all = delivered(startedAt + minuteMs)
  expect(delivered(startedAt)).toEqual(all.slice(0, delivered(startedAt).length))
  expect(delivered(startedAt + minuteMs, 2)).not.toEqual(all)
})

test('the history has alerts that resolved, and some that a colleague acknowledged', async () => {
  const demo = new Demo()
  await demo.readHistory()
  const past = demo.pastAlerts()
  expect(past.map(({ nodeId, severity }) => `${nodeId} ${severity}`).sort()).toEqual([
    'api-2 critical',
    'api-2 critical',
    'api-2 critical',
    'db-2 warning',
  ])
  const escalated = past.filter(({ id }) =>
    demo.fixture.call('alerts.timeline', { id }).some(({ kind }) => kind === 'escalated'),
  )
  expect(escalated.map(({ nodeId }) => nodeId)).toContain('db-2')
  const acknowledged = past.flatMap(({ id }) =>
    demo.fixture.call('alerts.timeline', { id }).filter(({ kind }) => kind === 'acknowledged'),
  )
  expect(acknowledged.map(({ by }) => by)).toEqual(['Ada', 'Ada', 'Ada'])
  expect(
    demo.openAlerts().map(({ nodeId, severity, acknowledgement }) => [nodeId, severity, acknowledgement?.by]),
  ).toEqual(
    expect.arrayContaining([
      ['db-1', 'warning', undefined],
      ['mail-1', 'warning', 'Ada'],
    ]),
  )
  expect(demo.openAlerts()).toHaveLength(2)
})

test('no server is busy outside of its episodes, at any hour of the day', () => {
  for (let hour = 0; hour < 24; hour++) {
    const at = startedAt + hour * hourMs
    for (const server of demoServers({ seed: 1, startedAt: at })) {
      // Build 1 and Web 1 have no episodes; the others are between two of them here.
      for (const seconds of [-3590, -120, 5]) {
        const { metrics } = MetricMessage.parse(JSON.parse(server.message(at + seconds * secondMs, at)))
        const isBusy = ['db-1', 'mail-1', 'web-3'].includes(server.id)
        if (!isBusy) expect([server.id, metrics['cpu_usage']]).toEqual([server.id, expect.toSatisfy((cpu) => cpu < 75)])
        expect(metrics['memory_usage']).toBeLessThan(server.id === 'db-1' ? 97 : 80)
      }
    }
  }
})

test('a critical alert fires within three minutes, resolves, and fires again', async () => {
  const demo = new Demo()
  await demo.readHistory()
  await demo.pass(3 * minuteMs)
  expect(demo.openAlerts('api-2')).toMatchObject([{ kind: 'value', metric: 'cpu_usage', severity: 'critical' }])
  expect(demo.openAlerts('api-2')[0]?.openedAt).toBeGreaterThan(startedAt + 2 * minuteMs)
  expect(demo.notified.at(-1)).toBe('api-2 value critical opened')
  await demo.pass(4 * minuteMs, 1000)
  expect(demo.openAlerts('api-2')).toEqual([])
  await demo.pass(11 * minuteMs, 1000)
  expect(demo.openAlerts('api-2')).toHaveLength(1)
})

test('within twenty minutes a server is silent and returns, another is pending, and a warning escalates', async () => {
  const demo = new Demo()
  await demo.readHistory()
  const seen = new Set<string>()
  for (let minute = 0; minute < 20 * 6; minute++) {
    await demo.pass(10 * secondMs, 1000)
    for (const { nodeId } of demo.fixture.call('pending.list', {})) seen.add(`${nodeId} pending`)
    for (const { nodeId, kind } of demo.openAlerts()) seen.add(`${nodeId} ${kind}`)
    expect(demo.report.health.kind).toBe('live')
  }
  expect([...seen]).toEqual(expect.arrayContaining(['web-3 pending', 'backup-1 offline', 'db-2 value']))
  expect(seen).not.toContain('web-3 value')
  expect(demo.pastAlerts()).toEqual(
    expect.arrayContaining([expect.objectContaining({ nodeId: 'backup-1', resolveReason: 'data-returned' })]),
  )
  expect(demo.notified).toEqual(expect.arrayContaining(['db-2 value critical escalated']))
})

test('a restarted data thread continues where it stopped: nothing is lost or doubled', async () => {
  const demo = new Demo()
  await demo.readHistory()
  await demo.pass(minuteMs)
  const before = demo.messages
  demo.restart()
  await demo.pass(minuteMs)
  const after = before + demo.messages
  expect(after).toBe(delivered(startedAt + 2 * minuteMs).length)
  expect(demo.fixture.call('gaps.list', { limit: 10 })).toEqual([])
})

test('after a sleep the records of the last hour come, without an alert for the sleep', async () => {
  const demo = new Demo()
  await demo.readHistory()
  const known = demo.notified.length
  demo.fixture.now += 8 * hourMs
  demo.fixture.engine.tick()
  demo.stream.reconnect() // as the engine of the data thread asks, when it notices the sleep
  await demo.pass(10 * secondMs)
  expect(demo.report).toMatchObject({ health: { kind: 'live' }, lagMessages: 0 })
  expect(demo.notified.slice(known).filter((line) => line.includes('offline'))).toEqual([])
})

test('if the clock is set back, the servers go on with earlier times', async () => {
  const demo = new Demo()
  await demo.readHistory()
  await demo.pass(10 * secondMs)
  const before = demo.messages
  demo.fixture.now -= 10 * minuteMs
  await demo.pass(minuteMs)
  expect(demo.messages - before).toBeGreaterThan(200)
  expect(demo.report).toMatchObject({ health: { kind: 'live' }, rejected: 0, notices: [] })
})

test('a full disk stops the demo until it has room, and nothing is lost', async () => {
  const demo = new Demo()
  await demo.readHistory()
  const { store } = demo.fixture
  const full = vi.spyOn(store, 'commitBatch').mockImplementation(() => {
    throw new StorageError('full', { cause: new Error('SQLITE_FULL') })
  })
  await demo.pass(5 * secondMs)
  expect(demo.report.health).toMatchObject({ kind: 'blind', cause: 'storage' })
  full.mockRestore()
  await demo.pass(15 * secondMs)
  expect(demo.report.health.kind).toBe('live')
  expect(demo.messages).toBe(delivered(startedAt + 20 * secondMs).length)
})

test('a stopped demo delivers nothing', async () => {
  const demo = new Demo()
  await demo.readHistory()
  const before = demo.messages
  await demo.stream.stop()
  await demo.pass(30 * secondMs)
  expect(demo.messages).toBe(before)
  expect(demo.report.health).toMatchObject({ kind: 'blind' })
})

test('without Kafka and without a demo nothing is read, and health says why', () => {
  const fixture = new TestEngine({ now: startedAt })
  ends.push(() => fixture.remove())
  const idleReason = 'ReMo waits for the password of remo.'
  const stream = openStream({
    options: { idleReason, hasBackend: false },
    engine: fixture.engine,
    log,
    now: () => fixture.now,
  })
  stream.start()
  expect(fixture.call('health.report', {}).health).toEqual({
    kind: 'blind',
    since: startedAt,
    cause: 'connecting',
    detail: idleReason,
  })
  fixture.now += 120_000
  stream.retryNow()
  expect(fixture.call('counters.get', {})).toMatchObject({ connected: false, health: 'blind' })
})
