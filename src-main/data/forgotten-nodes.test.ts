import { afterEach, describe, expect, test } from 'vitest'
import { LiveTable } from '#shared/ipc/live-table.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { forgottenNodeCodec } from '#shared/codec/domain-codecs.ts'
import { type ForgottenNode, forgottenNodeKey } from '#shared/team/forgotten-node.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []
/** Fires immediately; no data after 60 s. */
const rule = aRule({ forSeconds: 0, noDataSeconds: 60 })

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function anEngine(hasBackend: boolean, stockRules = false): TestEngine {
  const fixture = new TestEngine({ now: t0, hasBackend, stockRules })
  fixtures.push(fixture)
  return fixture
}

/** A console alone, with that rule from the beginning. */
function aConsoleAlone(): TestEngine {
  const fixture = anEngine(false)
  const { id: _id, version: _version, deleted: _deleted, effectiveFrom: _from, ...draft } = rule
  const { updatedBy: _by, updatedAt: _at, ...content } = draft
  fixture.now = t0 - 60_000
  fixture.call('rules.save', { draft: content })
  fixture.now = t0
  return fixture
}

/** A record at this offset; `second` after the start, by default the offset. */
function read(
  fixture: TestEngine,
  node: string,
  place: number | { readonly offset: number; readonly second: number },
  metrics: Record<string, number>,
): void {
  const { offset, second } = typeof place === 'number' ? { offset: place, second: place } : place
  const at = t0 + second * 1000
  fixture.engine.handlers.batches(
    aBatch([aMessage({ node, at, metrics })], at, { topic: `metrics-${node}`, from: offset }),
  )
}

const nodesIn = (fixture: TestEngine) => fixture.call('live.snapshot', {}).directory.nodes.map(({ id }) => id)
const openIn = (fixture: TestEngine) => fixture.call('alerts.list', { open: true }).map(({ nodeId }) => nodeId)
const forget = (fixture: TestEngine, nodeId: string) =>
  fixture.call('nodes.forget', { nodeId, by: 'kim', at: fixture.now })

/** The next second of a live console: what the broker has, and a tick. */
function tick(fixture: TestEngine, ends: Record<string, number>): void {
  const ranges = Object.entries(ends).map(([node, end]) => ({ topic: `metrics-${node}`, partition: 0, start: 0, end }))
  fixture.engine.handlers.logRanges(ranges)
  fixture.engine.tick()
}

const forgotten = (change: Partial<ForgottenNode> = {}): ForgottenNode => ({
  nodeId: 'a',
  by: 'lee',
  at: t0 + 10_000,
  lastSeen: t0 + 1_000,
  readTo: [{ topic: 'metrics-a', partition: 0, next: 2 }],
  ...change,
})
const publish = (backend: TestBackend, node: ForgottenNode) =>
  backend.publish('alerts', forgottenNodeKey(node.nodeId), forgottenNodeCodec.encode(node))

