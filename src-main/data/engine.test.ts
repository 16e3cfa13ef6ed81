import { afterEach, expect, test, vi } from 'vitest'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { StorageError } from '../store/errors.ts'
import { aBatch, aMessage, EngineHouse, only } from './testing.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
const houses: EngineHouse[] = []

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  for (const house of houses.splice(0)) house.remove()
})

function aHouse(options: ConstructorParameters<typeof EngineHouse>[0] = {}): EngineHouse {
  const house = new EngineHouse({ now: t0, ...options })
  houses.push(house)
  return house
}

const cpu = (value: number, at: number, node = 'node-1') => aMessage({ node, at, metrics: { cpu_usage: value } })

const anyCpu: RuleDraft = {
  scope: { kind: 'all' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 80,
  critical: 95,
  forSeconds: 0,
  noDataSeconds: 10,
  enabled: true,
}

/** A house where `anyCpu` holds and the stream is live, with one calm record at offset 0. */
function aLiveHouse(): EngineHouse {
  const house = aHouse()
  house.ask('rules.save', { draft: anyCpu })
  house.now = t0 + 5000
  house.connect([{ topic, end: 1 }])
  house.engine.handlers.batch(aBatch([cpu(50, t0 + 5000)], t0 + 5000))
  return house
}

test('garbage becomes rejected records and counters, and the records around it are stored', () => {
  const house = aHouse()
  const bad = [null, Buffer.from('not json'), Buffer.from('{"node_id":1}'), Buffer.alloc(2_000_000, 'x')]
  house.engine.handlers.batch(aBatch([cpu(50, t0), ...bad, cpu(51, t0 + 1000)], t0, { from: 3 }))
  const rejects = house.ask('rejects.list', { limit: 10 })
  expect(rejects).toMatchObject([
    { topic, partition: 0, offset: 7, code: 'too-large' },
    { offset: 6, code: 'wrong-shape' },
    { offset: 5, code: 'not-json', head: Buffer.from('not json').toString('base64') },
    { offset: 4, code: 'tombstone', head: '' },
  ])
  expect(house.engine.handlers.position(topic, 0)?.next).toBe(9)
  house.now += 5000 // the cache is measured every five seconds
  expect(house.ask('health.report', {})).toMatchObject({
    rejected: 4,
    lastSampleAt: t0 + 1000,
    cacheSamples: 2,
  })
  expect(house.ask('metrics', {})).toMatchObject({
    messagesByTopic: { [topic]: 6 },
    errorsByTopic: { [topic]: { tombstone: 1, 'not-json': 1, 'wrong-shape': 1, 'too-large': 1 } },
    evaluation: { count: 1 },
  })
})

test('records that are delivered again change nothing', () => {
  const house = aLiveHouse()
  const batch = aBatch([cpu(97, t0 + 6000), Buffer.from('?'), cpu(98, t0 + 7000)], t0 + 7000, { from: 1 })
  house.engine.handlers.batch(batch)
  const before = [house.store.alerts({ open: true }), house.store.stats().samples, house.emitted.length]
  house.engine.handlers.batch(batch)
  house.engine.handlers.batch(aBatch([cpu(50, t0 + 5000)], t0 + 5000))
  expect([house.store.alerts({ open: true }), house.store.stats().samples, house.emitted.length]).toEqual(before)
  expect(house.ask('rejects.list', { limit: 10 })).toHaveLength(1)
})

test('a commit that fails changes nothing, is told, and the same batch succeeds later', () => {
  const house = aLiveHouse()
  const full = new StorageError('full', { cause: new Error('SQLITE_FULL') })
  const commit = vi.spyOn(house.store, 'commitBatch').mockImplementationOnce(() => {
    throw full
  })
  const batch = aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 })
  expect(() => house.engine.handlers.batch(batch)).toThrow(full)
  expect(house.engine.handlers.position(topic, 0)?.next).toBe(1)
  expect(house.emittedOf('alerts')).toEqual([])
  expect(house.emittedOf('health').at(-1)).toMatchObject({
    health: { kind: 'blind', cause: 'storage' },
    notices: [{ id: 'storage' }],
  })
  expect(house.fatal).toEqual([])

  house.engine.handlers.batch(batch)
  expect(commit.mock.calls[1]?.[0]).toEqual(commit.mock.calls[0]?.[0])
  expect(house.engine.handlers.position(topic, 0)?.next).toBe(2)
  expect(house.emittedOf('alerts').flat()).toMatchObject([{ phase: 'firing', severity: 'critical', value: 97 }])
  expect(house.ask('health.report', {})).toMatchObject({ health: { kind: 'live' }, notices: [] })
})

