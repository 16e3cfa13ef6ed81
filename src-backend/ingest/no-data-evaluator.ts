import type { Log } from '#shared/log.ts'
import { evaluateAt, type Clock } from '#shared/evaluation/evaluate.ts'
import type { NodeParts } from '#shared/evaluation/node-parts.ts'
import { observedInterval } from '#shared/evaluation/observed-interval.ts'
import { wholeNode, type Anchor, type Series } from '#shared/alert/series.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import { applyTransitions } from '../alerts/service.ts'
import { isFaultOfContent, onContent } from '../db/content-error.ts'
import type { Db, Pool } from '../db/db.ts'
import { holdSchema } from '../db/schema-lock.ts'
import { withTx } from '../db/tx.ts'
import type { NodeState } from './nodes/node-state.ts'
import type { AssignedPartitions } from './assigned-partitions.ts'
import { type NamedPartRow, readPartPage } from './node-parts-repo.ts'
import { lockKnownNodes, readSeriesStates, saveNodes, type SeriesStatesRow } from './nodes-repo.ts'
import type { RuleIndexCache } from './rule-index-cache.ts'
import { timesOf, withNode } from './nodes/stored-node.ts'
import { openPartStates, partTimesOf, type PartSent } from './nodes/stored-part.ts'
import { openSeries } from './nodes/stored-series.ts'

const pageSize = 1_000
/** A node for which the evaluation fails is tried again after this time. */
const leftOutMs = 60_000

interface TrackedSeries {
  readonly series: Series
  state: SeriesState
  /** When its newest record was evaluated here; `undefined` if that was before this replica got the partition. */
  receivedAt: number | undefined
}

export interface NoDataEvaluatorDeps {
  readonly pool: Pool
  readonly rules: RuleIndexCache
  readonly partitions: AssignedPartitions
  readonly transitions: (transitions: readonly Transition[]) => void
  readonly log: Pick<Log, 'error'>
}

/**
 * Evaluates missing data for nodes and metrics whose newest record is in a partition of this replica. The states here only say
 * when to check. Writes follow from locked rows, so two replicas that both claim a partition do no harm.
 */
export class NoDataEvaluator {
  readonly #deps: NoDataEvaluatorDeps
  readonly #tracked = new Map<string, TrackedSeries>()
  /** Since when this replica has been at the end of its current partitions. */
  #caughtUpSince: number | undefined
  /** By node: when its parts sent. */
  readonly #times = new Map<string, NodeParts>()
  #loading: object | undefined
  /** Nodes for which the evaluation fails, since when (epoch ms). They must not stop the others. */
  readonly #leftOut = new Map<string, number>()

  constructor(deps: NoDataEvaluatorDeps) {
    this.#deps = deps
  }

