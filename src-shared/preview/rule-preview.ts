import { z } from 'zod'
import { wholeNode } from '../alert/series.ts'
import { ruleIndex, type RuleIndex } from '../rule/rule-index.ts'
import { anyTagsOf, isAboutMetric } from '../rule/rule-subject.ts'
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

/** A rule on trial: for each series, its own run and that of the rules in effect. */
export class RulePreview {
  /** It needs the times of records only, no values. */
  readonly isOffline: boolean
  /** It is about any tags: `metricsOf` has to know the metrics of a node. */
  readonly isForTags: boolean
  readonly #draft: RuleDraft
  readonly #before: RuleIndex
  readonly #after: RuleIndex
  readonly #id: string
  readonly #from: number
  readonly #to: number
  readonly #found = new Map<string, FoundNode>()
  readonly #applies = new Set<string>()

  /** @param range event times, epoch ms */
  constructor(current: readonly Rule[], { id = unsavedId, draft }: TriedRule, range: { from: number; to: number }) {
    const own = current.find((rule) => rule.id === id)
    const version = { version: (own?.version ?? 0) + 1, deleted: false, updatedBy: '', updatedAt: 0 }
    const tried = { ...draft, id, effectiveFrom: 0, ...version } as Rule
    const inForce = current.map((rule) => ({ ...rule, effectiveFrom: 0 }))
    this.#id = id
    this.#draft = draft
    this.isOffline = isOfflineRule(draft)
    this.isForTags = anyTagsOf(draft).length > 0
    this.#before = ruleIndex(inForce)
    this.#after = ruleIndex([...inForce.filter((rule) => rule.id !== id), tried])
    this.#from = range.from
    this.#to = range.to
  }

  /** Those of a node's metrics that the rule is about. Unless it is for any tags, that is its own, known or not. */
  metricsOf(metrics: readonly string[]): readonly string[] {
    return this.isForTags ? metrics.filter((metric) => isAboutMetric(this.#draft, metric)) : [metricOfRule(this.#draft)]
  }

  /** A run for this series; `undefined` if neither the tried rule nor the one that it replaces applies to it. */
  series(nodeId: string, nodeName: string, metric: string): SeriesRun | undefined {
    const [before, after] = [this.#before, this.#after].map((index) => this.#ruleOf(index, nodeId, metric))
    if (before?.id !== this.#id && after?.id !== this.#id) return undefined
    if (after?.id === this.#id) this.#applies.add(nodeId)
    const series = { nodeId, nodeName, metric }
    const runOf = (index: RuleIndex, rule: Rule | undefined): Run => {
      if (rule === undefined) return noRun
      return isOfflineRule(rule) ? absenceRun(rule, this.#to) : new SeriesPreview(series, index, this.#to)
    }
    return new SeriesRun({ before: runOf(this.#before, before), after: runOf(this.#after, after) }, (alerts) => {
      const [old, tried] = [alerts.before, alerts.after].map((all) => this.#inRange(all))
      if ((old?.length ?? 0) + (tried?.length ?? 0) === 0) return
      const known = this.#found.get(nodeId) ?? { nodeId, nodeName, before: [], after: [], isNew: [] }
      const isNew = (old ?? []).some(({ to }) => to === null) ? [] : (tried ?? []).filter(({ to }) => to === null)
      this.#found.set(nodeId, {
        ...known,
        before: [...known.before, ...(old ?? [])],
        after: [...known.after, ...(tried ?? [])],
        isNew: [...known.isNew, ...isNew],
      })
    })
  }

  /** Of the nodes that are finished. */
  result(): PreviewResult {
    const found = [...this.#found.values()]
    const busiest = found
      .filter(({ after }) => after.length > 0)
      .toSorted((a, b) => b.after.length - a.after.length || (a.nodeId < b.nodeId ? -1 : 1))
    return {
      after: countsOf(found.map(({ after }) => after)),
      before: countsOf(found.map(({ before }) => before)),
      nodes: busiest.slice(0, mostListed).map(({ nodeId, nodeName, after }) => {
        return { nodeId, nodeName, count: after.length, alerts: [...after] }
      }),
      firesNow: found.flatMap(firesNow).slice(0, mostListed),
      applies: this.#applies.size,
    }
  }

  #ruleOf(index: RuleIndex, nodeId: string, metric: string): Rule | undefined {
    return metric === wholeNode ? index.offlineRuleFor(nodeId, this.#to) : index.ruleFor(nodeId, metric, this.#to)
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
  /** Alerts of series that would fire now, and on which none fires now. */
  readonly isNew: readonly PreviewAlert[]
}

/** Of the rules in effect, and with the tried one. */
interface BothOf<T> {
  readonly before: T
  readonly after: T
}

interface Run {
  readonly skip: (summary: ValueSummary) => boolean
  readonly value: (at: number, value: number) => void
  readonly record?: (at: number, part: string) => void
  readonly alerts: () => readonly PreviewAlert[]
}

const noRun: Run = { skip: () => true, value: () => undefined, alerts: () => [] }

function absenceRun(rule: OfflineRule, now: number): Run {
  const preview = new AbsencePreview(rule)
  return {
    skip: () => false,
    value: () => undefined,
    record: (at, part) => preview.record(at, part),
    alerts: () => preview.alerts(now),
  }
}

/** Both runs of one series, or of a node. Give it its values in the order of event time, then finish it. */
export class SeriesRun {
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

  /** A record of a part of the node, for a rule that watches for missing ones. In the order of event time. */
  record(at: number, part: string): void {
    this.#runs.before.record?.(at, part)
    this.#runs.after.record?.(at, part)
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

function firesNow({ nodeId, isNew: [open] }: FoundNode): PreviewResult['firesNow'] {
  return open === undefined ? [] : [{ nodeId, value: open.value, since: open.from }]
}
