import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { columnsOf, SampleDirectory, type SampleBatch } from '#shared/metric/sample-columns.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { ruleIndex } from '#shared/rule/rule-index.ts'
import { levelProblems, type MetricRule, type OfflineRule, type Rule } from '#shared/rule/rule.ts'
import { PlainEvaluator } from './plain-evaluator.ts'
import { SeriesEvaluator } from './series-evaluator.ts'
import { StoredSeries } from './stored-series.ts'

// The evaluator with its fast path against one that evaluates every value, and a store that derives `last` of quiet
// series from the samples.

const t0 = 1_800_000_000_000
const nodes = ['node-1', 'node-2', 'node-3']
const layouts: ReadonlyArray<{ names: string[]; units?: Record<string, string>; part?: string }> = [
  { names: ['cpu', 'memory', 'disk'] },
  { names: ['cpu', 'memory', 'disk'] },
  { names: ['cpu'], part: 'cpu{cpu=0}' },
  { names: ['memory', 'disk'], part: 'constructor' },
  // Only raw values.
  { names: [], part: 'net' },
  { names: ['memory', 'cpu'] },
  { names: ['cpu', 'memory', 'disk'], units: { cpu: '%' } },
  { names: ['disk'] },
]

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }
/** Rules omit optional fields; they are never `undefined`. */
const withoutUndefined = <T extends object>(fields: T): Defined<T> => JSON.parse(JSON.stringify(fields)) as Defined<T>

const level = fc.option(fc.integer({ min: 3, max: 10 }), { nil: undefined })
const draft = fc
  .record({
    metric: fc.constantFrom('cpu', 'cpu', 'memory'),
    condition: fc.constantFrom('greater' as const, 'greater' as const, 'less' as const),
    warning: level,
    critical: level,
    clear: level,
    forSeconds: fc.constantFrom(0, 0, 2, 5),
    holdSeconds: fc.constantFrom(0, 0, 3, 8),
    findsFlapping: fc.constantFrom(undefined, false, true),
    noDataSeconds: fc.constantFrom(undefined, 5, 20),
    enabled: fc.constantFrom(true, true, true, false),
    deleted: fc.constantFrom(false, false, false, true),
    own: fc.boolean(),
    effectiveFrom: fc.integer({ min: -10, max: 60 }),
  })
  .filter((rule) => levelProblems(withoutUndefined(rule)).length === 0)

const metricRules = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 }), draft), { minLength: 1, maxLength: 6 })
  .map((list) =>
    list.map(([id, { own, effectiveFrom, ...rest }], i): MetricRule => {
      const scope = own ? ({ kind: 'node', nodeId: 'node-1' } as const) : ({ kind: 'all' } as const)
      const version = list.slice(0, i + 1).filter(([other]) => other === id).length
      const from = i === 0 ? t0 - 10_000 : t0 + effectiveFrom * 1000
      const head = { id: anId(id), version, scope, effectiveFrom: from, updatedBy: 'ada', updatedAt: from }
      return { ...head, ...withoutUndefined(rest) }
    }),
  )

const offlineDraft = fc.record({
  seconds: fc.constantFrom(5, 20),
  severity: fc.constantFrom('warning' as const, 'critical' as const),
  enabled: fc.constantFrom(true, true, true, false),
  deleted: fc.constantFrom(false, false, false, true),
  own: fc.boolean(),
  effectiveFrom: fc.integer({ min: -10, max: 60 }),
})

const offlineRules = fc.array(fc.tuple(fc.integer({ min: 4, max: 5 }), offlineDraft), { maxLength: 4 }).map((list) =>
  list.map(([id, { own, effectiveFrom, ...rest }], i): OfflineRule => {
    const scope = own ? ({ kind: 'node', nodeId: 'node-1' } as const) : ({ kind: 'all' } as const)
    const version = list.slice(0, i + 1).filter(([other]) => other === id).length
    const from = t0 + effectiveFrom * 1000
    return {
      kind: 'offline',
      id: anId(id),
      version,
      scope,
      effectiveFrom: from,
      updatedBy: 'ada',
      updatedAt: from,
      ...rest,
    }
  }),
)

/** Rules of metrics and of nodes become known in turns. */
const rules = fc
  .tuple(metricRules, offlineRules)
  .map(([ofMetrics, ofNodes]) => ofMetrics.flatMap((rule, i): Rule[] => [...(ofNodes[i] ? [ofNodes[i]] : []), rule]))

/**
 * Mostly in order and quiet. Some are late, a few of them too late, or of a wrong clock; some nodes change their name or
 * their metrics.
 */
