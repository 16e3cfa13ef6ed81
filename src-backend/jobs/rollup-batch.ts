import { minuteMs } from '#shared/format/time-units.ts'

/** Minutes of nodes that got new samples. Epoch ms, whole minutes, `until` exclusive. */
export interface RollupDueRow {
  readonly id: string
  readonly nodes: readonly number[]
  readonly since: number
  readonly until: number
}

/** Work of one transaction, and the changes of its rows. */
export interface RollupBatch {
  /** Each pair of node and minute once; `nodes[i]` belongs to `minutes[i]`. */
  readonly nodes: readonly number[]
  readonly minutes: readonly number[]
  readonly done: readonly string[]
  /** Rows that stay, with the new start of their range. */
  readonly rest: ReadonlyArray<{ readonly id: string; readonly since: number }>
}

export interface RollupLimits {
  /** Start of the current minute. */
  readonly closed: number
  /** Metrics of all pairs of node and minute; the last minute may go beyond. */
  readonly most: number
  readonly metricsOf: (node: number) => number
}

/**
 * Takes completed minutes from the rows, until their nodes have `most` metrics or more. A minute in many rows, as the
 * newest one, is rolled up once.
 */
export function planRollupBatch(rows: readonly RollupDueRow[], { closed, most, metricsOf }: RollupLimits): RollupBatch {
  const wanted = new Map<number, Set<number>>()
  const done: string[] = []
  const rest: Array<{ id: string; since: number }> = []
  let metrics = 0
  for (const { id, nodes, since, until } of rows) {
    if (metrics >= most) break
    let minute = since
    for (; minute < Math.min(until, closed) && metrics < most; minute += minuteMs) {
      for (const node of addedTo(wanted, minute, nodes)) metrics += metricsOf(node)
    }
    if (minute >= until) done.push(id)
    else rest.push({ id, since: minute })
  }
  const each = Array.from(wanted, ([minute, nodes]) => Array.from(nodes, (node) => ({ node, minute }))).flat()
  return { nodes: each.map(({ node }) => node), minutes: each.map(({ minute }) => minute), done, rest }
}

/** @returns the nodes that the minute did not have before */
function addedTo(wanted: Map<number, Set<number>>, minute: number, nodes: readonly number[]): readonly number[] {
  let ofMinute = wanted.get(minute)
  if (!ofMinute) wanted.set(minute, (ofMinute = new Set()))
  const fresh = [...new Set(nodes)].filter((node) => !ofMinute.has(node))
  for (const node of fresh) ofMinute.add(node)
  return fresh
}
