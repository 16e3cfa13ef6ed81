import { evaluateAt } from '#shared/evaluation/evaluate.ts'
import type { Anchor, Series } from '#shared/alert/series.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import { applyTransitions } from '../alerts/service.ts'
import type { Db, Pool } from '../db/db.ts'
import { holdSchema } from '../db/schema-lock.ts'
import { withTx } from '../db/tx.ts'
import type { NodeState } from './nodes/node-state.ts'
import type { AssignedPartitions } from './assigned-partitions.ts'
import { lockKnownNodes, readSeriesStates, saveNodes } from './repo.ts'
import type { RuleIndexCache } from './rule-index-cache.ts'
import { openSeries } from './nodes/stored-node.ts'

const pageSize = 1_000

interface TrackedSeries {
  readonly series: Series
  state: SeriesState
  /** When a record of it was last judged here; undefined where that was before this replica took the partition. */
  receivedAt: number | undefined
}

export interface NoDataEvaluatorDeps {
  readonly pool: Pool
  readonly rules: RuleIndexCache
  readonly partitions: AssignedPartitions
  readonly transitions: (transitions: readonly Transition[]) => void
}

/**
 * Judges what only time tells of the series whose newest record is in a partition of this replica. The states here are
 * a copy that says when it is worth to look; what is written follows from the rows, under their locks, so that two
 * replicas that both believe to own a partition do no harm.
 */
export class NoDataEvaluator {
  readonly #deps: NoDataEvaluatorDeps
  readonly #watched = new Map<string, TrackedSeries>()
  /** Since when this replica has been at the end of what it reads now. */
  #caughtUpSince: number | undefined
  #loading: object | undefined

  constructor(deps: NoDataEvaluatorDeps) {
    this.#deps = deps
  }

  /** Other partitions than before: their series are read from the table. @throws when PostgreSQL is away */
  async load(): Promise<void> {
    const mine = (this.#loading = {})
    this.#caughtUpSince = undefined
    this.#watched.clear()
    let after = ''
    for (;;) {
      const page = await readSeriesStates(this.#deps.pool, after, pageSize)
      if (this.#loading !== mine) return
      for (const { nodeId, name, series } of page) {
        for (const [metric, state] of openSeries(series)) {
          // what came in meanwhile is newer
          if (!this.#watched.has(seriesKey(nodeId, metric)))
            this.#watch({ nodeId, nodeName: name, metric }, state, undefined)
        }
      }
      const last = page.at(-1)
      if (last === undefined || page.length < pageSize) break
      after = last.nodeId
    }
    this.#loading = undefined
  }

  /** After a commit. `now`: epoch ms. */
  recordsStored(nodes: readonly NodeState[], now: number): void {
    for (const node of nodes) this.#track(node, now)
  }

  /** Once a second. `now`: epoch ms. @throws when PostgreSQL is away */
  async tick(now: number): Promise<void> {
    const knownUntil = this.#loading === undefined ? this.#deps.partitions.knownUntil(now) : undefined
    if (knownUntil === undefined) {
      this.#caughtUpSince = undefined
      return
    }
    const caughtUpSince = (this.#caughtUpSince ??= knownUntil)
    for (const watched of this.#watched.values()) notAfter(watched, knownUntil)
    const receivedAt = (watched: TrackedSeries | undefined) => watched?.receivedAt ?? caughtUpSince
    const index = await this.#deps.rules.read(this.#deps.pool)
    const due = new Set<string>()
    for (const watched of this.#watched.values()) {
      const { state, series } = watched
      if (!this.#isOurs(state)) continue
      if (evaluateAt(state, series, index, knownUntil, receivedAt(watched))[0] !== state) due.add(series.nodeId)
    }
    if (due.size > 0)
      await this.#evaluate([...due], {
        knownUntil,
        receivedAt: (nodeId, metric, { last }) => {
          const watched = this.#watched.get(seriesKey(nodeId, metric))
          // a record that is committed, and not told here yet
          return sameAnchor(watched?.state.last, last) ? receivedAt(watched) : knownUntil
        },
      })
  }

  async #evaluate(nodeIds: readonly string[], log: KnownLog): Promise<void> {
    for (let from = 0; from < nodeIds.length; from += pageSize) {
      const some = nodeIds.slice(from, from + pageSize)
      const { nodes, transitions } = await withTx(this.#deps.pool, (db) => this.#evaluateLocked(db, some, log))
      for (const node of nodes) this.#track(node, log.knownUntil)
      this.#deps.transitions(transitions)
    }
  }

  async #evaluateLocked(db: Db, nodeIds: readonly string[], log: KnownLog) {
    await holdSchema(db)
    const nodes = await lockKnownNodes(db, nodeIds)
    const index = await this.#deps.rules.read(db)
    const transitions = nodes.flatMap((node) => this.#step(node, index, log))
    await saveNodes(db, nodes)
    await applyTransitions(db, transitions)
    return { nodes, transitions }
  }

  #step(node: NodeState, index: RuleIndex, { knownUntil, receivedAt }: KnownLog): Transition[] {
    const transitions: Transition[] = []
    for (const [metric, state] of node.series) {
      if (!this.#isOurs(state)) continue
      const series = { nodeId: node.nodeId, nodeName: node.name, metric }
      const [next, came] = evaluateAt(state, series, index, knownUntil, receivedAt(node.nodeId, metric, state))
      node.series.set(metric, next)
      transitions.push(...came)
    }
    return transitions
  }

  #isOurs({ last }: SeriesState): boolean {
    return last !== null && this.#deps.partitions.isResponsibleFor(last.position)
  }

  /** The states of a node as they were committed. `now`: when; epoch ms. */
  #track({ nodeId, name, series, evaluated }: NodeState, now: number): void {
    for (const [metric, state] of series) {
      const watched = this.#watched.get(seriesKey(nodeId, metric))
      const isNew = evaluated.has(metric) || !sameAnchor(watched?.state.last, state.last)
      this.#watch({ nodeId, nodeName: name, metric }, state, isNew ? now : watched?.receivedAt)
    }
  }

  #watch(series: Series, state: SeriesState, receivedAt: number | undefined): void {
    this.#watched.set(seriesKey(series.nodeId, series.metric), { series, state, receivedAt })
  }
}

function sameAnchor(a: Anchor | null | undefined, b: Anchor | null): boolean {
  return a?.position.offset === b?.position.offset && a?.at === b?.at
}

/** Epoch ms, both. */
interface KnownLog {
  readonly knownUntil: number
  readonly receivedAt: (nodeId: string, metric: string, state: SeriesState) => number
}

/** What was heard by a clock that was set back since was heard now, at the latest. */
function notAfter(watched: TrackedSeries, now: number): void {
  if (watched.receivedAt !== undefined && watched.receivedAt > now) watched.receivedAt = now
}

/** Neither holds NUL: PostgreSQL would not take it. */
function seriesKey(nodeId: string, metric: string): string {
  return `${nodeId}\0${metric}`
}
