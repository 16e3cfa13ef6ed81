import { z } from 'zod'
import { wholeNode } from '../alert/series.ts'
import { ruleIndex, type RuleIndex } from '../rule/rule-index.ts'
import { isOfflineRule, metricOfRule, type OfflineRule, type Rule, type RuleDraft, Severity } from '../rule/rule.ts'
import { AbsencePreview } from './absence-preview.ts'
import { type PreviewAlert, SeriesPreview, type ValueSummary } from './series-preview.ts'

/** Most nodes that a preview lists, those with the most alerts. */
const mostListed = 20

const Counts = z.strictObject({ fired: z.number(), critical: z.number(), nodes: z.number() })
const Fired = z.strictObject({
  from: z.number(),
  to: z.number().nullable(),
  severity: Severity,
  value: z.number().nullable(),
})

/**
 * What a rule would have raised, and what is raised by the rules in effect, on the same nodes. `scanned`: of these nodes.
 * Times are event time, epoch ms.
 */
export const PreviewResult = z.strictObject({
  after: Counts,
  before: Counts,
  nodes: z.array(
    z.strictObject({ nodeId: z.string(), nodeName: z.string(), count: z.number(), alerts: z.array(Fired) }),
  ),
  /** Nodes on which it would fire now and no alert of the rules in effect does, at most 20. */
  firesNow: z.array(z.strictObject({ nodeId: z.string(), value: z.number().nullable(), since: z.number() })),
  /** Nodes that the rule applies to. */
  applies: z.number(),
})
export type PreviewResult = z.infer<typeof PreviewResult>

/** A rule that is tried, in place of the one with its id, or beside the others. */
export interface TriedRule {
  readonly id?: string | undefined
  readonly draft: RuleDraft
}

/** Id of a rule that is not saved yet. */
const unsavedId = '00000000-0000-8000-8000-000000000000'

/** A rule on trial: for each node, its own run and that of the rules in effect. */
export class RulePreview {
  /** The metric whose values it needs; `undefined`: only the times of records. */
  readonly metric: string | undefined
  readonly #before: RuleIndex
  readonly #after: RuleIndex
  readonly #name: string
  readonly #id: string
  readonly #from: number
  readonly #to: number
  readonly #found: FoundNode[] = []
  #applies = 0

  /** @param range event times, epoch ms */
  constructor(current: readonly Rule[], { id = unsavedId, draft }: TriedRule, range: { from: number; to: number }) {
    const own = current.find((rule) => rule.id === id)
    const version = { version: (own?.version ?? 0) + 1, deleted: false, updatedBy: '', updatedAt: 0 }
    const tried = { ...draft, id, effectiveFrom: 0, ...version } as Rule
    const inForce = current.map((rule) => ({ ...rule, effectiveFrom: 0 }))
    this.#id = id
    this.#name = metricOfRule(draft)
    this.metric = isOfflineRule(draft) ? undefined : draft.metric
    this.#before = ruleIndex(inForce)
    this.#after = ruleIndex([...inForce.filter((rule) => rule.id !== id), tried])
    this.#from = range.from
    this.#to = range.to
  }

