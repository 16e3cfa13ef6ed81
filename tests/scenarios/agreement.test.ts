import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aShape } from '#shared/metric/assemble/assemble-builders.ts'
import type { HouseFormula, PartShape } from '#shared/metric/formats/record-part.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { ruleIndex } from '#shared/rule/rule-index.ts'
import type { MetricRule } from '#shared/rule/rule.ts'
import { type Log, type LogRecord, Replicas, type Step, TeamConsole } from './agreement-model.ts'

/** `npm test` tries this many seeds. A thorough run, before a release or after a change of the evaluator: 10,000. */
const seeds = Number(process.env['REMO_AGREEMENT_SEEDS'] ?? 2000)

const startAt = 1_800_000_000_000
const partitions = 2

/** A record of one of four nodes. Most come a second after the one before, some late, some after a pause. */
const record = fc.record({
  node: fc.nat(3),
  step: fc.constantFrom(0, 1, 1, 1, 1, 2, 7, 40, -1),
  value: fc.constantFrom(1, 3, 5, 6, 8, 8, 10),
  source: fc.nat(3),
  isReset: fc.constantFrom(false, false, false, false, false, false, false, true),
})

/** The traffic of a node is the sum of its interfaces. */
const traffic: HouseFormula = {
  metric: 'network_traffic',
  combine: 'sum',
  over: 'records',
  terms: [{ index: 1, numerator: 1, denominator: 0 }],
}
const busy: HouseFormula = {
  metric: 'cpu_usage',
  combine: 'sum',
  over: 'record',
  terms: [{ index: 0, numerator: 1, denominator: 0 }],
}

const disk = (path: string): PartShape =>
  aShape({ part: `disk{path=${path}}`, gauges: [`disk.used_percent{path=${path}}`] })
const net = (name: string): PartShape =>
  aShape({
    part: `net{interface=${name}}`,
    gauges: [`net.errors{interface=${name}}`],
    counters: [`net.received{interface=${name}}`],
    house: [traffic],
  })

/**
 * What a record of a node may be: node 0 sends ReMo's own format. Node 1 sends parts with metrics of their own. Two parts
 * of node 2 have one metric, and one part sends another too. Node 3 sends as Telegraf does: several parts in a record,
 * counters, and metrics of the house that follow from them.
 */
const sources: ReadonlyArray<ReadonlyArray<readonly PartShape[]>> = [
  [[aShape({ part: '', gauges: ['cpu_usage'] })], [aShape({ part: '', gauges: ['cpu_usage', 'temp'] })]],
  [[aShape({ part: 'cpu', gauges: ['cpu_usage', 'cpu.usage_idle'] })], [disk('/')], [disk('/var')]],
  [
    [aShape({ part: '', gauges: ['cpu_usage'] })],
    [aShape({ part: 'cpu', gauges: ['cpu_usage'] })],
    [aShape({ part: 'cpu', gauges: ['cpu.usage_idle', 'cpu_usage'] })],
  ],
  [
    [aShape({ part: 'cpu', counters: ['cpu.busy'], house: [busy] }), disk('/'), disk('/var')],
    [net('eth0'), net('eth1')],
    [net('eth0')],
    [disk('/var'), net('eth1')],
  ],
]

/** The nodes of a partition send to it alone, as with a key. */
const log = fc
  .array(fc.array(record, { maxLength: 60 }), { minLength: partitions, maxLength: partitions })
  .map((all): Log => {
    return all.map((records, partition) => {
      const counters = new Counters()
      let second = 0
      return records.map(({ node, step, value, source, isReset }): LogRecord => {
        second += Math.max(0, step)
        const nodeId = `node-${partition}-${node}`
        const sentAt = step < 0 ? second + step : second
        const at = startAt + sentAt * 1000
        const ofNode = sources[node] ?? []
        const shapes = ofNode[source % ofNode.length] ?? []
        const parts = shapes.map((shape) => {
          const values = shape.names.map((name, i) =>
            shape.counters.includes(i) ? counters.next(`${nodeId} ${name}`, { sentAt, value, isReset }) : value,
          )
          return { nodeId, nodeName: nodeId, at, shape, values }
        })
        return { at, parts }
      })
    })
  })

/** Counters that grow by a value each second. */
class Counters {
  readonly #last = new Map<string, { readonly at: number; readonly raw: number }>()

