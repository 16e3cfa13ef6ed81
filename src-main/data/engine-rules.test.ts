import { afterEach, describe, expect, test } from 'vitest'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

// What an operator sees of offline nodes, missing metrics and edited thresholds, on a console without a backend.

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []
afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

/** A live console with the stock rules that receives records of some nodes, each in a topic of its own. */
class Scene {
  readonly fixture = new TestEngine({ now: t0, stockRules: true })
  readonly #next = new Map<string, number>()

  constructor() {
    fixtures.push(this.fixture)
    this.#connect()
  }

  /** A record of a node at a second; it arrives at once. */
  read(second: number, node: string, metrics: Record<string, number>): void {
    const { fixture } = this
    fixture.now = t0 + second * 1000
    const topic = `metrics-${node}`
    const from = this.#next.get(topic) ?? 0
    this.#next.set(topic, from + 1)
    const message = aMessage({ node, at: fixture.now, metrics })
    fixture.engine.handlers.batches(aBatch([message], fixture.now, { topic, from }))
    this.#connect()
    fixture.engine.tick()
  }

  /** Nothing but time passes, and records of another node, up to this second. */
  wait(until: number): void {
    const from = (this.fixture.now - t0) / 1000
    for (let second = Math.floor(from) + 1; second <= until; second++) {
      this.read(second, 'other', { cpu_usage: 1 })
    }
  }

  restart(): void {
    this.fixture.restart()
    this.#connect()
  }

  save(draft: RuleDraft, rule?: Rule): Rule {
    return this.fixture.call('rules.save', rule ? { id: rule.id, version: rule.version, draft } : { draft })
  }

  rule(id: string): Rule {
    return only(this.fixture.call('rules.list', {}).filter((rule) => rule.id.endsWith(id)))
  }

  open() {
    return this.fixture.call('alerts.list', { open: true })
  }

  over() {
    return this.fixture.call('alerts.list', { open: false })
  }

  /** Kind of each queued notification, with its alert. */
  pages() {
    return this.fixture.store.alerts.queuedNotifications().map(({ alert, transition }) => `${alert.id} ${transition}`)
  }

  timeline(id: string) {
    return this.fixture.store.alerts.timeline(id)
  }

