import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { ruleIndex } from '#shared/rule/rule-index.ts'
import type { MetricRule, Rule } from '#shared/rule/rule.ts'
import { type Log, type PartSample, Replicas, type Step, TeamConsole } from './agreement-model.ts'

/** `npm test` tries this many seeds. A thorough run, before a release or after a change of the evaluator: 10,000. */
const seeds = Number(process.env['REMO_AGREEMENT_SEEDS'] ?? 2000)

const startAt = 1_800_000_000_000
const partitions = 2

/** A record of one of three nodes. Most come a second after the one before, some late, some after a pause. */
const record = fc.record({
  node: fc.nat(2),
  step: fc.constantFrom(0, 1, 1, 1, 1, 2, 7, 40, -1),
  value: fc.constantFrom(1, 3, 5, 6, 8, 8, 10),
  source: fc.nat(2),
})

/**
 * Node 0 sends ReMo's own format. Node 1 sends parts with metrics of their own. Two parts of node 2 have one metric, and
 * one part sends another too.
 */
const sources: ReadonlyArray<ReadonlyArray<{ readonly part?: string; readonly names: readonly string[] }>> = [
  [{ names: ['cpu_usage'] }, { names: ['cpu_usage'] }, { names: ['cpu_usage', 'temp'] }],
  [
    { part: 'cpu', names: ['cpu_usage', 'cpu.usage_idle'] },
    { part: 'disk{path=/}', names: ['disk.used_percent{path=/}'] },
    { part: 'disk{path=/var}', names: ['disk.used_percent{path=/var}'] },
  ],
  [
    { names: ['cpu_usage'] },
    { part: 'cpu', names: ['cpu_usage'] },
    { part: 'cpu', names: ['cpu.usage_idle', 'cpu_usage'] },
  ],
]

/** The nodes of a partition send to it alone, as with a key. */
const log = fc
  .array(fc.array(record, { maxLength: 60 }), { minLength: partitions, maxLength: partitions })
  .map((all): Log =>
    all.map((records, partition) => {
      let second = 0
      return records.map(({ node, step, value, source }): PartSample => {
        second += Math.max(0, step)
        const nodeId = `node-${partition}-${node}`
        const at = startAt + (step < 0 ? second + step : second) * 1000
        const sent = sources[node]?.[source] ?? { names: [] }
        return { nodeId, nodeName: nodeId, at, ...sent, values: sent.names.map(() => value) }
      })
    }),
  )

const edit = fc.record({
  from: fc.integer({ min: 0, max: 60 }),
  warning: fc.constantFrom(5, 7, 9),
  forSeconds: fc.constantFrom(0, 2, 5),
  holdSeconds: fc.constantFrom(0, 3, 10),
  findsFlapping: fc.boolean(),
  isOwn: fc.boolean(),
  isOff: fc.constantFrom(false, false, false, true),
})

/** One rule for all nodes, and edits of it or of one for a node. Everybody knows them before they take effect. */
const rules = fc
  .tuple(fc.constantFrom(0, 3), fc.constantFrom(0, 4), fc.boolean(), fc.array(edit, { maxLength: 3 }))
  .map(([forSeconds, holdSeconds, findsFlapping, edits]): Rule[] => {
    const own = { forSeconds, holdSeconds, findsFlapping }
    const first = aRule({ warning: 7, critical: 9, clear: 4, ...own, effectiveFrom: 0 })
    const versions: MetricRule[] = [first]
    for (const { from, isOwn, isOff, ...levels } of edits.toSorted((a, b) => a.from - b.from)) {
      const id = isOwn ? anId(101) : first.id
      const version = versions.filter((rule) => rule.id === id).length + 1
      const scope = isOwn ? ({ kind: 'node', nodeId: 'node-0-0' } as const) : first.scope
      versions.push({ ...first, ...levels, id, version, scope, enabled: !isOff, effectiveFrom: startAt + from * 1000 })
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

test('five consoles and three replicas agree on every alert and every transition', { timeout: 30 * seeds }, () => {
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
