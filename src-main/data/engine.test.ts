import { afterEach, expect, test, vi } from 'vitest'
import { isMetricRule, type RuleDraft } from '#shared/rule/rule.ts'
import { StorageError } from '../store/errors.ts'
import { aBatch, aMessage, TestEngine, only } from './test-engine.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
const fixtures: TestEngine[] = []

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function aTestEngine(options: ConstructorParameters<typeof TestEngine>[0] = {}): TestEngine {
  const fixture = new TestEngine({ now: t0, ...options })
  fixtures.push(fixture)
  return fixture
}

const cpu = (value: number, at: number, node = 'node-1') => aMessage({ node, at, metrics: { cpu_usage: value } })

const anyCpu: RuleDraft = {
  scope: { kind: 'all' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 80,
  critical: 95,
  forSeconds: 0,
  enabled: true,
}
const offline: RuleDraft = { kind: 'offline', scope: { kind: 'all' }, seconds: 10, severity: 'critical', enabled: true }

/** A live engine with the rule `anyCpu`, and one record below its levels at offset 0. */
function aLiveEngine(): TestEngine {
  const fixture = aTestEngine()
  fixture.call('rules.save', { draft: anyCpu })
  fixture.call('rules.save', { draft: offline })
  fixture.now = t0 + 5000
  fixture.connect([{ topic, end: 1 }])
  fixture.engine.handlers.batches(aBatch([cpu(50, t0 + 5000)], t0 + 5000))
  return fixture
}

test('garbage becomes rejected records and counters, and the records around it are stored', () => {
  const fixture = aTestEngine()
  const bad = [null, Buffer.from('not json'), Buffer.from('{"node_id":1}'), Buffer.alloc(2_000_000, 'x')]
  fixture.engine.handlers.batches(aBatch([cpu(50, t0), ...bad, cpu(51, t0 + 1000)], t0, { from: 3 }))
  const rejects = fixture.call('rejectedRecords.list', { limit: 10 })
  expect(rejects).toMatchObject([
    { topic, partition: 0, offset: 7, code: 'too-large' },
    { offset: 6, code: 'wrong-shape' },
    { offset: 5, code: 'not-json', head: Buffer.from('not json').toString('base64') },
    { offset: 4, code: 'tombstone', head: '' },
  ])
  expect(fixture.engine.handlers.position(topic, 0)?.next).toBe(9)
  fixture.now += 5000 // the cache is measured every five seconds
  expect(fixture.call('health.report', {})).toMatchObject({
    rejected: 4,
    lastSampleAt: t0 + 1000,
    cacheValues: 2,
  })
  expect(fixture.call('counters.get', {})).toMatchObject({
    messagesByTopic: { [topic]: 6 },
    errorsByTopic: { [topic]: { tombstone: 1, 'not-json': 1, 'wrong-shape': 1, 'too-large': 1 } },
    evaluation: { count: 1 },
  })
})

test('records that are delivered again change nothing', () => {
  const fixture = aLiveEngine()
  const batch = aBatch([cpu(97, t0 + 6000), Buffer.from('?'), cpu(98, t0 + 7000)], t0 + 7000, { from: 1 })
  fixture.engine.handlers.batches(batch)
  const state = () => [fixture.store.alerts.firing(), fixture.store.stats().samples, fixture.emitted.length]
  const before = state()
  fixture.engine.handlers.batches(batch)
  fixture.engine.handlers.batches(aBatch([cpu(50, t0 + 5000)], t0 + 5000))
  expect(state()).toEqual(before)
  expect(fixture.call('rejectedRecords.list', { limit: 10 })).toHaveLength(1)
})

test('a failed commit changes nothing and is reported, and the same batch succeeds later', () => {
  const fixture = aLiveEngine()
  const full = new StorageError('full', { cause: new Error('SQLITE_FULL') })
  const commit = vi.spyOn(fixture.store, 'commitBatch').mockImplementationOnce(() => {
    throw full
  })
  const batch = aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 })
  expect(() => fixture.engine.handlers.batches(batch)).toThrow(full)
  expect(fixture.engine.handlers.position(topic, 0)?.next).toBe(1)
  expect(fixture.emittedOf('alerts.changed')).toEqual([])
  expect(fixture.emittedOf('health.changed').at(-1)).toMatchObject({
    health: { kind: 'blind', cause: 'storage' },
    notices: [{ id: 'storage' }],
  })
  expect(fixture.fatal).toEqual([])

  fixture.engine.handlers.batches(batch)
  expect(commit.mock.calls[1]?.[0]).toEqual(commit.mock.calls[0]?.[0])
  expect(fixture.engine.handlers.position(topic, 0)?.next).toBe(2)
  expect(fixture.emittedOf('alerts.changed').flat()).toMatchObject([
    { phase: 'firing', severity: 'critical', value: 97 },
  ])
  expect(fixture.call('health.report', {})).toMatchObject({ health: { kind: 'live' }, notices: [] })
})