test('an error that is not the disk ends the thread, since the store cannot be trusted', () => {
  const house = aHouse()
  const damage = new Error('database disk image is malformed')
  vi.spyOn(house.store, 'commitBatch').mockImplementationOnce(() => {
    throw damage
  })
  expect(() => house.engine.handlers.batch(aBatch([cpu(1, t0)], t0))).toThrow(damage)
  expect(house.fatal).toEqual([damage])
})

test('a breach opens an alert that is told, owed until it was shown, and ends when the value clears', () => {
  const house = aLiveHouse()
  house.engine.handlers.batch(aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 }))
  const alert = only(house.ask('alerts.list', { open: true }))
  expect(house.emittedOf('notify').flat()).toMatchObject([{ alert: { id: alert.id }, transition: 'opened' }])
  house.restart()
  expect(house.emittedOf('notify').at(-1)).toMatchObject([{ alert: { id: alert.id }, transition: 'opened' }])
  const received = house.emittedOf('notify').length
  house.ask('notifications.done', { shown: true, items: [{ alertId: alert.id, transition: 'opened' }] })
  house.restart()
  expect(house.emittedOf('notify')).toHaveLength(received)

  house.engine.handlers.batch(aBatch([cpu(60, t0 + 9000)], t0 + 9000, { from: 2 }))
  expect(house.ask('alerts.list', { open: true })).toEqual([])
  expect(house.emittedOf('alerts').flat().at(-1)).toMatchObject({
    id: alert.id,
    phase: 'resolved',
    resolvedAt: t0 + 9000,
  })
  const timeline = house.ask('alerts.timeline', { id: alert.id })
  expect(timeline.map(({ kind }) => kind).sort()).toEqual(['notified', 'opened', 'resolved'])
  expect(house.ask('metrics', {})).toMatchObject({
    transitions: [{ severity: 'critical', to: 'resolved', count: 1 }],
  })
})

test('acknowledging is told and kept, and the second one is refused with the name of the first', () => {
  const house = aLiveHouse()
  house.engine.handlers.batch(aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 }))
  const { id } = only(house.store.openAlerts())
  const acknowledgement = { by: 'kim', at: t0 + 8000, comment: 'on it' }
  house.ask('alerts.acknowledge', { id, acknowledgement })
  expect(house.emittedOf('alerts').at(-1)).toMatchObject([{ id, acknowledgement }])
  const again = () => house.ask('alerts.acknowledge', { id, acknowledgement: { ...acknowledgement, by: 'lee' } })
  expect(again).toThrow('kim has already acknowledged')
  house.restart()
  expect(again).toThrow('kim has already acknowledged')
  expect(() => house.ask('alerts.acknowledge', { id: 'unknown', acknowledgement })).toThrow(
    'no longer in the local cache',
  )
})

test('a changed threshold judges records from its time on, not those before', () => {
  const house = aLiveHouse()
  const rule = only(house.ask('rules.list', {}))
  const draft = { ...anyCpu, warning: 40, critical: 45 }
  const { effectiveFrom } = house.ask('rules.save', { id: rule.id, version: rule.version, draft })
  expect(effectiveFrom).toBe(t0 + 7000)
  expect(house.emittedOf('rules').flat().at(-1)).toMatchObject({ id: rule.id, version: 2 })
  house.engine.handlers.batch(aBatch([cpu(50, effectiveFrom - 1)], effectiveFrom, { from: 1 }))
  expect(house.store.openAlerts()).toEqual([])
  house.engine.handlers.batch(aBatch([cpu(50, effectiveFrom)], effectiveFrom, { from: 2 }))
  expect(house.store.openAlerts()).toMatchObject([{ ruleId: rule.id, ruleVersion: 2, since: effectiveFrom }])
})