describe('a console alone', () => {
  test('a forgotten node leaves the lists, its alerts end, and its history stays', () => {
    const fixture = aConsoleAlone()
    read(fixture, 'a', 0, { cpu_usage: 97 })
    read(fixture, 'b', 0, { cpu_usage: 5 })
    read(fixture, 'c', 0, { cpu_usage: 6 })
    expect([nodesIn(fixture), openIn(fixture)]).toEqual([['a', 'b', 'c'], ['a']])
    const { id } = only(fixture.call('alerts.list', { open: true }))
    fixture.now = t0 + 5_000
    forget(fixture, 'a')
    expect([nodesIn(fixture), openIn(fixture)]).toEqual([['b', 'c'], []])
    const [ended] = fixture.call('alerts.list', { open: false })
    expect(ended).toMatchObject({ id, phase: 'resolved', resolveReason: 'node-forgotten', resolvedAt: t0 + 5_000 })
    expect([ended]).toMatchObject(fixture.emittedOf('alerts.changed').at(-1) ?? [])
    expect(fixture.call('alerts.timeline', { id }).at(-1)).toMatchObject({ kind: 'resolved', by: 'kim' })
    expect(fixture.store.samples.head('a')?.values).toEqual(Float64Array.of(97))
    const { directory, frame } = fixture.call('live.snapshot', {})
    const table = new LiveTable()
    table.reset(directory, frame)
    const column = table.metricIndex('cpu_usage')
    expect(directory.nodes.map((_, node) => table.value(node, column))).toEqual([5, 6])
    expect(() => forget(fixture, 'a')).toThrow('not in the list')
  })

  test('it is not offline while it is silent, also after a restart', () => {
    const fixture = anEngine(false, true)
    for (const node of ['a', 'b', 'c']) read(fixture, node, 0, { cpu_usage: 5 })
    forget(fixture, 'a')
    fixture.connect([])
    for (let offset = 1; offset <= 20; offset++) {
      if (offset === 11) {
        fixture.restart()
        fixture.connect([])
      }
      fixture.now = t0 + offset * 10_000
      read(fixture, 'b', { offset, second: offset * 10 }, { cpu_usage: 5 })
      tick(fixture, { a: 1, b: offset + 1, c: 1 })
      expect(nodesIn(fixture)).toEqual(['b', 'c'])
    }
    expect(openIn(fixture)).toEqual(['c'])
  })

  test('it is back with its next record, as a new node, whatever its clock says', () => {
    for (const restarts of [false, true]) {
      const fixture = aConsoleAlone()
      read(fixture, 'a', 0, { cpu_usage: 97, disk: 1 })
      const first = only(fixture.call('alerts.list', { open: true })).id
      forget(fixture, 'a')
      if (restarts) fixture.restart()
      read(fixture, 'a', { offset: 1, second: -3 }, { cpu_usage: 98 })
      expect([nodesIn(fixture), openIn(fixture)]).toEqual([['a'], ['a']])
      expect(only(fixture.call('alerts.list', { open: true })).id).not.toBe(first)
      fixture.restart()
      expect([nodesIn(fixture), openIn(fixture)]).toEqual([['a'], ['a']])
      const { directory, frame } = fixture.call('live.snapshot', {})
      expect(Object.fromEntries(directory.metrics.map((metric, i) => [metric, frame.values[i]]))).toEqual({
        cpu_usage: 98,
      })
    }
  })

  test('the window asks for a snapshot: the next frame leaves a gap in the sequence', async () => {
    const fixture = aConsoleAlone()
    read(fixture, 'a', 0, { cpu_usage: 5 })
    read(fixture, 'b', 0, { cpu_usage: 5 })
    fixture.call('live.subscribe', { hz: 1000 })
    const before = fixture.emittedOf('live.frame').at(-1)?.seq ?? 0
    forget(fixture, 'a')
    await expect.poll(() => fixture.emittedOf('live.frame').at(-1)?.seq).toBe(before + 2)
    expect(fixture.call('live.snapshot', {}).frame.seq).toBe(before + 2)
  })
})

