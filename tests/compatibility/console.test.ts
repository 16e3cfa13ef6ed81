/** The current console on the cache of version 0.1.0. */
import { afterEach, describe, expect, test } from 'vitest'
import { LiveTable } from '#shared/ipc/live-table.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import { aBatch, aMessage, TestEngine } from '../../src-main/data/test-engine.ts'
import { readRange } from '../../src-main/read/read-range.ts'
import { ReadStore } from '../../src-main/store/read-store.ts'
import { alerts, at, copyOfCache, emptyFolder, rules, teamRecords } from './fixture.ts'
import { isMetricRule } from '#shared/rule/rule.ts'

const houses: TestEngine[] = []
afterEach(() => {
  for (const fixture of houses.splice(0)) fixture.remove()
})

function aConsole({ dir = copyOfCache(), shared: hasBackend = true } = {}): TestEngine {
  const fixture = new TestEngine({ dir, hasBackend, now: at('10:01:30'), stockRules: true })
  houses.push(fixture)
  return fixture
}

/** Values of one metric, ten seconds apart, after the node's records in the cache. */
function read(
  fixture: TestEngine,
  node: string,
  metric: string,
  values: ReadonlyArray<readonly [string, number]>,
): void {
  const topic = `metrics-${node}`
  const from = fixture.store.position(topic, 0)?.next ?? 0
  const records = values.map(([time, value]) => aMessage({ node, at: at(time), metrics: { [metric]: value } }))
  void fixture.engine.handlers.batches(aBatch(records, at('10:05:00'), { topic, from }))
}

const open = (fixture: TestEngine) => fixture.call('alerts.list', { open: true })
const alert = (fixture: TestEngine, id: string) => fixture.store.alerts.get(id)

describe('the cache', () => {
  test('shows the same charts', () => {
    const fixture = aConsole()
    const reader = ReadStore.open(fixture.dir)
    const metrics = ['cpu_usage', 'temp', 'disk_io']
    const request = { nodeId: 'alpha', metrics, from: at('09:00:00'), to: at('10:01:20'), points: 2_000 }
    const columns = readRange(reader, fixture.store.samples.heads('alpha'), request)
    reader.close()
    // One record every 5 s; make.ts of the fixture contains the values.
    const steps = Array.from({ length: 737 }, (_, i) => i)
    const expected = [
      steps.map((i) => 20 + (i % 40)),
      steps.map((i) => 40 + (i % 10) / 10),
      steps.map((i) => (i >= 120 && i < 180 ? 75.5 : 10 + (i % 20))),
    ]
    expect(columns.map(({ metric }) => metric)).toEqual(metrics)
    expect(columns.map(({ last }) => [...last])).toEqual(expected)
    expect([...(columns[0]?.at ?? [])]).toEqual(steps.map((i) => at('09:00:00') + i * 5_000))
  })

  test('shows the same nodes with their newest values', () => {
    const { directory, frame } = aConsole().call('live.snapshot', {})
    const cpu = directory.metrics.indexOf('cpu_usage')
    const table = new LiveTable()
    table.reset(directory, frame)
    const newest = directory.nodes.map(({ id, name }, i) => [id, name, table.at(i), table.value(i, cpu)])
    expect(newest.sort()).toEqual([
      ['alpha', 'Server-Alpha', at('10:01:20'), 36],
      ['beta', 'Server-Beta', at('10:01:20'), 97.5],
      ['delta', 'Server-Delta', at('09:50:00'), 22],
      ['epsilon', 'Server-Epsilon', at('10:01:20'), 96],
      ['eta', 'Server-Eta', at('10:00:00'), 98],
      ['gamma', 'Server-Gamma', at('10:01:20'), 33],
      ['theta', 'Server-Theta', at('10:01:22'), 30],
      ['zeta', 'Server-Zeta', at('10:01:20'), 25],
    ])
    expect(directory.units[directory.metrics.indexOf('temp')]).toBe('°C')
  })

  test('has the same alerts, with acknowledgements and timelines', () => {
    const fixture = aConsole()
    expect(open(fixture)).toHaveLength(4)
    expect(alert(fixture, alerts.beta)).toMatchObject({
      nodeName: 'Server-Beta',
      phase: 'firing',
      severity: 'critical',
      value: 97.5,
      threshold: 95,
      since: at('09:36:00'),
      openedAt: at('09:38:00'),
      acknowledgement: {
        by: 'olga',
        at: at('10:01:25.008'),
        comment: 'Restarting the batch job.',
        until: at('18:00:00'),
      },
    })
    expect(
      fixture.call('alerts.timeline', { id: alerts.beta }).map((event) => [event.kind, event.at, event.by]),
    ).toEqual([
      ['pending', at('09:36:00'), undefined],
      ['opened', at('09:38:00'), undefined],
      ['escalated', at('09:42:00'), undefined],
      ['notified', at('10:01:25.000'), undefined],
      ['acknowledged', at('10:01:25.008'), 'olga'],
    ])
    expect(alert(fixture, alerts.gamma)).toMatchObject({
      phase: 'firing',
      severity: 'warning',
      value: 93,
      acknowledgement: { by: 'olga', comment: 'Looking at it.' },
    })
    expect(alert(fixture, alerts.delta)).toMatchObject({ phase: 'firing', value: null, since: at('09:50:00') })
    expect(alert(fixture, alerts.etaProvisional)).toMatchObject({ phase: 'firing', provisional: true })
    expect(fixture.call('alerts.list', { open: false }).map(({ id, resolvedAt }) => [id, resolvedAt])).toEqual([
      [alerts.zetaResolved, at('09:50:00')],
      [alerts.alphaResolved, at('09:15:00')],
    ])
    expect(
      fixture.store.alerts.queuedNotifications().map(({ alert: due, transition }) => [due.id, transition]),
    ).toEqual([
      [alerts.alphaResolved, 'opened'],
      [alerts.zetaResolved, 'opened'],
      [alerts.gamma, 'opened'],
      [alerts.etaProvisional, 'opened'],
    ])
  })

  test("has the team's rules, or its own rules without a team", () => {
    const levels = (fixture: TestEngine) =>
      fixture
        .call('rules.list', {})
        .filter(isMetricRule)
        .map(({ id, version, warning, critical, clear }) => [id, version, warning, critical, clear])
        .sort()
    const stock = [
      [rules.cpu, 1, 85, 95, 75],
      [rules.memory, 1, 90, 98, 80],
    ]
    expect(levels(aConsole())).toEqual([...stock, [rules.disk, 3, 70, 90, 55]])
    const alone = aConsole({ shared: false })
    expect(levels(alone)).toEqual([...stock, [rules.temperature, 1, 70, undefined, 60]])
    const [own] = alone.call('rules.list', {}).filter(({ id }) => id === rules.temperature)
    expect(own).toMatchObject({ scope: { kind: 'node', nodeId: 'alpha' }, metric: 'temp', noDataSeconds: 300 })
  })

  test('has the same queued actions, rejected records and gaps', () => {
    const fixture = aConsole()
    expect(fixture.call('actions.list', {}).map(({ state, user, change }) => [state, user, change.kind])).toEqual([
      ['waiting', 'olga', 'acknowledge'],
      ['conflict', 'admin', 'save-rule'],
      ['waiting', 'admin', 'remove-rule'],
    ])
    expect(fixture.call('rejectedRecords.list', { limit: 10 })).toMatchObject([
      { topic: 'metrics-alpha', offset: 721, code: 'not-json', at: at('10:00:00') },
    ])
    expect(fixture.call('gaps.list', { limit: 10 })).toMatchObject([{ topic: 'metrics-theta', from: 28, to: 29 }])
  })
})