test('removing a threshold ends its alert, without a record, once its time has come', () => {
  const house = aLiveHouse()
  house.engine.handlers.batch(aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 }))
  const { id, version } = only(house.ask('rules.list', {}))
  house.ask('rules.remove', { id, version })
  house.engine.tick()
  expect(house.store.openAlerts()).toHaveLength(1)
  house.now += 4000
  house.connect([{ topic, end: 2 }])
  house.engine.handlers.batch(aBatch([Buffer.from('a sign of life')], house.now, { topic: 'metrics-other' }))
  house.engine.tick()
  expect(house.store.openAlerts()).toEqual([])
  expect(house.store.alerts({ open: false })).toMatchObject([{ resolveReason: 'rule-changed' }])
})

test('a silent node raises no data while others speak, and its next record ends that', () => {
  const house = aLiveHouse()
  const other = (seconds: number, from: number) =>
    house.engine.handlers.batch(
      aBatch([cpu(50, t0 + seconds * 1000, 'node-2')], house.now, { topic: 'metrics-node-2', from }),
    )
  for (let second = 6; second <= 14; second++) {
    house.now = t0 + second * 1000
    other(second, second - 6)
    house.engine.tick()
  }
  expect(house.store.openAlerts()).toEqual([])
  house.now = t0 + 15_000
  other(15, 9)
  house.engine.tick()
  expect(house.store.openAlerts()).toMatchObject([
    { kind: 'no-data', nodeId: 'node-1', since: t0 + 5000, severity: 'critical' },
  ])
  house.engine.handlers.batch(aBatch([cpu(50, t0 + 16_000)], t0 + 16_000, { from: 1 }))
  expect(house.store.alerts({ open: false })).toMatchObject([{ kind: 'no-data', resolveReason: 'data-returned' }])
})

test('a node whose clock is far behind is not silent while its records come in', () => {
  const house = aLiveHouse()
  const behindMs = 100_000
  for (let second = 6; second <= 30; second += 6) {
    house.now = t0 + second * 1000
    house.engine.handlers.batch(
      aBatch([cpu(50, house.now - behindMs, 'node-2')], house.now, { topic: 'metrics-node-2', from: second / 6 - 1 }),
    )
    house.engine.handlers.batch(aBatch([cpu(50, house.now)], house.now, { from: second / 6 }))
    house.engine.tick()
  }
  expect(house.store.openAlerts()).toEqual([])
  for (let second = 31; second <= 40; second++) {
    house.now = t0 + second * 1000
    house.engine.handlers.batch(aBatch([cpu(50, house.now)], house.now, { from: second - 25 }))
    house.engine.tick()
  }
  expect(house.store.openAlerts()).toMatchObject([{ kind: 'no-data', nodeId: 'node-2' }])
})

test('nobody is called silent while this console is behind, disconnected or was asleep', () => {
  const house = aLiveHouse()
  const speak = (from: number) =>
    house.engine.handlers.batch(aBatch([cpu(50, house.now, 'node-2')], house.now, { topic: 'metrics-node-2', from }))
  house.now = t0 + 60_000
  house.engine.tick() // the machine slept: what was heard of the log is worth nothing
  speak(0)
  house.engine.tick()
  expect(house.store.openAlerts()).toEqual([])

  house.connect([
    { topic, end: 5 }, // node-1 has records that are not read yet
    { topic: 'metrics-node-2', end: 1 },
  ])
  house.engine.tick()
  expect(house.store.openAlerts()).toEqual([])

  house.engine.handlers.status({ kind: 'disconnected', since: house.now, detail: 'Kafka is away.' })
  house.engine.tick()
  expect(house.store.openAlerts()).toEqual([])
})

