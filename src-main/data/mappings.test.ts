import { describe, expect, onTestFinished, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { pressMapping } from '#shared/metric/mapping/mapping-builders.ts'
import { topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import type { FieldMapping, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { mappingKey } from '#shared/metric/mapping/mapping-key.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { draftOfRule } from '#shared/rule/rule-draft.ts'
import { aBatch, only, TestEngine } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

// Topics whose records have a shape of their own: mappings of this console, and those of a team.

const t0 = 1_764_000_000_000
const topic = 'press-line'
const press = pressMapping
const renamed: FieldMapping = { ...press, prefix: 'line.' }

function aConsole(part: ConstructorParameters<typeof TestEngine>[0] = {}) {
  const fixture = new TestEngine({ now: t0, ...part })
  onTestFinished(() => fixture.remove())
  return { fixture, backend: new TestBackend(fixture), feed: new Press(fixture) }
}

/** What the machine sends: one record a call, read at once. */
class Press {
  readonly #fixture: TestEngine
  #offset = 0

  constructor(fixture: TestEngine) {
    this.#fixture = fixture
  }

  /** @param at timestamp of the record, and event time */
  send(oilTemp: number, at = this.#fixture.now): void {
    const content = {
      machine: { serial: 'PL-0417', label: 'Press 4' },
      meta: { measuredAt: at },
      readings: [
        { kind: 'oil_temp', v: oilTemp, u: '°C' },
        { kind: 'door', v: 'shut', u: null },
      ],
    }
    const from = this.#offset++
    this.#fixture.engine.handlers.batches(aBatch([Buffer.from(JSON.stringify(content))], at, { topic, from }))
  }
}

/** The newest value of each metric of the press, as the window has it. */
function valuesOf(fixture: TestEngine): Record<string, number> {
  const series = ['press.oil_temp', 'line.oil_temp'].map((metric) => ({ nodeId: 'PL-0417', metric }))
  const values = fixture.call('live.values', { series })
  const known = series.map(({ metric }, i) => [metric, values[i] ?? NaN] as const)
  return Object.fromEntries(known.filter(([, value]) => !Number.isNaN(value)))
}
const sourceOf = (fixture: TestEngine) => only(fixture.call('sources.list', {}).filter(({ name }) => name === topic))
const readingOf = (fixture: TestEngine) => fixture.call('sources.example', { topics: [topic] })?.reading

describe('a mapping of this console', () => {
  test('reads its topic: values, their rules, the row of Sources and its example', () => {
    const { fixture, feed } = aConsole({ mappings: [press] })
    const levels = { warning: 60, critical: 80, clear: 55, forSeconds: 0 }
    fixture.call('rules.save', { draft: draftOfRule(aRule({ metric: 'press.oil_temp', ...levels })) })
    fixture.now += 10_000
    feed.send(61.5)
    expect(valuesOf(fixture)).toEqual({ 'press.oil_temp': 61.5 })
    expect(only(fixture.call('alerts.list', { open: true }))).toMatchObject({
      nodeId: 'PL-0417',
      nodeName: 'Press 4',
      metric: 'press.oil_temp',
      severity: 'warning',
    })
    expect(sourceOf(fixture)).toMatchObject({ state: 'reading', formats: [{ name: 'mapping' }], hosts: 1, metrics: 1 })
    expect(readingOf(fixture)).toMatchObject({ kind: 'parts', format: 'mapping', parts: [{ nodeId: 'PL-0417' }] })
  })

  test('holds at once when it changes, and what the topic was before is not said any more', () => {
    const { fixture, feed } = aConsole()
    feed.send(61)
    expect([valuesOf(fixture), sourceOf(fixture).state]).toEqual([{}, 'not-metrics'])
    fixture.call('mappings.setOwn', { mappings: [press] })
    expect(sourceOf(fixture)).toMatchObject({ state: 'undecided', records: 1 })
    expect(readingOf(fixture)).toMatchObject({ kind: 'parts', format: 'mapping' })
    fixture.now += 1000
    feed.send(62)
    expect(valuesOf(fixture)).toEqual({ 'press.oil_temp': 62 })
    expect(sourceOf(fixture)).toMatchObject({ state: 'reading', passed: [], metrics: 1, records: 2 })
    fixture.call('mappings.setOwn', { mappings: [renamed] })
    fixture.now += 1000
    feed.send(63)
    expect(valuesOf(fixture)).toEqual({ 'press.oil_temp': 62, 'line.oil_temp': 63 })
    expect(sourceOf(fixture)).toMatchObject({ state: 'reading', metrics: 1 })
    fixture.call('mappings.setOwn', { mappings: [] })
    fixture.now += 1000
    feed.send(64)
    expect(sourceOf(fixture)).toMatchObject({ state: 'not-metrics', formats: [] })
    expect(readingOf(fixture)).toMatchObject({ kind: 'passed', why: 'not-metrics' })
  })

  test('reads from the first record of the next run on', () => {
    const { fixture, feed } = aConsole({ mappings: [press] })
    feed.send(61)
    fixture.mappings = [renamed]
    fixture.restart()
    fixture.now += 1000
    feed.send(62)
    expect(valuesOf(fixture)).toEqual({ 'press.oil_temp': 61, 'line.oil_temp': 62 })
  })
})

const aMapping = (change: Partial<TopicMapping> = {}): TopicMapping => ({
  topic,
  isFixed: false,
  version: 1,
  effectiveFrom: t0,
  mapping: press,
  updatedBy: 'ada',
  updatedAt: t0,
  earlier: [],
  ...change,
})
const publish = (backend: TestBackend, mapping: TopicMapping): void =>
  backend.publish('alerts', mappingKey(mapping.topic), topicMappingCodec.encode(mapping))
const noticesOf = (fixture: TestEngine) => fixture.call('health.report', {}).notices.map(({ text }) => text)
const teamOf = (fixture: TestEngine): string[] =>
  fixture.call('mappings.team', {}).map((one) => `${one.topic}@${one.version} ${one.mapping?.prefix ?? 'none'}`)

describe('a mapping of the team', () => {
  const second = aMapping({
    version: 2,
    mapping: renamed,
    effectiveFrom: t0 + 10_000,
    earlier: [{ version: 1, effectiveFrom: t0, mapping: press, updatedBy: 'ada', updatedAt: t0 }],
  })

  test('is in effect by the timestamps of records, and stays so in the next run', () => {
    const { fixture, backend, feed } = aConsole({ hasBackend: true })
    publish(backend, second)
    feed.send(60, t0 - 1)
    feed.send(61, t0 + 9_999)
    expect(valuesOf(fixture)).toEqual({ 'press.oil_temp': 61 })
    fixture.restart()
    feed.send(62, t0 + 9_999)
    feed.send(63, t0 + 10_000)
    expect(valuesOf(fixture)).toEqual({ 'press.oil_temp': 62, 'line.oil_temp': 63 })
    expect(fixture.emittedOf('mappings.changed').at(-1)).toEqual([second])
  })

  test('an older version, and the same again, change nothing; the highest version wins', () => {
    const { fixture, backend } = aConsole({ hasBackend: true })
    publish(backend, second)
    publish(backend, aMapping())
    publish(backend, { ...second, mapping: { ...press, prefix: 'other.' } })
    expect(teamOf(fixture)).toEqual(['press-line@2 line.'])
    publish(backend, aMapping({ version: 3, mapping: null }))
    expect(teamOf(fixture)).toEqual(['press-line@3 none'])
    backend.publish('alerts', mappingKey(topic), null)
    expect(teamOf(fixture)).toEqual([])
    fixture.restart()
    expect(teamOf(fixture)).toEqual([])
  })

  test('counts before that of this console, also if the team has none any more', () => {
    const { fixture, backend, feed } = aConsole({ hasBackend: true, mappings: [renamed] })
    publish(backend, aMapping())
    feed.send(61)
    expect(valuesOf(fixture)).toEqual({ 'press.oil_temp': 61 })
    publish(backend, aMapping({ version: 2, mapping: null }))
    feed.send(62)
    expect(valuesOf(fixture)).toEqual({ 'press.oil_temp': 61 })
    expect(sourceOf(fixture)).toMatchObject({ state: 'not-metrics' })
  })

  test('of another database or another team reads nothing any more', () => {
    const { fixture, backend } = aConsole({ hasBackend: true })
    backend.database = '11111111-1111-4111-8111-111111111111'
    publish(backend, aMapping())
    backend.database = '22222222-2222-4222-8222-222222222222'
    publish(backend, aMapping({ topic: 'oven', mapping: { ...press, topic: 'oven' } }))
    expect(teamOf(fixture)).toEqual(['oven@1 press.'])
    fixture.restart('blue')
    expect(teamOf(fixture)).toEqual([])
    fixture.restart()
    expect(teamOf(fixture)).toEqual([])
  })

  test('of a log that was created again counts, whatever its version; until then the known one stays', () => {
    const { fixture, backend } = aConsole({ hasBackend: true })
    publish(backend, second)
    backend.startOver('alerts')
    expect(teamOf(fixture)).toEqual(['press-line@2 line.'])
    fixture.restart()
    publish(backend, aMapping())
    expect(teamOf(fixture)).toEqual(['press-line@1 press.'])
  })

  test('waits in a console of an earlier level for the upgrade', () => {
    const { fixture, backend, feed } = aConsole({ hasBackend: true, readerLevel: 5 })
    publish(backend, aMapping())
    feed.send(61)
    expect([teamOf(fixture), valuesOf(fixture)]).toEqual([[], {}])
    expect(fixture.call('counters.get', {}).deferredByTopic).toEqual({ 'remo-alerts': 1 })
    expect(fixture.call('rejectedRecords.list', { limit: 5 })).toEqual([])
    expect(noticesOf(fixture)).toEqual([
      'A mapping of fields needs ReMo 0.2 or newer. Metrics of topic press-line are not read by it here.',
    ])
    fixture.readerLevel = 6
    fixture.restart()
    expect(noticesOf(fixture)).toEqual([])
    feed.send(62)
    expect([teamOf(fixture), valuesOf(fixture)]).toEqual([['press-line@1 press.'], { 'press.oil_temp': 62 }])
  })

  test('is named with others that wait, the first three of them, and an alert that waits has its own notice', () => {
    const { fixture, backend } = aConsole({ hasBackend: true, readerLevel: 5 })
    for (const other of ['oven', 'mill', 'saw', 'drill'])
      publish(backend, aMapping({ topic: other, mapping: { ...press, topic: other } }))
    const alert = anAlert({ id: anId(8), openedAt: t0 })
    backend.publish('alerts', alert.id, { needs: 7, version: 1, alert })
    expect(noticesOf(fixture)).toEqual([
      'Alerts here need a newer ReMo; this version shows the alerts it understands.',
      'Mappings of fields need ReMo 0.2 or newer. Metrics of topics drill, mill, oven and 1 more are not read by them here.',
    ])
  })

  test('that is none is rejected with its reason, and the known one stays', () => {
    const { fixture, backend } = aConsole({ hasBackend: true })
    publish(backend, aMapping())
    backend.publish('alerts', mappingKey('oven'), topicMappingCodec.encode(aMapping()))
    const wrong = { ...aMapping({ version: 2 }), mapping: { ...press, node: '..' } }
    backend.publish('alerts', mappingKey(topic), topicMappingCodec.encode(wrong))
    expect(fixture.call('rejectedRecords.list', { limit: 5 }).map(({ reason }) => reason)).toEqual([
      'mapping.node: expected a path such as machine.serial or readings[*]',
      'topic: expected the topic of the key',
    ])
    expect(teamOf(fixture)).toEqual(['press-line@1 press.'])
  })
})