  /**
   * The partitions changed: reads their series from the table.
   * @throws if PostgreSQL is unreachable
   */
  async load(): Promise<void> {
    const mine = (this.#loading = {})
    this.#caughtUpSince = undefined
    this.#tracked.clear()
    this.#times.clear()
    const isOutdated = (): boolean => this.#loading !== mine
    const sent = await this.#loadParts(isOutdated)
    await this.#loadNodes(sent, isOutdated)
    if (!isOutdated()) this.#loading = undefined
  }

  async #loadNodes(sent: ReadonlyMap<string, readonly PartSent[]>, isOutdated: () => boolean): Promise<void> {
    let after: string | undefined = ''
    while (after !== undefined) {
      const page: SeriesStatesRow[] = await readSeriesStates(this.#deps.pool, after, pageSize)
      if (isOutdated()) return
      for (const { nodeId, name, series, intervalMs } of page) {
        const states = withNode(openSeries(series), intervalMs)
        this.#setLoaded({ nodeId, name }, states)
        if (!this.#times.has(nodeId)) this.#times.set(nodeId, timesOf(states.get(wholeNode), sent.get(nodeId) ?? []))
      }
      after = page.length < pageSize ? undefined : page.at(-1)?.nodeId
    }
  }

  /** @returns when the parts of each node sent */
  async #loadParts(isOutdated: () => boolean): Promise<ReadonlyMap<string, readonly PartSent[]>> {
    const sent = new Map<string, PartSent[]>()
    let after: NamedPartRow | undefined
    for (;;) {
      const page: NamedPartRow[] = await readPartPage(this.#deps.pool, after, pageSize)
      if (isOutdated()) return sent
      for (const row of page) {
        this.#setLoaded(row, openPartStates(row))
        const ofNode = sent.get(row.nodeId)
        if (ofNode) ofNode.push(...partTimesOf(row))
        else sent.set(row.nodeId, partTimesOf(row))
      }
      after = page.at(-1)
      if (page.length < pageSize) return sent
    }
  }

  /** A record stored during the read is newer. */
  #setLoaded({ nodeId, name }: { nodeId: string; name: string }, states: ReadonlyMap<string, SeriesState>): void {
    for (const [metric, state] of states) {
      if (!this.#tracked.has(seriesKey(nodeId, metric))) this.#set({ nodeId, nodeName: name, metric }, state, undefined)
    }
  }

  /** Called after a commit. `now`: epoch ms. */
  recordsStored(nodes: readonly NodeState[], now: number): void {
    for (const node of nodes) this.#track(node, now)
  }

  /**
   * Called once a second. `now`: epoch ms.
   * @throws if PostgreSQL is unreachable
   */
  async tick(now: number): Promise<void> {
    const knownUntil = this.#loading === undefined ? this.#deps.partitions.knownUntil(now) : undefined
    if (knownUntil === undefined) {
      this.#caughtUpSince = undefined
      return
    }
    const caughtUpSince = (this.#caughtUpSince ??= knownUntil)
    for (const tracked of this.#tracked.values()) notAfter(tracked, knownUntil)
    const receivedAt = (tracked: TrackedSeries | undefined) => tracked?.receivedAt ?? caughtUpSince
    const index = await this.#deps.rules.read(this.#deps.pool)
    const due = new Set<string>()
    this.#takeBack(now)
    const nodeOf = this.#nodeClocks()
    for (const tracked of this.#tracked.values()) {
      const { state, series } = tracked
      const { nodeId } = series
      if (!this.#isOurs(state) || this.#leftOut.has(nodeId)) continue
      const clock = { now: knownUntil, receivedAt: receivedAt(tracked), ...nodeOf(nodeId) }
      try {
        if (evaluateAt(state, series, index, clock)[0] !== state) due.add(nodeId)
      } catch (cause) {
        this.#leaveOut(nodeId, now, cause)
        due.delete(nodeId)
      }
    }
    if (due.size > 0)
      await this.#evaluate([...due], {
        now,
        knownUntil,
        receivedAt: (nodeId, metric, { last }) => {
          const tracked = this.#tracked.get(seriesKey(nodeId, metric))
          // a record was committed, but `recordsStored` has not been called yet
          return sameAnchor(tracked?.state.last, last) ? receivedAt(tracked) : knownUntil
        },
      })
  }

  /** What the states of a node and of its metrics are compared with. Made once for each node. */
  #nodeClocks(): (nodeId: string) => NodeClocks {
    const clocks = new Map<string, NodeClocks>()
    return (nodeId) => {
      let clock = clocks.get(nodeId)
      if (!clock) {
        const state = this.#tracked.get(seriesKey(nodeId, wholeNode))?.state
        clocks.set(nodeId, (clock = nodeClocks(state, this.#times.get(nodeId))))
      }
      return clock
    }
  }

  /** Number of nodes for which the evaluation fails. */
  get leftOut(): number {
    return this.#leftOut.size
  }

  async #evaluate(nodeIds: readonly string[], log: KnownLog): Promise<void> {
    for (let from = 0; from < nodeIds.length; from += pageSize) {
      await this.#evaluatePage(nodeIds.slice(from, from + pageSize), log)
    }
  }

  /** In one transaction. If it fails for one node, that node is found by halving. */
  async #evaluatePage(page: readonly string[], log: KnownLog): Promise<void> {
    try {
      const { nodes, transitions } = await withTx(this.#deps.pool, (db) => this.#evaluateLocked(db, page, log))
      for (const node of nodes) this.#track(node, log.knownUntil)
      this.#untrack(page.filter((nodeId) => nodes.every((node) => node.nodeId !== nodeId)))
      this.#deps.transitions(transitions)
    } catch (error) {
      const [nodeId] = page
      if (nodeId === undefined || !isFaultOfContent(error)) throw error
      if (page.length === 1) return this.#leaveOut(nodeId, log.now, error)
      const middle = page.length >> 1
      await this.#evaluatePage(page.slice(0, middle), log)
      await this.#evaluatePage(page.slice(middle), log)
    }
  }

  #leaveOut(nodeId: string, now: number, cause: unknown): void {
    this.#leftOut.set(nodeId, now)
    this.#deps.log.error('missing data of a node cannot be evaluated', { nodeId, cause })
  }

  #takeBack(now: number): void {
    for (const [nodeId, since] of this.#leftOut) {
      // A time in the future: the clock was set back.
      if (now < since || now - since >= leftOutMs) this.#leftOut.delete(nodeId)
    }
  }

  async #evaluateLocked(db: Db, nodeIds: readonly string[], log: KnownLog) {
    await holdSchema(db)
    // a forgotten node has no series, and must stay forgotten
    const nodes = (await lockKnownNodes(db, nodeIds)).filter(({ series }) => series.size > 0)
    const index = await this.#deps.rules.read(db)
    const transitions = onContent(() => nodes.flatMap((node) => this.#step(node, index, log)))
    await saveNodes(db, nodes)
    await applyTransitions(db, transitions)
    return { nodes, transitions }
  }

  #step(node: NodeState, index: RuleIndex, { knownUntil, receivedAt }: KnownLog): Transition[] {
    const transitions: Transition[] = []
    // The node first: while it is offline, none of its metrics is missing.
    for (const metric of new Set([wholeNode, ...node.series.keys()])) {
      const state = node.series.get(metric)
      if (state === undefined || !this.#isOurs(state)) continue
      const series = { nodeId: node.nodeId, nodeName: node.name, metric }
      const clock = { now: knownUntil, receivedAt: receivedAt(node.nodeId, metric, state) }
      const clocks = nodeClocks(node.series.get(wholeNode), node.times)
      const [next, came] = evaluateAt(state, series, index, { ...clock, ...clocks })
      if (next !== state) node.parts.touch(metric)
      node.series.set(metric, next)
      transitions.push(...came)
    }
    return transitions
  }

  #isOurs({ last }: SeriesState): boolean {
    return last !== null && this.#deps.partitions.isResponsibleFor(last.position)
  }

  /** Takes over a node's committed states. `now`: time of the commit, epoch ms. */
  #track(node: NodeState, now: number): void {
    const { series, evaluated } = node
    this.#times.set(node.nodeId, node.times)
    // A node can have thousands of metrics. Those of a cached one that were not evaluated are tracked as they are.
    for (const metric of node.isCached ? evaluated : series.keys()) {
      const tracked = this.#tracked.get(seriesKey(node.nodeId, metric))
      const state = series.get(metric) as SeriesState
      const isNew = evaluated.has(metric) || !sameAnchor(tracked?.state.last, state.last)
      const of = { nodeId: node.nodeId, nodeName: node.name, metric }
      this.#set(of, state, isNew ? now : tracked?.receivedAt)
    }
  }

  #untrack(nodeIds: readonly string[]): void {
    if (nodeIds.length === 0) return
    const gone = new Set(nodeIds)
    for (const [key, { series }] of this.#tracked) if (gone.has(series.nodeId)) this.#tracked.delete(key)
    for (const nodeId of gone) this.#times.delete(nodeId)
  }

  #set(series: Series, state: SeriesState, receivedAt: number | undefined): void {
    this.#tracked.set(seriesKey(series.nodeId, series.metric), { series, state, receivedAt })
  }
}