  #connect(): void {
    this.fixture.connect([...this.#next].map(([topic, end]) => ({ topic, end })))
  }
}

const cpuDraft = {
  scope: { kind: 'all' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 85,
  critical: 95,
  clear: 75,
  forSeconds: 0,
  enabled: true,
} as const
const ownCpu = { ...cpuDraft, scope: { kind: 'node', nodeId: 'node-1' } } as const

describe('a node that stops', () => {
  test('raises one alert, also with a threshold of its own that says nothing of missing data', () => {
    const scene = new Scene()
    scene.save({ ...ownCpu, warning: 150, critical: 160 })
    for (let second = 1; second <= 10; second++) scene.read(second, 'node-1', { cpu_usage: 10, memory_usage: 10 })
    scene.wait(69)
    expect(scene.open()).toEqual([])
    scene.wait(70)
    expect(scene.open()).toMatchObject([
      { kind: 'offline', nodeId: 'node-1', metric: '', severity: 'critical', since: t0 + 10_000, openedAt: t0 + 70_000 },
    ])
    scene.wait(200)
    expect(scene.pages()).toEqual([`${only(scene.open()).id} opened`])
    scene.restart()
    scene.read(201, 'node-1', { memory_usage: 10 })
    expect([scene.open(), scene.over()]).toMatchObject([[], [{ kind: 'offline', resolveReason: 'data-returned' }]])
  })

  test('is watched without any threshold of a metric', () => {
    const scene = new Scene()
    scene.read(1, 'node-1', { temperature: 20 })
    scene.wait(61)
    expect(scene.open()).toMatchObject([{ kind: 'offline', nodeId: 'node-1' }])
  })

  test('has the seconds and the severity of its own rule', () => {
    const scene = new Scene()
    const scope = { kind: 'node', nodeId: 'node-1' } as const
    scene.save({ kind: 'offline', scope, seconds: 20, severity: 'warning', enabled: true })
    scene.read(1, 'node-1', { cpu_usage: 10 })
    scene.read(1, 'node-2', { cpu_usage: 10 })
    scene.wait(21)
    expect(scene.open()).toMatchObject([{ nodeId: 'node-1', severity: 'warning', threshold: 20 }])
    scene.wait(61)
    expect(scene.open().map(({ nodeId, severity }) => `${nodeId} ${severity}`).toSorted()).toEqual([
      'node-1 warning',
      'node-2 critical',
    ])
  })

  test('comes back with its open value alert unchanged: no new page', () => {
    const scene = new Scene()
    scene.save(cpuDraft, scene.rule('0001'))
    for (let second = 1; second <= 10; second++) scene.read(second, 'node-1', { cpu_usage: 90 })
    const { id } = only(scene.open())
    scene.wait(100)
    expect(scene.open().map(({ kind }) => kind).toSorted()).toEqual(['offline', 'value'])
    scene.read(101, 'node-1', { cpu_usage: 91 })
    expect(scene.open()).toMatchObject([{ id, phase: 'firing' }])
    expect(scene.pages().filter((page) => page.startsWith(id))).toEqual([`${id} opened`])
  })

  test('raises nothing while it sends one sample each 90 seconds, also after a restart', () => {
    const scene = new Scene()
    for (let second = 1; second <= 900; second += 90) {
      scene.read(second, 'slow', { cpu_usage: 10 })
      if (second === 361) scene.restart()
      if (second > 90) scene.wait(second + 89)
    }
    expect([scene.open(), scene.over()]).toEqual([[], []])
    scene.wait(811 + 269)
    expect(scene.open()).toEqual([])
    scene.wait(811 + 270)
    expect(scene.open()).toMatchObject([{ kind: 'offline', nodeId: 'slow' }])
  })
})

describe('a metric that stops while its node goes on', () => {
  test('raises no data, by the seconds that a threshold of the node inherits', () => {
    const scene = new Scene()
    scene.save({ ...ownCpu, warning: 150, critical: 160 })
    for (let second = 1; second <= 10; second++) scene.read(second, 'node-1', { cpu_usage: 10, memory_usage: 10 })
    for (let second = 11; second <= 69; second++) scene.read(second, 'node-1', { memory_usage: 10 })
    expect(scene.open()).toEqual([])
    scene.read(70, 'node-1', { memory_usage: 10 })
    expect(scene.open()).toMatchObject([{ kind: 'no-data', metric: 'cpu_usage', since: t0 + 10_000 }])
    scene.read(71, 'node-1', { cpu_usage: 10 })
    expect(scene.over()).toMatchObject([{ kind: 'no-data', resolveReason: 'data-returned' }])
  })
})

describe('an acknowledged alert', () => {
  const acknowledgement = { by: 'kim', at: t0 + 11_000, comment: 'on it' }

  function acknowledged(value = 90) {
    const scene = new Scene()
    const rule = scene.save(cpuDraft, scene.rule('0001'))
    for (let second = 1; second <= 10; second++) scene.read(second, 'node-1', { cpu_usage: value })
    const alert = scene.fixture.call('alerts.acknowledge', { id: only(scene.open()).id, acknowledgement })
    scene.fixture.call('notifications.settle', { shown: true, items: [{ alertId: alert.id, transition: 'opened' }] })
    return { scene, rule, alert }
  }

  test('outlives an edit of its threshold, with its id and its timeline, and pages nobody', () => {
    const { scene, rule, alert } = acknowledged()
    const edited = scene.save({ ...cpuDraft, warning: 80, clear: 70 }, rule)
    scene.read(13, 'node-1', { cpu_usage: 91 })
    const { id, since, openedAt } = alert
    const same = { id, since, openedAt, phase: 'firing', acknowledgement, severity: 'warning' }
    expect(scene.open()).toMatchObject([{ ...same, ruleVersion: edited.version, threshold: 80, value: 91 }])
    expect(scene.pages()).toEqual([])
    expect(scene.timeline(id).at(-1)).toEqual({
      alertId: id,
      kind: 'rule-changed',
      at: t0 + 13_000,
      severity: 'warning',
      value: 91,
      by: 'kim',
      edits: [
        { field: 'warning', from: 85, to: 80 },
        { field: 'clear', from: 75, to: 70 },
      ],
    })
    scene.restart()
    scene.read(14, 'node-1', { cpu_usage: 60 })
    expect(scene.over()).toMatchObject([{ id, resolveReason: 'cleared' }])
  })

  test('outlives the switch to a threshold of its node and back', () => {
    const { scene, alert } = acknowledged()
    const own = scene.save(ownCpu)
    scene.read(13, 'node-1', { cpu_usage: 91 })
    expect(scene.open()).toMatchObject([{ id: alert.id, ruleId: own.id, acknowledgement }])
    scene.fixture.call('rules.remove', { id: own.id, version: 1 })
    scene.restart()
    scene.read(17, 'node-1', { cpu_usage: 91 })
    expect(scene.open()).toMatchObject([{ id: alert.id, ruleId: alert.ruleId, acknowledgement }])
    expect([scene.over(), scene.pages()]).toEqual([[], []])
  })

  test('is no longer acknowledged if the new levels make it worse, which pages once, as an escalation', () => {
    const { scene, rule, alert } = acknowledged()
    scene.save({ ...cpuDraft, critical: 88 }, rule)
    scene.read(13, 'node-1', { cpu_usage: 91 })
    const [now] = scene.open()
    expect(now).toMatchObject({ id: alert.id, severity: 'critical', threshold: 88 })
    expect(now?.acknowledgement).toBeUndefined()
    expect(scene.pages()).toEqual([`${alert.id} escalated`])
  })

  test('is eased by the new levels, and stays acknowledged', () => {
    const { scene, rule, alert } = acknowledged(97)
    scene.save({ ...cpuDraft, critical: 99 }, rule)
    scene.read(13, 'node-1', { cpu_usage: 97 })
    expect(scene.open()).toMatchObject([{ id: alert.id, severity: 'warning', threshold: 85, acknowledgement }])
    expect(scene.pages()).toEqual([])
  })

  test('ends at the first record that does not breach the new levels', () => {
    const { scene, rule, alert } = acknowledged()
    scene.save({ ...cpuDraft, warning: 94 }, rule)
    scene.wait(40)
    expect(scene.open()).toHaveLength(1)
    scene.read(41, 'node-1', { cpu_usage: 90 })
    expect(scene.over()).toMatchObject([{ id: alert.id, resolveReason: 'rule-changed', resolvedAt: t0 + 41_000 }])
    expect(scene.timeline(alert.id).at(-1)).toMatchObject({ kind: 'resolved', by: 'kim' })
  })

  test('ends without a record when its threshold is disabled', () => {
    const { scene, rule, alert } = acknowledged()
    scene.save({ ...cpuDraft, enabled: false }, rule)
    scene.wait(13)
    expect(scene.over()).toMatchObject([{ id: alert.id, resolveReason: 'rule-changed', resolvedAt: t0 + 12_000 }])
  })

  test('outlives an edit of its rule if it is an offline alert', () => {
    const scene = new Scene()
    scene.read(1, 'node-1', { cpu_usage: 10 })
    scene.wait(61)
    const ack = { ...acknowledgement, at: t0 + 61_000 }
    const { id } = scene.fixture.call('alerts.acknowledge', { id: only(scene.open()).id, acknowledgement: ack })
    const stock = scene.rule('0003')
    scene.save({ kind: 'offline', scope: { kind: 'all' }, seconds: 30, severity: 'critical', enabled: true }, stock)
    scene.wait(70)
    expect(scene.open()).toMatchObject([{ id, ruleVersion: 2, threshold: 30, acknowledgement: ack }])
    expect(scene.timeline(id).at(-1)).toMatchObject({ kind: 'rule-changed', edits: [{ field: 'seconds', from: 60, to: 30 }] })
  })
})
