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

/**
 * Takes completed minutes from the rows, until there are `most` pairs of node and minute or more. A minute in many
 * rows, as the newest one, is rolled up once.
 * @param closed start of the current minute
 */
export function planRollupBatch(
  rows: readonly RollupDueRow[],
  { closed, most }: { closed: number; most: number },
): RollupBatch {
  const wanted = new Map<number, Set<number>>()
  const done: string[] = []
  const rest: Array<{ id: string; since: number }> = []
  let pairs = 0
  for (const { id, nodes, since, until } of rows) {
    if (pairs >= most) break
    let minute = since
    for (; minute < Math.min(until, closed) && pairs < most; minute += minuteMs) pairs += add(wanted, minute, nodes)
    if (minute >= until) done.push(id)
    else rest.push({ id, since: minute })
  }
  const each = Array.from(wanted, ([minute, nodes]) => Array.from(nodes, (node) => ({ node, minute }))).flat()
  return { nodes: each.map(({ node }) => node), minutes: each.map(({ minute }) => minute), done, rest }
}

function add(wanted: Map<number, Set<number>>, minute: number, nodes: readonly number[]): number {
  let ofMinute = wanted.get(minute)
  if (!ofMinute) wanted.set(minute, (ofMinute = new Set()))
  const before = ofMinute.size
  for (const node of nodes) ofMinute.add(node)
  return ofMinute.size - before
}