type NodeClocks = Pick<Clock, 'node' | 'intervalMs'>

function nodeClocks(node: SeriesState | undefined, times: NodeParts | undefined): NodeClocks {
  if (node === undefined || times === undefined) return { node }
  const intervalMs = (): number => times.intervalMs(node.last?.at ?? -Infinity)
  const { last, noData, resumedAt } = node
  const intervalOf = (part: string): number => observedInterval(times.of(part)?.steps) || intervalMs()
  return { node: { last, noData, ...(resumedAt === undefined ? {} : { resumedAt }), intervalOf }, intervalMs }
}

function sameAnchor(a: Anchor | null | undefined, b: Anchor | null): boolean {
  return a?.position.offset === b?.position.offset && a?.at === b?.at
}

/** Times in epoch ms; `now` is that of the tick. */
interface KnownLog {
  readonly now: number
  readonly knownUntil: number
  readonly receivedAt: (nodeId: string, metric: string, state: SeriesState) => number
}

/** Caps the arrival time at now: the clock was set back since. */
function notAfter(tracked: TrackedSeries, now: number): void {
  if (tracked.receivedAt !== undefined && tracked.receivedAt > now) tracked.receivedAt = now
}

/** Neither contains NUL: PostgreSQL could not store it. */
function seriesKey(nodeId: string, metric: string): string {
  return `${nodeId}\0${metric}`
}