  next(name: string, { sentAt, value, isReset }: { sentAt: number; value: number; isReset: boolean }): number {
    const last = this.#last.get(name) ?? { at: sentAt, raw: 1000 }
    const raw = isReset ? 0 : last.raw + value * Math.max(0, sentAt - last.at)
    this.#last.set(name, { at: Math.max(sentAt, last.at), raw })
    return raw
  }
}

/** What rules are about: one metric, any tags, and one of the series that another rule names by its tags. */
const subjects: ReadonlyArray<Pick<MetricRule, 'metric' | 'anyTags'>> = [
  { metric: 'cpu_usage' },
  { metric: 'disk.used_percent', anyTags: ['path'] },
  { metric: 'disk.used_percent{path=/var}' },
  { metric: 'net.received', anyTags: ['interface'] },
  { metric: 'network_traffic' },
]
const subject = fc.nat(subjects.length - 1)

const edit = fc.record({
  subject,
  from: fc.integer({ min: 0, max: 60 }),
  warning: fc.constantFrom(5, 7, 9),
  forSeconds: fc.constantFrom(0, 2, 5),
  holdSeconds: fc.constantFrom(0, 3, 10),
  findsFlapping: fc.boolean(),
  ofNode: fc.constantFrom(undefined, 0, 3),
  isOff: fc.constantFrom(false, false, false, true),
})

/**
 * Rules for all nodes, and edits of them, of one for a node, or of one about other series. Everybody knows them before
 * they take effect.
 */
const rules = fc
  .tuple(
    fc.subarray([...subjects.keys()], { minLength: 1 }),
    fc.record({ forSeconds: fc.constantFrom(0, 3), holdSeconds: fc.constantFrom(0, 4), findsFlapping: fc.boolean() }),
    fc.array(edit, { maxLength: 4 }),
  )
  .map(([first, own, edits]): MetricRule[] => {
    const levels = { warning: 7, critical: 9, clear: 4, ...own }
    const versions = first.map((n) => aRule({ id: anId(100 + n), ...subjects[n], ...levels, effectiveFrom: 0 }))
    for (const { subject: n, ofNode, from, isOff, ...edited } of edits.toSorted((a, b) => a.from - b.from)) {
      const id = anId(100 + n + (ofNode === undefined ? 0 : 100 * (ofNode + 1)))
      const version = versions.filter((rule) => rule.id === id).length + 1
      const scope =
        ofNode === undefined ? ({ kind: 'all' } as const) : ({ kind: 'node', nodeId: `node-0-${ofNode}` } as const)
      const effectiveFrom = startAt + from * 1000
      versions.push(aRule({ ...subjects[n], ...levels, ...edited, id, version, scope, enabled: !isOff, effectiveFrom }))
    }
    return versions
  })

const steps = fc.array(
  fc.record<Step>({
    partition: fc.nat(partitions - 1),
    count: fc.constantFrom(1, 1, 2, 5, 20),
    crashes: fc.constantFrom(false, false, false, true),
    replica: fc.nat(2),
  }),
  { maxLength: 40 },
)

interface Process {
  readonly isDone: boolean
  run(step: Step): void
}

/** Its own batches, pauses and crashes; then the rest of the log. */
function finish(process: Process, own: readonly Step[]): void {
  for (const step of own) process.run(step)
  for (let i = 0; !process.isDone; i++) {
    process.run({ partition: i % partitions, count: 7, crashes: false, replica: i % 3 })
  }
}

test('five consoles and three replicas agree on every alert and every transition', { timeout: 100 * seeds }, () => {
  fc.assert(
    fc.property(
      log,
      rules,
      steps,
      fc.array(steps, { minLength: 5, maxLength: 5 }),
      (records, versions, own, ofConsoles) => {
        const index = ruleIndex(versions)
        const replicas = new Replicas(records, index)
        finish(replicas, own)
        const expected = replicas.lines.toSorted()
        for (const each of ofConsoles) {
          const console = new TeamConsole(records, index)
          finish(console, each)
          expect(console.lines.toSorted()).toEqual(expected)
          const official = [...replicas.alerts.values()].map(({ alert }) => alert)
          expect(console.alerts().toSorted(byId)).toEqual(official.toSorted(byId))
        }
      },
    ),
    { numRuns: seeds },
  )
})

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1
}
