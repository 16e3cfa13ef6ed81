import { afterEach, describe, expect, test, vi } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { evaluateAt as EvaluateAt } from '#shared/evaluation/evaluate.ts'
import { forgottenNodeKey } from '#shared/team/forgotten-node.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

// A fault of one node or one record, of a kind that nobody foresaw, harms nothing else.

const broken = vi.hoisted(() => ({ nodes: new Set<string>() }))
vi.mock('#shared/evaluation/evaluate.ts', async (original) => {
  const real = await original<{ evaluateAt: typeof EvaluateAt }>()
  const evaluateAt: typeof EvaluateAt = (state, series, index, clock) => {
    if (broken.nodes.has(series.nodeId)) throw new RangeError('no such thing')
    return real.evaluateAt(state, series, index, clock)
  }
  return { ...real, evaluateAt }
})

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []

afterEach(() => {
  broken.nodes.clear()
  vi.restoreAllMocks()
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function anEngine(options: { hasBackend?: boolean; stockRules?: boolean } = {}): TestEngine {
  const fixture = new TestEngine({ now: t0, ...options })
  fixtures.push(fixture)
  return fixture
}

const rejectsOf = (fixture: TestEngine) =>
  fixture
    .call('rejectedRecords.list', { limit: 100 })
    .map(({ topic, offset, code, reason }) => ({ topic, offset, code, reason }))
    .reverse()
const noticesOf = (fixture: TestEngine) => fixture.call('health.report', {}).notices.map(({ text }) => text)

describe('the evaluation by the clock', () => {
  const nodes = ['a', 'b', 'poison', 'c', 'd']
  const offsets = new Map<string, number>()

  function read(fixture: TestEngine, node: string): void {
    const from = offsets.get(node) ?? 0
    offsets.set(node, from + 1)
    const record = aMessage({ node, at: fixture.now, metrics: { cpu_usage: 50 } })
    fixture.engine.handlers.batches(aBatch([record], fixture.now, { topic: `metrics-${node}`, from }))
  }

  function tick(fixture: TestEngine): void {
    const ranges = [...offsets].map(([node, end]) => ({ topic: `metrics-${node}`, partition: 0, start: 0, end }))
    fixture.engine.handlers.logRanges(ranges)
    fixture.engine.tick()
  }

  /** `going` sends, and everything is silent but it, for this many seconds. */
  function pass(fixture: TestEngine, seconds: number, going = 'd'): void {
    for (let second = 0; second < seconds; second += 5) {
      fixture.now += 5000
      read(fixture, going)
      tick(fixture)
    }
  }

  const offline = (fixture: TestEngine) =>
    fixture
      .call('alerts.list', { open: true })
      .filter(({ kind }) => kind === 'offline')
      .map(({ nodeId }) => nodeId)
      .sort()

  function aFleet(): TestEngine {
    offsets.clear()
    const fixture = anEngine({ stockRules: true })
    for (const node of nodes) read(fixture, node)
    fixture.connect([])
    tick(fixture)
    return fixture
  }

  test('leaves out a node for which it fails: it says so, and all others are evaluated', () => {
    const fixture = aFleet()
    broken.nodes.add('poison')
    pass(fixture, 70)
    expect(fixture.fatal).toEqual([])
    expect(offline(fixture)).toEqual(['a', 'b', 'c'])
    expect(noticesOf(fixture)).toEqual([
      'ReMo cannot evaluate missing data of poison. If it goes offline, no alert opens. The log has the reason.',
    ])
    read(fixture, 'poison')
    expect(fixture.store.position('metrics-poison', 0)?.next).toBe(2)
  })

  test('tries it again once a minute, and takes it back', () => {
    const fixture = aFleet()
    broken.nodes.add('poison')
    pass(fixture, 70)
    broken.nodes.clear()
    pass(fixture, 70)
    expect([offline(fixture), noticesOf(fixture)]).toEqual([['a', 'b', 'c', 'poison'], []])
  })

  test('goes on if the store refuses the state of one node', () => {
    const fixture = aFleet()
    const { samples } = fixture.store
    const prepare = samples.prepare.bind(samples)
    vi.spyOn(samples, 'prepare').mockImplementation((write) => {
      if (write.series.some(({ nodeId }) => nodeId === 'poison')) throw new TypeError('no such thing')
      return prepare(write)
    })
    pass(fixture, 130)
    expect([fixture.fatal, offline(fixture)]).toEqual([[], ['a', 'b', 'c']])
    vi.restoreAllMocks()
    pass(fixture, 70)
    expect([offline(fixture), noticesOf(fixture)]).toEqual([['a', 'b', 'c', 'poison'], []])
  })

  test('goes on if it fails for every node', () => {
    const fixture = aFleet()
    for (const node of nodes) broken.nodes.add(node)
    pass(fixture, 70)
    expect([fixture.fatal, offline(fixture)]).toEqual([[], []])
    expect(noticesOf(fixture)).toEqual([
      'ReMo cannot evaluate missing data of a, b, poison, and 1 more. ' +
        'If one of them goes offline, no alert opens. The log has the reason.',
    ])
    broken.nodes.clear()
    pass(fixture, 70)
    expect(offline(fixture)).toEqual(['a', 'b', 'c', 'poison'])
  })
})

describe('a record of the backend', () => {
  const rule = aRule({ forSeconds: 0 })
  const alerts = Array.from({ length: 7 }, (_, i) => anAlert({ id: anId(i + 1), openedAt: t0, since: t0 }))
  const poison = anId(4)

  function aTeamConsole() {
    const fixture = anEngine({ hasBackend: true })
    return { fixture, backend: new TestBackend(fixture) }
  }

  /** The table refuses the alert with this id, as a constraint that was not thought of. */
  function refuse(fixture: TestEngine): void {
    const { team } = fixture.store
    const write = team.write.bind(team)
    vi.spyOn(team, 'write').mockImplementation((changes) => {
      write(changes)
      if (changes.officialAlerts.some(({ id }) => id === poison)) throw new RangeError('no such thing')
    })
  }

  const openIds = (fixture: TestEngine) =>
    fixture
      .call('alerts.list', { open: true })
      .map(({ id }) => id)
      .sort()
  const others = alerts.map(({ id }) => id).filter((id) => id !== poison)
  const notStored = { code: 'not-stored', reason: 'value: cannot be stored: no such thing' }

  test('that cannot be stored is rejected alone, and everything else of its fetch is applied', () => {
    const { fixture, backend } = aTeamConsole()
    refuse(fixture)
    backend.publishTogether(
      'alerts',
      alerts.map((alert) => [alert.id, { version: 1, alert }]),
    )
    expect([fixture.fatal, openIds(fixture)]).toEqual([[], others])
    expect(rejectsOf(fixture)).toEqual([{ topic: 'remo-alerts', offset: 3, ...notStored }])
    expect(fixture.store.position('remo-alerts', 0)?.next).toBe(7)
    vi.restoreAllMocks()
    backend.publishAgain('alerts')
    expect(openIds(fixture)).toEqual(alerts.map(({ id }) => id))
    fixture.restart()
    expect(openIds(fixture)).toEqual(alerts.map(({ id }) => id))
  })

  test('that an older version deferred, and that cannot be stored after the upgrade, is rejected alone', () => {
    const { fixture, backend } = aTeamConsole()
    const needs = { needs: 7, needsVersion: '0.3' }
    for (const alert of alerts) backend.publish('alerts', alert.id, { ...needs, version: 1, alert })
    expect(openIds(fixture)).toEqual([])
    fixture.readerLevel = 7
    fixture.engine.stop()
    fixture.store.close()
    fixture.reopen(refuse)
    expect([fixture.fatal, openIds(fixture), noticesOf(fixture)]).toEqual([[], others, []])
    expect(rejectsOf(fixture)).toEqual([{ topic: 'remo-alerts', offset: 3, ...notStored }])
    vi.restoreAllMocks()
    fixture.restart()
    expect([openIds(fixture), rejectsOf(fixture)]).toEqual([
      others,
      [{ topic: 'remo-alerts', offset: 3, ...notStored }],
    ])
  })

  test('with broken text is rejected with its reason, in keys and values at any depth', () => {
    const { fixture, backend } = aTeamConsole()
    const [alert] = alerts as [(typeof alerts)[0]]
    backend.publish(
      'rules',
      rule.id,
      JSON.stringify({ rule: { ...rule, metric: 'x' }, earlier: [] }).replace('"x"', '"a\\u0000b"'),
    )
    backend.publish('rules', rule.id, `{"rule":${JSON.stringify(rule)},"earlier":[],"more":[{"\\udfff":1}]}`)
    backend.publish('alerts', alert.id, { version: 1, alert: { ...alert, nodeName: 'c\ud800' } })
    backend.publish('alerts', forgottenNodeKey('a'), { nodeId: 'a', by: 'k\ud801', at: t0, lastSeen: t0, readTo: [] })
    backend.publish('alerts', alert.id, { needs: 9, version: 1, alert: { ...alert, nodeName: '\ud800' } })
    backend.publishRule(rule)
    const bad = (got: string) => `value: expected well-formed Unicode without NUL, got ${got}`
    expect(rejectsOf(fixture)).toEqual([
      { topic: 'remo-rules', offset: 0, code: 'bad-text', reason: bad('"a\\u0000b"') },
      { topic: 'remo-rules', offset: 1, code: 'bad-text', reason: bad('"\\udfff"') },
      { topic: 'remo-alerts', offset: 0, code: 'bad-text', reason: bad('"c\\ud800"') },
      { topic: 'remo-alerts', offset: 1, code: 'bad-text', reason: bad('"k\\ud801"') },
      { topic: 'remo-alerts', offset: 2, code: 'bad-text', reason: bad('"\\ud800"') },
    ])
    expect([fixture.call('rules.list', {}), openIds(fixture), noticesOf(fixture)]).toEqual([[rule], [], []])
  })

  test('stops the thread if none can be stored, because that is not the fault of records', () => {
    const { fixture, backend } = aTeamConsole()
    vi.spyOn(fixture.store.team, 'write').mockImplementation(() => {
      throw new RangeError('no such thing')
    })
    const many = Array.from({ length: 120 }, (_, i) => anAlert({ id: anId(i + 1), openedAt: t0, since: t0 }))
    const publish = () =>
      backend.publishTogether(
        'alerts',
        many.map((alert) => [alert.id, { version: 1, alert }]),
      )
    expect(publish).toThrow('no such thing')
    expect(fixture.fatal).toHaveLength(1)
  })
})