test('any error except a disk error stops the thread, because the store cannot be trusted', () => {
  const fixture = aTestEngine()
  const damage = new Error('database disk image is malformed')
  vi.spyOn(fixture.store, 'commitBatch').mockImplementationOnce(() => {
    throw damage
  })
  expect(() => fixture.engine.handlers.batches(aBatch([cpu(1, t0)], t0))).toThrow(damage)
  expect(fixture.fatal).toEqual([damage])
})

test('a breach opens an alert, its notification stays pending until shown, and the alert resolves when the value clears', () => {
  const fixture = aLiveEngine()
  fixture.engine.handlers.batches(aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 }))
  const alert = only(fixture.call('alerts.list', { open: true }))
  const opened = [{ alert: { id: alert.id }, transition: 'opened' }]
  expect(fixture.emittedOf('notifications.queued').flat()).toMatchObject(opened)
  fixture.restart()
  expect(fixture.emittedOf('notifications.queued').at(-1)).toMatchObject(opened)
  const received = fixture.emittedOf('notifications.queued').length
  fixture.call('notifications.settle', { shown: true, items: [{ alertId: alert.id, transition: 'opened' }] })
  fixture.restart()
  expect(fixture.emittedOf('notifications.queued')).toHaveLength(received)

  fixture.engine.handlers.batches(aBatch([cpu(60, t0 + 9000)], t0 + 9000, { from: 2 }))
  expect(fixture.call('alerts.list', { open: true })).toEqual([])
  expect(fixture.emittedOf('alerts.changed').flat().at(-1)).toMatchObject({
    id: alert.id,
    phase: 'resolved',
    resolvedAt: t0 + 9000,
  })
  const timeline = fixture.call('alerts.timeline', { id: alert.id })
  expect(timeline.map(({ kind }) => kind).sort()).toEqual(['notified', 'opened', 'resolved'])
  expect(fixture.call('counters.get', {})).toMatchObject({
    transitions: [{ severity: 'critical', to: 'resolved', count: 1 }],
  })
})

test('an acknowledgement is published and stored, and a second one is refused with the name of the first user', () => {
  const fixture = aLiveEngine()
  fixture.engine.handlers.batches(aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 }))
  const { id } = only(fixture.store.alerts.firing())
  const acknowledgement = { by: 'kim', at: t0 + 8000, comment: 'on it' }
  fixture.call('alerts.acknowledge', { id, acknowledgement })
  expect(fixture.emittedOf('alerts.changed').at(-1)).toMatchObject([{ id, acknowledgement }])
  const again = () => fixture.call('alerts.acknowledge', { id, acknowledgement: { ...acknowledgement, by: 'lee' } })
  expect(again).toThrow('kim has already acknowledged')
  fixture.restart()
  expect(again).toThrow('kim has already acknowledged')
  expect(() => fixture.call('alerts.acknowledge', { id: 'unknown', acknowledgement })).toThrow(
    'no longer in the local cache',
  )
})

test('a changed threshold applies to records from its effective time on', () => {
  const fixture = aLiveEngine()
  const rule = only(fixture.call('rules.list', {}).filter(isMetricRule))
  const draft = { ...anyCpu, warning: 40, critical: 45 }
  const { effectiveFrom } = fixture.call('rules.save', { id: rule.id, version: rule.version, draft })
  expect(effectiveFrom).toBe(t0 + 7000)
  expect(fixture.emittedOf('rules.changed').flat().at(-1)).toMatchObject({ id: rule.id, version: 2 })
  fixture.engine.handlers.batches(aBatch([cpu(50, effectiveFrom - 1)], effectiveFrom, { from: 1 }))
  expect(fixture.store.alerts.firing()).toEqual([])
  fixture.engine.handlers.batches(aBatch([cpu(50, effectiveFrom)], effectiveFrom, { from: 2 }))
  expect(fixture.store.alerts.firing()).toMatchObject([{ ruleId: rule.id, ruleVersion: 2, since: effectiveFrom }])
})