describe('evaluation on the cache', () => {
  test('continues a firing episode: the same alert resolves', () => {
    const fixture = aConsole()
    read(fixture, 'beta', 'cpu_usage', [['10:01:30', 97.5]])
    expect(alert(fixture, alerts.beta)).toMatchObject({ phase: 'firing', acknowledgement: { by: 'olga' } })
    read(fixture, 'beta', 'cpu_usage', [['10:01:40', 50]])
    expect(alert(fixture, alerts.beta)).toMatchObject({
      phase: 'resolved',
      resolvedAt: at('10:01:40'),
      resolvedValue: 50,
    })
    expect(open(fixture).filter(({ nodeId }) => nodeId === 'beta')).toEqual([])
    fixture.restart()
    expect(alert(fixture, alerts.beta)).toMatchObject({ phase: 'resolved' })
  })

  test('continues a pending episode: the alert opens after the whole time', () => {
    const fixture = aConsole()
    read(fixture, 'epsilon', 'cpu_usage', [['10:02:20', 96]])
    expect(alert(fixture, alerts.epsilonPending)).toBeUndefined()
    read(fixture, 'epsilon', 'cpu_usage', [['10:02:30', 96]])
    expect(alert(fixture, alerts.epsilonPending)).toMatchObject({
      phase: 'firing',
      severity: 'critical',
      since: at('10:00:30'),
      openedAt: at('10:02:30'),
    })
  })

  test('ends a no-data alert with the next record', () => {
    const fixture = aConsole()
    read(fixture, 'delta', 'cpu_usage', [['10:01:30', 22]])
    expect(alert(fixture, alerts.delta)).toMatchObject({ phase: 'resolved', resolveReason: 'data-returned' })
  })

  test('skips records that are already in the cache', () => {
    const fixture = aConsole()
    const before = fixture.store.stats().samples
    const records = [aMessage({ node: 'beta', at: at('10:01:20'), metrics: { cpu_usage: 1 } })]
    void fixture.engine.handlers.batches(aBatch(records, at('10:01:20'), { topic: 'metrics-beta', from: 188 }))
    expect(fixture.store.stats().samples).toBe(before)
    expect(alert(fixture, alerts.beta)).toMatchObject({ phase: 'firing' })
  })
})

test("a new console reads the team's rules and alerts from records of 0.1.0", () => {
  const fixture = aConsole({ dir: emptyFolder() })
  for (const topic of ['remo-rules', 'remo-alerts'] as const) {
    const records = teamRecords(topic).map((record): RawRecord => ({
      ...record,
      key: record.key === null ? null : Buffer.from(record.key),
      value: record.value === null ? null : Buffer.from(record.value),
    }))
    void fixture.engine.handlers.batches([aRawBatch({ topic, records })])
  }
  expect(fixture.call('rejectedRecords.list', { limit: 10 })).toEqual([])
  expect(
    fixture
      .call('rules.list', {})
      .filter(isMetricRule)
      .map(({ id, version, warning }) => [id, version, warning])
      .sort(),
  ).toEqual([
    [rules.cpu, 1, 85],
    [rules.memory, 1, 90],
    [rules.disk, 3, 70],
  ])
  expect(open(fixture).map(({ id, acknowledgement }) => [id, acknowledgement?.comment])).toEqual([
    [alerts.delta, undefined],
    [alerts.gamma, undefined],
    [alerts.beta, 'Restarting the batch job.'],
  ])
  expect(fixture.call('alerts.list', { open: false }).map(({ id }) => id)).toEqual([
    alerts.zetaResolved,
    alerts.alphaResolved,
  ])
})