test('health goes from connecting to live, to catching up, to blind, and says so at once', () => {
  const house = aHouse()
  const kinds = () =>
    house.emittedOf('health').map(({ health }) => (health.kind === 'blind' ? health.cause : health.kind))
  house.engine.handlers.status({ kind: 'connecting', since: t0, detail: 'Connecting.' })
  house.connect([{ topic, end: 1000 }])
  house.engine.handlers.batch(aBatch([cpu(50, t0 - 60_000)], t0 - 60_000, { end: 1000 }))
  house.engine.tick()
  expect(house.ask('health.report', {})).toMatchObject({ lagMessages: 999, topics: 1, partitions: 1 })
  house.engine.handlers.batch(aBatch([cpu(50, t0)], t0, { from: 999 }))
  house.engine.tick()
  house.engine.tick()
  house.engine.handlers.status({ kind: 'disconnected', since: t0, detail: 'Kafka is away.', retryAt: t0 + 1000 })
  expect(kinds().filter((kind, i, all) => kind !== all[i - 1])).toEqual([
    'connecting',
    'catching-up',
    'live',
    'disconnected',
  ])
  house.ask('health.retry', {})
  expect(house.retries).toBe(1)
})

test('frames are made only while someone looks, with what changed since the one before', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const house = aLiveHouse()
  vi.advanceTimersByTime(1000)
  expect(house.emittedOf('frame')).toEqual([])
  house.ask('live.watch', { hz: 4 })
  vi.advanceTimersByTime(1000)
  house.engine.handlers.batch(aBatch([cpu(97, t0 + 6000)], t0 + 6000, { from: 1 }))
  vi.advanceTimersByTime(250)
  expect(house.emittedOf('frame').map(({ seq, values, directory }) => [seq, [...values], directory?.metrics])).toEqual([
    [1, [50], ['cpu_usage']],
    [2, [97], undefined],
  ])
  const { frame } = house.ask('live.snapshot', {})
  expect([frame.seq, [...frame.intervals]]).toEqual([2, [1000]])
  house.ask('live.watch', { hz: 0 })
  house.engine.handlers.batch(aBatch([cpu(98, t0 + 7000)], t0 + 7000, { from: 2 }))
  vi.advanceTimersByTime(1000)
  expect(house.emittedOf('frame')).toHaveLength(2)
})

test('lost records leave a gap row and move the position, backwards too', () => {
  const house = aLiveHouse()
  const gap = { topic, partition: 0, from: 1, to: 1, reason: 'The topic was created again.', at: t0 + 6000 }
  const resumeFrom = { topic, partition: 0, next: 0, last: null }
  house.engine.handlers.gap(gap, resumeFrom, { ...resumeFrom, next: 1 })
  expect(house.ask('gaps.list', { limit: 5 })).toEqual([gap])
  house.engine.handlers.batch(aBatch([cpu(52, t0 + 6000)], t0 + 6000))
  expect(house.store.stats().samples).toBe(2)
  expect(house.emittedOf('health').at(-1)?.gaps).toBe(1)
})

test('a batch that cannot be read is one rejected record and is passed by once', () => {
  const house = aLiveHouse()
  const resumeFrom = { topic, partition: 0, next: 6, last: null }
  for (let time = 0; time < 2; time++)
    house.engine.handlers.unreadable({
      position: { topic, partition: 0, offset: 1 },
      reason: 'unknown codec',
      resumeFrom,
    })
  expect(house.ask('rejects.list', { limit: 5 })).toMatchObject([
    { offset: 1, code: 'bad-codec', reason: 'unknown codec' },
  ])
  expect(house.engine.handlers.position(topic, 0)).toEqual(resumeFrom)
})

test('a restart shows the values, units and intervals of the run before', () => {
  const house = aHouse()
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
  house.engine.handlers.batch(aBatch([warm(t0, 20), warm(t0 + 5000, 21.5)], t0 + 5000))
  house.restart()
  const { directory, frame } = house.ask('live.snapshot', {})
  expect(directory).toEqual({ nodes: [{ id: 'n', name: 'N' }], metrics: ['temp'], units: ['°C'] })
  expect([[...frame.at], [...frame.values], [...frame.intervals]]).toEqual([[t0 + 5000], [21.5], [5000]])
  expect(house.ask('health.report', {})).toMatchObject({ lastSampleAt: t0 + 5000 })
})
