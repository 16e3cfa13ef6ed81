import type { NodeState } from '../nodes/node-state.ts'

/** The newest time of the rows with some metrics of a node, epoch ms. Metrics that were in one row share it. */
export interface MetricTime {
  newest: number
  /** Another one has taken its place. */
  into: MetricTime | undefined
}

/**
 * Finds samples that are not newer than all others with one of their metrics. Only then can there be a row with their
 * time, whose values they replace. Equal times of other metrics of a node are the rule.
 */
export class MetricTimes {
  readonly #nodes = new Map<NodeState, Map<string, MetricTime>>()
  mayExist = false

  /** @param names metrics of a sample */
  of(node: NodeState, names: readonly string[]): MetricTime {
    let times = this.#nodes.get(node)
    if (!times) this.#nodes.set(node, (times = new Map<string, MetricTime>()))
    const one: MetricTime = { newest: -Infinity, into: undefined }
    for (const name of names) {
      const known = times.get(name)
      if (known) join(latestOf(known), one)
      else one.newest = Math.max(one.newest, node.latest.get(name)?.at ?? -Infinity)
      times.set(name, one)
    }
    return one
  }

  /** A row with this time (epoch ms). */
  add(time: MetricTime, at: number): void {
    const now = latestOf(time)
    if (at <= now.newest) this.mayExist = true
    else now.newest = at
  }
}

function latestOf(time: MetricTime): MetricTime {
  let now = time
  while (now.into) now = now.into
  return now
}

function join(from: MetricTime, into: MetricTime): void {
  if (from === into) return
  into.newest = Math.max(into.newest, from.newest)
  from.into = into
}