describe('a node of Telegraf', () => {
  const topic = 'metrics-telegraf'
  /** Everything of one host that came in these ten seconds: gauges, and counters with a rate of 10 a second. */
  function send(fixture: TestEngine, tick: number, extra: readonly string[] = []): void {
    const at = t0 + tick * 10_000
    fixture.now = at
    const lines = (host: string) => [
      `cpu,cpu=cpu-total,host=${host} usage_idle=30`,
      ...['/', '/var'].map((path) => `disk,path=${path},host=${host} used_percent=50`),
      `net,interface=eth0,host=${host} bytes_recv=${1000 + tick * 100}i,bytes_sent=${2000 + tick * 100}i`,
    ]
    const sent = [...lines('b'), ...(extra.length > 0 ? extra : lines('a'))]
    const values = sent.map((line) => Buffer.from(`${line} ${at}000000`))
    fixture.engine.handlers.batches(aBatch(values, at, { topic, from: tick * 10 }))
  }

  /** All that the window and Prometheus get, by node. */
  function liveIn(fixture: TestEngine): Record<string, Record<string, number>> {
    const { directory, frame } = fixture.call('live.snapshot', {})
    const table = new LiveTable()
    table.reset(directory, frame)
    const valuesOf = (node: number) =>
      directory.metrics.flatMap((metric, i) => {
        const value = table.value(node, i)
        return Number.isNaN(value) ? [] : [[metric, value] as const]
      })
    return Object.fromEntries(directory.nodes.map(({ id }, node) => [id, Object.fromEntries(valuesOf(node))]))
  }
  const countsIn = (fixture: TestEngine) => {
    const { hosts, metrics } = only(fixture.call('sources.list', {}))
    return { hosts, metrics }
  }

  test('leaves the lists, live values and sources with all its parts, and comes again as it was', () => {
    for (const restarts of [false, true]) {
      const fixture = anEngine(false)
      for (const tick of [0, 1, 2]) send(fixture, tick)
      const before = liveIn(fixture)
      expect(before['a']).toEqual(before['b'])
      expect(before['a']).toMatchObject({
        cpu_usage: 70,
        'disk.used_percent{path=/var}': 50,
        'net.bytes_recv{interface=eth0}': 10,
      })
      forget(fixture, 'a')
      expect(liveIn(fixture)).toEqual({ b: before['b'] })
      expect(countsIn(fixture)).toEqual({ hosts: 1, metrics: 7 })
      if (restarts) fixture.restart()
      expect(Object.keys(liveIn(fixture))).toEqual(['b'])
      send(fixture, 3)
      const after = liveIn(fixture)
      expect(after['a']).toEqual(after['b'])
      fixture.restart()
      expect(liveIn(fixture)).toEqual(after)
    }
  })

  test('comes again with other series: none of before is back', () => {
    for (const restarts of [false, true]) {
      const fixture = anEngine(false)
      for (const tick of [0, 1, 2]) send(fixture, tick)
      forget(fixture, 'a')
      if (restarts) fixture.restart()
      send(fixture, 3, ['disk,path=/srv,host=a used_percent=20', 'mem,host=a used_percent=40'])
      const expected = { 'disk.used_percent{path=/srv}': 20, 'mem.used_percent': 40, memory_usage: 40 }
      expect(liveIn(fixture)['a']).toEqual(expected)
      fixture.restart()
      expect(liveIn(fixture)['a']).toEqual(expected)
    }
  })
})