const record = fc.record({
  node: fc.nat(nodes.length - 1),
  name: fc.constantFrom('', '', '', '', ' II'),
  layout: fc.nat(layouts.length - 1),
  step: fc.constantFrom(0, 1, 1, 1, 1, 2, 7, 40, -1, -3, -200),
  // Seconds by which the clock of the node is wrong.
  clock: fc.constantFrom(0, 0, 0, 0, 0, 0, 3000, -3000, 170),
  recordedBy: fc.constantFrom('node' as const, 'node' as const, 'broker' as const, 'nobody' as const),
  values: fc.array(fc.constantFrom(1, 2, 4, 5, 5, 5, 6, 8, 11), { minLength: 3, maxLength: 3 }),
})
const partition = fc.record({
  partition: fc.nat(2),
  isStartUnknown: fc.boolean(),
  records: fc.array(record, { maxLength: 12 }),
})
const official = fc.record({
  node: fc.nat(nodes.length - 1),
  rule: fc.nat(5),
  since: fc.integer({ min: 0, max: 40 }),
  severity: fc.constantFrom('warning' as const, 'critical' as const),
})

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('batches' as const),
      list: fc.array(partition, { minLength: 1, maxLength: 3 }),
      isRetried: fc.constantFrom(false, false, true),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('tick' as const), ahead: fc.constantFrom(-2, 0, 2, 6, 25) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rule' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('official' as const), official }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gap' as const), partition: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'restart' as const,
        'other team' as const,
        'other directory' as const,
        'clock set back' as const,
      ),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

class Comparison {
  readonly #versions: readonly Rule[]
  readonly #officials: NodeAlert[] = []
  readonly #hasBackend: boolean
  readonly #stored = new StoredSeries()
  readonly #plain: PlainEvaluator
  readonly #offsets = [0, 0, 0]
  readonly #names = new Map<string, string>()
  #fast: SeriesEvaluator
  #directory = new SampleDirectory()
  #second = 0
  #known = 1
  #index

  constructor(versions: readonly Rule[], hasBackend: boolean) {
    this.#versions = versions
    this.#hasBackend = hasBackend
    this.#index = ruleIndex(versions.slice(0, 1))
    this.#plain = new PlainEvaluator(hasBackend ? this.#officials : undefined)
    this.#fast = this.#opened([])
  }