test('deleting a threshold resolves its alert at the effective time, without a record', () => {
  const fixture = aLiveEngine()
  fixture.engine.handlers.batches(aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 }))
  const { id, version } = only(fixture.call('rules.list', {}).filter(isMetricRule))
  fixture.call('rules.remove', { id, version })
  fixture.engine.tick()
  expect(fixture.store.alerts.firing()).toHaveLength(1)
  fixture.now += 4000
  fixture.connect([{ topic, end: 2 }])
  fixture.engine.handlers.batches(aBatch([Buffer.from('a sign of life')], fixture.now, { topic: 'metrics-other' }))
  fixture.engine.tick()
  expect(fixture.store.alerts.firing()).toEqual([])
  expect(fixture.store.alerts.list({ open: false })).toMatchObject([{ resolveReason: 'rule-changed' }])
})

test('a node without data raises an alert while others send, and its next record resolves it', () => {
  const fixture = aLiveEngine()
  const other = (seconds: number, from: number) =>
    fixture.engine.handlers.batches(
      aBatch([cpu(50, t0 + seconds * 1000, 'node-2')], fixture.now, { topic: 'metrics-node-2', from }),
    )
  for (let second = 6; second <= 14; second++) {
    fixture.now = t0 + second * 1000
    other(second, second - 6)
    fixture.engine.tick()
  }
  expect(fixture.store.alerts.firing()).toEqual([])
  fixture.now = t0 + 15_000
  other(15, 9)
  fixture.engine.tick()
  expect(fixture.store.alerts.firing()).toMatchObject([
    { kind: 'offline', nodeId: 'node-1', since: t0 + 5000, severity: 'critical' },
  ])
  fixture.engine.handlers.batches(aBatch([cpu(50, t0 + 16_000)], t0 + 16_000, { from: 1 }))
  const resolved = fixture.store.alerts.list({ open: false })
  expect(resolved).toMatchObject([{ kind: 'offline', resolveReason: 'data-returned' }])
})

test('a node whose clock is far behind has data while its records arrive', () => {
  const fixture = aLiveEngine()
  const behindMs = 100_000
  for (let second = 6; second <= 30; second += 6) {
    fixture.now = t0 + second * 1000
    fixture.engine.handlers.batches(
      aBatch([cpu(50, fixture.now - behindMs, 'node-2')], fixture.now, {
        topic: 'metrics-node-2',
        from: second / 6 - 1,
      }),
    )
    fixture.engine.handlers.batches(aBatch([cpu(50, fixture.now)], fixture.now, { from: second / 6 }))
    fixture.engine.tick()
  }
  expect(fixture.store.alerts.firing()).toEqual([])
  for (let second = 31; second <= 48; second++) {
    fixture.now = t0 + second * 1000
    fixture.engine.handlers.batches(aBatch([cpu(50, fixture.now)], fixture.now, { from: second - 25 }))
    fixture.engine.tick()
  }
  expect(fixture.store.alerts.firing()).toMatchObject([{ kind: 'offline', nodeId: 'node-2' }])
})

test('no node has no data while this console is behind, disconnected or was asleep', () => {
  const fixture = aLiveEngine()
  const speak = (from: number) =>
    fixture.engine.handlers.batches(
      aBatch([cpu(50, fixture.now, 'node-2')], fixture.now, { topic: 'metrics-node-2', from }),
    )
  fixture.now = t0 + 60_000
  fixture.engine.tick() // the machine slept: the ends of the log are discarded
  speak(0)
  fixture.engine.tick()
  expect(fixture.store.alerts.firing()).toEqual([])

  fixture.connect([
    { topic, end: 5 }, // node-1 has unread records
    { topic: 'metrics-node-2', end: 1 },
  ])
  fixture.engine.tick()
  expect(fixture.store.alerts.firing()).toEqual([])

  fixture.engine.handlers.status({ kind: 'disconnected', since: fixture.now, detail: 'Kafka is away.' })
  fixture.engine.tick()
  expect(fixture.store.alerts.firing()).toEqual([])
})