describe('a console of a team', () => {
  function aTeamConsole() {
    const fixture = anEngine(true)
    const backend = new TestBackend(fixture)
    backend.publishRule(rule)
    return { fixture, backend }
  }

  test('its record hides the node and ends its alerts, once, and changes nothing when it is read again', () => {
    const { fixture, backend } = aTeamConsole()
    read(fixture, 'a', 0, { cpu_usage: 97 })
    read(fixture, 'a', 1, { cpu_usage: 97 })
    read(fixture, 'b', 0, { cpu_usage: 5 })
    publish(backend, forgotten())
    const [ended] = fixture.call('alerts.list', { open: false })
    expect([nodesIn(fixture), openIn(fixture)]).toEqual([['b'], []])
    expect(ended).toMatchObject({ resolveReason: 'node-forgotten', resolvedAt: t0 + 10_000 })
    const events = fixture.call('alerts.timeline', { id: ended?.id ?? '' })
    backend.publishAlert({ ...ended, id: ended?.id ?? anId(1) } as never)
    backend.publishAgain('alerts')
    fixture.restart()
    expect([nodesIn(fixture), openIn(fixture)]).toEqual([['b'], []])
    expect(fixture.call('alerts.timeline', { id: ended?.id ?? '' })).toEqual(events)
    read(fixture, 'a', { offset: 2, second: 20 }, { cpu_usage: 97 })
    backend.publishAgain('alerts')
    expect([nodesIn(fixture), openIn(fixture)]).toEqual([['b', 'a'], ['a']])
  })

  test('a console that joins late skips what was known, and shows what came after', () => {
    const { fixture, backend } = aTeamConsole()
    publish(backend, forgotten())
    read(fixture, 'a', 0, { cpu_usage: 97 })
    read(fixture, 'a', 1, { cpu_usage: 97 })
    expect([nodesIn(fixture), openIn(fixture)]).toEqual([[], []])
    fixture.restart()
    expect(nodesIn(fixture)).toEqual([])
    expect(fixture.store.samples.head('a')?.values).toEqual(Float64Array.of(97, 97))
    read(fixture, 'a', { offset: 2, second: 20 }, { cpu_usage: 97 })
    expect([nodesIn(fixture), openIn(fixture)]).toEqual([['a'], ['a']])
  })

  test('a node that sent after it was forgotten stays, also if this console reads faster than the backend', () => {
    const { fixture, backend } = aTeamConsole()
    for (const offset of [0, 1, 2]) read(fixture, 'a', offset, { cpu_usage: 5 })
    publish(backend, forgotten())
    expect(nodesIn(fixture)).toEqual(['a'])
    fixture.restart()
    expect(nodesIn(fixture)).toEqual(['a'])
    publish(
      backend,
      forgotten({ at: t0 + 20_000, lastSeen: t0 + 2_000, readTo: [{ topic: 'metrics-a', partition: 0, next: 3 }] }),
    )
    expect(nodesIn(fixture)).toEqual([])
  })

  test('a record that this version cannot read is rejected or waits, and hides nothing', () => {
    const { fixture, backend } = aTeamConsole()
    read(fixture, 'a', 0, { cpu_usage: 5 })
    backend.publish('alerts', 'node:a', { ...(forgottenNodeCodec.encode(forgotten()) as object), nodeId: 7 })
    backend.publish('alerts', 'node:a', forgottenNodeCodec.encode(forgotten({ nodeId: 'b' })))
    backend.publish('alerts', 'node:a', null)
    expect(fixture.call('rejectedRecords.list', { limit: 10 }).map(({ reason }) => reason)).toEqual([
      'nodeId: expected the node of the key',
      expect.stringMatching(/^nodeId: /),
    ])
    expect(nodesIn(fixture)).toEqual(['a'])
  })

  test('a restored backend shows a node again that it no longer hides', () => {
    for (const sends of [false, true]) {
      const { fixture, backend } = aTeamConsole()
      read(fixture, 'a', 0, { cpu_usage: 5 })
      publish(backend, forgotten({ readTo: [{ topic: 'metrics-a', partition: 0, next: 100 }], lastSeen: t0 + 900_000 }))
      expect(nodesIn(fixture)).toEqual([])
      publish(backend, forgotten({ at: t0 + 10_001, lastSeen: 0, readTo: [] }))
      if (sends) read(fixture, 'a', 1, { cpu_usage: 5 })
      else fixture.restart()
      expect(nodesIn(fixture)).toEqual(['a'])
    }
  })

  test('another team and another database forgot other nodes', () => {
    const later = { lastSeen: t0 + 900_000, readTo: [{ topic: 'metrics-a', partition: 0, next: 100 }] }
    const { fixture, backend } = aTeamConsole()
    backend.database = '11111111-1111-4111-8111-111111111111'
    read(fixture, 'a', 0, { cpu_usage: 5 })
    publish(backend, forgotten(later))
    expect(nodesIn(fixture)).toEqual([])
    backend.database = '22222222-2222-4222-8222-222222222222'
    publish(backend, forgotten({ ...later, nodeId: 'b' }))
    read(fixture, 'a', 1, { cpu_usage: 5 })
    read(fixture, 'b', 0, { cpu_usage: 5 })
    expect(nodesIn(fixture)).toEqual(['a'])
    fixture.restart('blue')
    expect(nodesIn(fixture).toSorted()).toEqual(['a', 'b'])
    fixture.restart()
    expect(nodesIn(fixture).toSorted()).toEqual(['a', 'b'])
  })
})