  /** A run for this node; `undefined` if neither the tried rule nor the one that it replaces applies to it. */
  node(nodeId: string, nodeName: string): NodePreview | undefined {
    const [before, after] = [this.#before, this.#after].map((index) => this.#ruleOf(index, nodeId))
    if (before?.id !== this.#id && after?.id !== this.#id) return undefined
    if (after?.id === this.#id) this.#applies++
    const series = { nodeId, nodeName, metric: this.#name }
    const runOf = (index: RuleIndex, rule: Rule | undefined): Run => {
      if (rule === undefined) return noRun
      return isOfflineRule(rule) ? absenceRun(rule, this.#to) : new SeriesPreview(series, index, this.#to)
    }
    return new NodePreview({ before: runOf(this.#before, before), after: runOf(this.#after, after) }, (alerts) => {
      const [old, tried] = [alerts.before, alerts.after].map((all) => this.#inRange(all))
      if ((old?.length ?? 0) + (tried?.length ?? 0) > 0) {
        this.#found.push({ nodeId, nodeName, before: old ?? [], after: tried ?? [] })
      }
    })
  }

  /** Of the nodes that are finished. */
  result(): PreviewResult {
    const busiest = this.#found
      .filter(({ after }) => after.length > 0)
      .toSorted((a, b) => b.after.length - a.after.length || (a.nodeId < b.nodeId ? -1 : 1))
    return {
      after: countsOf(this.#found.map(({ after }) => after)),
      before: countsOf(this.#found.map(({ before }) => before)),
      nodes: busiest.slice(0, mostListed).map(({ nodeId, nodeName, after }) => {
        return { nodeId, nodeName, count: after.length, alerts: [...after] }
      }),
      firesNow: this.#found.flatMap(firesNow).slice(0, mostListed),
      applies: this.#applies,
    }
  }

  #ruleOf(index: RuleIndex, nodeId: string): Rule | undefined {
    return this.#name === wholeNode
      ? index.offlineRuleFor(nodeId, this.#to)
      : index.ruleFor(nodeId, this.#name, this.#to)
  }

  #inRange(alerts: readonly PreviewAlert[]): readonly PreviewAlert[] {
    return alerts.filter(({ from, to }) => from <= this.#to && (to === null || to >= this.#from))
  }
}

interface FoundNode {
  readonly nodeId: string
  readonly nodeName: string
  readonly before: readonly PreviewAlert[]
  readonly after: readonly PreviewAlert[]
}

/** Of the rules in effect, and with the tried one. */
interface BothOf<T> {
  readonly before: T
  readonly after: T
}

interface Run {
  readonly skip: (summary: ValueSummary) => boolean
  readonly value: (at: number, value: number) => void
  readonly record?: (at: number) => void
  readonly alerts: () => readonly PreviewAlert[]
}

const noRun: Run = { skip: () => true, value: () => undefined, alerts: () => [] }

function absenceRun(rule: OfflineRule, now: number): Run {
  const preview = new AbsencePreview(rule)
  return {
    skip: () => false,
    value: () => undefined,
    record: (at) => preview.record(at),
    alerts: () => preview.alerts(now),
  }
}

/** Both runs of one node. Give it its values in the order of event time, then finish it. */
export class NodePreview {
  readonly #runs: BothOf<Run>
  readonly #finish: (alerts: BothOf<readonly PreviewAlert[]>) => void

  constructor(runs: BothOf<Run>, finish: (alerts: BothOf<readonly PreviewAlert[]>) => void) {
    this.#runs = runs
    this.#finish = finish
  }

  /** @returns whether the values behind this summary need not be read */
  skip(summary: ValueSummary): boolean {
    const { before, after } = this.#runs
    const isSkipped = before.skip(summary)
    return after.skip(summary) && isSkipped
  }

  value(at: number, value: number): void {
    this.#runs.before.value(at, value)
    this.#runs.after.value(at, value)
  }

  /** A record of the node, for a rule that watches for missing ones. */
  record(at: number): void {
    this.#runs.before.record?.(at)
    this.#runs.after.record?.(at)
  }

  finish(): void {
    this.#finish({ before: this.#runs.before.alerts(), after: this.#runs.after.alerts() })
  }
}

function countsOf(nodes: ReadonlyArray<readonly PreviewAlert[]>): PreviewResult['after'] {
  const alerts = nodes.flat()
  return {
    fired: alerts.length,
    critical: alerts.filter(({ severity }) => severity === 'critical').length,
    nodes: nodes.filter(({ length }) => length > 0).length,
  }
}

function firesNow({ nodeId, before, after }: FoundNode): PreviewResult['firesNow'] {
  const open = after.find(({ to }) => to === null)
  if (open === undefined || before.some(({ to }) => to === null)) return []
  return [{ nodeId, value: open.value, since: open.from }]
}