test('health changes from connecting to live, catching up and blind, and is published immediately', () => {
  const fixture = aTestEngine()
  const kinds = () =>
    fixture.emittedOf('health.changed').map(({ health }) => (health.kind === 'blind' ? health.cause : health.kind))
  fixture.engine.handlers.status({ kind: 'connecting', since: t0, detail: 'Connecting.' })
  fixture.connect([{ topic, end: 1000 }])
  fixture.engine.handlers.batches(aBatch([cpu(50, t0 - 60_000)], t0 - 60_000, { end: 1000 }))
  fixture.engine.tick()
  expect(fixture.call('health.report', {})).toMatchObject({ lagMessages: 999, topics: 1, partitions: 1 })
  fixture.engine.handlers.batches(aBatch([cpu(50, t0)], t0, { from: 999 }))
  fixture.engine.tick()
  fixture.engine.tick()
  fixture.engine.handlers.status({ kind: 'disconnected', since: t0, detail: 'Kafka is away.', retryAt: t0 + 1000 })
  expect(kinds().filter((kind, i, all) => kind !== all[i - 1])).toEqual([
    'connecting',
    'catching-up',
    'live',
    'disconnected',
  ])
  fixture.call('stream.reconnect', {})
  expect(fixture.retries).toBe(1)
})

test('frames are sent only while a window subscribes, with the changes since the last one', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const fixture = aLiveEngine()
  vi.advanceTimersByTime(1000)
  expect(fixture.emittedOf('live.frame')).toEqual([])
  fixture.call('live.subscribe', { hz: 4 })
  vi.advanceTimersByTime(1000)
  fixture.engine.handlers.batches(aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 }))
  vi.advanceTimersByTime(250)
  expect(fixture.emittedOf('live.frame').map(({ seq, values, growth }) => [seq, [...values], growth?.metrics])).toEqual(
    [
      [1, [50], ['cpu_usage']],
      [2, [97], undefined],
    ],
  )
  const { frame } = fixture.call('live.snapshot', {})
  expect([frame.seq, [...frame.intervals]]).toEqual([2, [1000]])
  fixture.call('live.subscribe', { hz: 0 })
  fixture.engine.handlers.batches(aBatch([cpu(98, t0 + 7000)], t0 + 7000, { from: 2 }))
  vi.advanceTimersByTime(1000)
  expect(fixture.emittedOf('live.frame')).toHaveLength(2)
})

test('lost records create a gap row and move the position, also backward', () => {
  const fixture = aLiveEngine()
  const gap = { topic, partition: 0, from: 1, to: 1, reason: 'The topic was created again.', at: t0 + 6000 }
  const resumeFrom = { topic, partition: 0, next: 0, last: null }
  fixture.engine.handlers.gap(gap, resumeFrom, { ...resumeFrom, next: 1 })
  expect(fixture.call('gaps.list', { limit: 5 })).toEqual([gap])
  fixture.engine.handlers.batches(aBatch([cpu(52, t0 + 6000)], t0 + 6000))
  expect(fixture.store.stats().samples).toBe(2)
  expect(fixture.emittedOf('health.changed').at(-1)?.gaps).toBe(1)
})

test('an unreadable batch is skipped once and counts as one rejected record', () => {
  const fixture = aLiveEngine()
  const resumeFrom = { topic, partition: 0, next: 6, last: null }
  for (let time = 0; time < 2; time++)
    fixture.engine.handlers.unreadable({
      position: { topic, partition: 0, offset: 1 },
      reason: 'unknown codec',
      resumeFrom,
    })
  expect(fixture.call('rejectedRecords.list', { limit: 5 })).toMatchObject([
    { offset: 1, code: 'bad-codec', reason: 'unknown codec' },
  ])
  expect(fixture.engine.handlers.position(topic, 0)).toEqual(resumeFrom)
})

test('a restart shows the values, units and intervals of the last run', () => {
  const fixture = aTestEngine()
  const warm = (at: number, value: number) =>
    Buffer.from(
      JSON.stringify({
        node_id: 'n',
        node_name: 'N',
        timestamp: new Date(at).toISOString(),
        metrics: { temp: value },
        units: { temp: '°C' },
      }),
    )
  fixture.engine.handlers.batches(aBatch([warm(t0, 20), warm(t0 + 5000, 21.5)], t0 + 5000))
  fixture.restart()
  const { directory, frame } = fixture.call('live.snapshot', {})
  expect(directory).toMatchObject({ nodes: [{ id: 'n', name: 'N' }], metrics: ['temp'], units: ['°C'] })
  expect([[...frame.at], [...frame.values], [...frame.intervals]]).toEqual([[t0 + 5000], [21.5], [5000]])
  expect(fixture.call('health.report', {})).toMatchObject({ lastSampleAt: t0 + 5000 })
})