  // eslint-disable-next-line complexity -- one case a kind of step
  run(step: Step): void {
    switch (step.kind) {
      case 'batches':
        this.#batches(step.list, step.isRetried)
        return
      case 'tick':
        this.#fast.evaluateAt(this.#now(step.ahead), this.#index)
        this.#plain.evaluateAt(this.#now(step.ahead), this.#index)
        break
      case 'rule':
        this.#index = ruleIndex(this.#versions.slice(0, ++this.#known))
        return
      case 'official':
        this.#adopt(step.official)
        break
      case 'gap':
        for (const evaluator of [this.#fast, this.#plain]) evaluator.recordsLost('metrics', step.partition)
        break
      case 'other team':
        for (const evaluator of [this.#fast, this.#plain]) evaluator.forgetEpisodes()
        break
      case 'restart':
        this.#fast = this.#opened([...this.#plain.alerts.open()])
        for (const evaluator of [this.#fast, this.#plain]) evaluator.clearArrivalTimes()
        return
      case 'other directory':
        this.#directory = new SampleDirectory()
        return
      case 'clock set back':
        for (const evaluator of [this.#fast, this.#plain]) evaluator.clearArrivalTimes()
        return
    }
    this.#commit([])
  }

  #opened(alerts: readonly NodeAlert[]): SeriesEvaluator {
    const officialAlerts = (nodeId: string, metric: string) =>
      this.#officials.filter((alert) => alert.nodeId === nodeId && alert.metric === metric)
    return new SeriesEvaluator({
      series: this.#stored.rows(),
      openAlerts: alerts,
      nameOf: (nodeId) => this.#names.get(nodeId) ?? nodeId,
      findStored: () => undefined,
      ...(this.#hasBackend ? { backend: { officialAlerts, pendingAcknowledgements: () => [] } } : {}),
    })
  }

  #batches(list: Extract<Step, { kind: 'batches' }>['list'], isRetried: boolean): void {
    const batches = list.map((part) => ({ samples: this.#samplesOf(part), isStartUnknown: part.isStartUnknown }))
    const evaluateWith = (evaluator: SeriesEvaluator | PlainEvaluator): void => {
      for (const { samples, isStartUnknown } of batches) {
        evaluator.records(samples, { index: this.#index, isInBacklog: false, isStartUnknown })
      }
    }
    evaluateWith(this.#fast)
    if (isRetried) {
      this.#fast.staged()
      this.#fast.rollback()
      evaluateWith(this.#fast)
    }
    evaluateWith(this.#plain)
    this.#commit(batches.map(({ samples }) => samples))
  }

  #samplesOf({ partition, records }: Extract<Step, { kind: 'batches' }>['list'][number]): SampleBatch {
    const recordedAt: number[] = []
    const samples = records.map(({ node, name, layout, step, clock, recordedBy, values }) => {
      this.#second += Math.max(0, step)
      const { names, units } = layouts[layout] as (typeof layouts)[number]
      const nodeId = nodes[node] as string
      this.#names.set(nodeId, `${nodeId}${name}`)
      const at = t0 + ((step < 0 ? this.#second + step : this.#second) + clock) * 1000
      recordedAt.push(recordedBy === 'node' ? at : recordedBy === 'broker' ? this.#now(0) : -1)
      const sample = { nodeId, nodeName: `${nodeId}${name}`, at, names, values: values.slice(0, names.length) }
      return units ? { ...sample, units } : sample
    })
    const from = this.#offsets[partition] ?? 0
    this.#offsets[partition] = from + samples.length
    const offsets = samples.map((_, i) => from + i)
    const columns = columnsOf(samples, offsets, this.#directory)
    const layout = records.map((one) => {
      const { names, units, part = '' } = layouts[one.layout] as (typeof layouts)[number]
      return this.#directory.layout(names, units, { part, counters: [] }).index
    })
    const own = { recordedAt: Float64Array.from(recordedAt), layout: Uint32Array.from(layout) }
    return { topic: 'metrics', partition, columns: { ...columns, ...own } }
  }

  #adopt({ node, rule, since, severity }: Extract<Step, { kind: 'official' }>['official']): void {
    const { id, version, metric } = this.#versions[rule % this.#versions.length] as MetricRule
    const ids = { id: anId(1000 + this.#officials.length), ruleId: id, ruleVersion: version }
    const times = { since: t0 + since * 1000, openedAt: t0 + since * 1000 }
    const alert = anAlert({ ...ids, ...times, nodeId: nodes[node] as string, metric, severity })
    this.#officials.push(alert)
    if (!this.#hasBackend) return
    this.#fast.adopt(alert, this.#index)
    this.#plain.adopt(alert, this.#index)
  }

  #commit(samples: readonly SampleBatch[]): void {
    const { series, setBack, ...alerts } = this.#fast.staged()
    expect(alerts).toEqual(this.#plain.alerts.staged())
    this.#stored.write(samples, { series, setBack })
    const receivedAt = samples.length > 0 ? this.#now(0) : undefined
    this.#fast.commit(receivedAt)
    this.#plain.commit(receivedAt)
    expect(this.#stored.states()).toEqual(this.#plain.states())
    expect(this.#fast.alerts.open()).toEqual(this.#plain.alerts.open())
  }

  stateOf(series: string): SeriesState | undefined {
    return this.#stored.states().get(series)
  }

  #now(ahead: number): number {
    return t0 + (this.#second + ahead) * 1000
  }
}

test.each([
  ['without a backend', false],
  ['with a backend', true],
])('%s, quiet series change nothing in transitions, ids and stored states', (_, hasBackend) => {
  fc.assert(
    fc.property(rules, fc.array(step, { maxLength: 30 }), (versions, steps) => {
      const comparison = new Comparison(versions, hasBackend)
      for (const one of steps) comparison.run(one)
    }),
    { numRuns: 1000 },
  )
})

test('with a hold, the doubt goes on if an alert of the backend is the first thing after a start', () => {
  const rule = {
    ...aRule({ id: anId(1), metric: 'cpu', critical: 3, forSeconds: 0 }),
    warning: undefined,
    clear: undefined,
  }
  const versions = [
    { ...rule, version: 1, effectiveFrom: t0 - 10_000 },
    { ...rule, version: 2, effectiveFrom: t0, holdSeconds: 3 },
  ].map(withoutUndefined)
  const values: Step = {
    kind: 'batches',
    isRetried: false,
    list: [
      {
        partition: 0,
        isStartUnknown: false,
        records: [{ node: 0, name: '', layout: 0, step: 0, clock: 0, recordedBy: 'node', values: [1, 1, 1] }],
      },
    ],
  }
  const comparison = new Comparison(versions, true)
  const official: Step = { kind: 'official', official: { node: 0, rule: 0, since: 0, severity: 'critical' } }
  for (const one of [values, { kind: 'rule' } as const, values, { kind: 'restart' } as const, official])
    comparison.run(one)
  expect(comparison.stateOf('node-1 cpu')).toMatchObject({ episode: { phase: 'firing' }, startUnknown: true })
})
