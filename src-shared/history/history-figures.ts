import { type AlertKind, isOwnKind } from '../alert/alert.ts'
import type { AlertSeverity } from '../alert/severity.ts'
import { minuteMs } from '../format/time-units.ts'
import type { HistoryBar, HistoryFigures, NoisyNode, NoisyRule } from './history.ts'

/** What figures count of one alert. Times are epoch ms. */
export interface HistoryFact {
  readonly id: string
  readonly openedAt: number
  /** `null` while it fires. */
  readonly resolvedAt: number | null
  readonly worst: AlertSeverity
  /** Of the first acknowledgement; `null` without one. */
  readonly acknowledgedAt: number | null
  readonly flapped: boolean
  readonly nodeId: string
  readonly nodeName: string
  readonly ruleId: string
  readonly metric: string
  readonly kind: AlertKind
}

/** An alert that resolved so soon is short: nobody could have acted on it. */
const shortMs = 2 * minuteMs

/** Rules and nodes in a report. */
const mostNoisy = 50

class Mean {
  #sum = 0
  #count = 0

  add(value: number): void {
    this.#sum += Math.max(value, 0)
    this.#count++
  }

  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count
  }
}

/** Counts and means of alerts, one by one. Event times and a person's clock may differ: no time is negative. */
export class FiguresCount {
  readonly #toAcknowledge = new Mean()
  readonly #toRecover = new Mean()
  #fired = 0
  #critical = 0
  #neverAcknowledged = 0

  add({ openedAt, resolvedAt, acknowledgedAt, worst }: HistoryFact): void {
    this.#fired++
    if (worst === 'critical') this.#critical++
    if (acknowledgedAt === null) this.#neverAcknowledged++
    else if (worst === 'critical') this.#toAcknowledge.add(acknowledgedAt - openedAt)
    if (resolvedAt !== null) this.#toRecover.add(resolvedAt - openedAt)
  }

  get figures(): HistoryFigures {
    return {
      fired: this.#fired,
      critical: this.#critical,
      meanToAcknowledgeMs: this.#toAcknowledge.value,
      meanToRecoverMs: this.#toRecover.value,
      neverAcknowledged: this.#neverAcknowledged,
    }
  }
}

/** Alerts by the time at which they opened. `starts`: of each interval, ascending; the last one has no end. */
export class BarCount {
  readonly #starts: readonly number[]
  readonly #counts: Readonly<Record<AlertSeverity, number[]>>

  constructor(starts: readonly number[]) {
    this.#starts = starts
    const none = (): number[] => starts.map(() => 0)
    this.#counts = { critical: none(), warning: none(), info: none() }
  }

  add({ openedAt, worst }: Pick<HistoryFact, 'openedAt' | 'worst'>): void {
    const i = this.#indexOf(openedAt)
    const counts = this.#counts[worst]
    if (i >= 0) counts[i] = (counts[i] ?? 0) + 1
  }

  get bars(): HistoryBar[] {
    const { critical, warning, info } = this.#counts
    return this.#starts.map((from, i) => ({
      from,
      critical: critical[i] ?? 0,
      warning: warning[i] ?? 0,
      info: info[i] ?? 0,
    }))
  }

  /** The last interval that starts at or before the time; -1 before the first. */
  #indexOf(at: number): number {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#starts[middle] as number) <= at) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** Starts of `bars` equal intervals of whole ms; fewer if the range has fewer ms. */
export function barStarts({ from, to }: { readonly from: number; readonly to: number }, bars: number): number[] {
  const span = Math.max(Math.floor(to - from), 0)
  const count = Math.min(bars, span)
  return Array.from({ length: count }, (_, i) => from + Math.floor((span * i) / count))
}

interface RuleCount {
  readonly newest: HistoryFact
  readonly nodes: Set<string>
  fired: number
  short: number
  acknowledged: number
}

/** The rules with most alerts. Add the newest alerts first. */
export class RuleCounts {
  readonly #rules = new Map<string, RuleCount>()

  add(fact: HistoryFact): void {
    const { ruleId, nodeId, openedAt, resolvedAt, acknowledgedAt, kind } = fact
    const rule = this.#rules.get(ruleId) ?? { newest: fact, nodes: new Set(), fired: 0, short: 0, acknowledged: 0 }
    this.#rules.set(ruleId, rule)
    rule.fired++
    if (!isOwnKind(kind)) rule.nodes.add(nodeId)
    if (resolvedAt !== null && resolvedAt - openedAt < shortMs) rule.short++
    if (acknowledgedAt !== null) rule.acknowledged++
  }

  get noisiest(): NoisyRule[] {
    const rules = [...this.#rules].map(
      ([
        ruleId,
        {
          newest: { metric, kind },
          nodes,
          ...counts
        },
      ]) => ({
        ruleId,
        metric,
        kind,
        ...counts,
        nodes: nodes.size,
      }),
    )
    return rules.sort((a, b) => b.fired - a.fired || (a.ruleId < b.ruleId ? -1 : 1)).slice(0, mostNoisy)
  }
}

interface NodeCount {
  readonly nodeName: string
  readonly firing: Array<readonly [from: number, to: number]>
  fired: number
  flapped: number
}

/** The nodes with most alerts. Add the newest alerts first: the newest name of a node counts. */
export class NodeCounts {
  readonly #nodes = new Map<string, NodeCount>()
  readonly #now: number

  /** @param now an alert that fires has fired until then, epoch ms */
  constructor(now: number) {
    this.#now = now
  }

  /** An alert of the console about itself has no node. */
  add({ nodeId, nodeName, openedAt, resolvedAt, flapped, kind }: HistoryFact): void {
    if (isOwnKind(kind)) return
    const node = this.#nodes.get(nodeId) ?? { nodeName, firing: [], fired: 0, flapped: 0 }
    this.#nodes.set(nodeId, node)
    node.fired++
    if (flapped) node.flapped++
    node.firing.push([openedAt, resolvedAt ?? this.#now])
  }

  get noisiest(): NoisyNode[] {
    return [...this.#nodes]
      .sort(([a, { fired: ofA }], [b, { fired: ofB }]) => ofB - ofA || (a < b ? -1 : 1))
      .slice(0, mostNoisy)
      .map(([nodeId, { nodeName, fired, flapped, firing }]) => ({
        nodeId,
        nodeName,
        fired,
        flapped,
        firingMs: coveredMs(firing),
      }))
  }

  /** The node with most alerts. */
  get first(): { readonly nodeId: string; readonly nodeName: string; readonly fired: number } | undefined {
    let first: { readonly nodeId: string; readonly nodeName: string; readonly fired: number } | undefined
    for (const [nodeId, { nodeName, fired }] of this.#nodes) {
      const isMore = first === undefined || fired > first.fired || (fired === first.fired && nodeId < first.nodeId)
      if (isMore) first = { nodeId, nodeName, fired }
    }
    return first
  }
}

/** How long at least one of the intervals lasts, ms. */
function coveredMs(intervals: ReadonlyArray<readonly [from: number, to: number]>): number {
  let total = 0
  let until = -Infinity
  for (const [from, to] of intervals.toSorted(([a], [b]) => a - b)) {
    total += Math.max(to - Math.max(from, until), 0)
    until = Math.max(until, to)
  }
  return total
}
