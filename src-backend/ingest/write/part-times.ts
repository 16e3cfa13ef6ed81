import type { NodeState } from '../nodes/node-state.ts'

/** The newest time of the rows of one part of a node. */
export interface PartTime {
  readonly node: NodeTime
  newest: number
  /** Another part has some of its metrics too. */
  isShared: boolean
}

interface NodeTime {
  /** Of all parts. */
  newest: number
  readonly parts: Map<string, PartTime>
}

/**
 * Finds samples that are not newer than all others with their metrics. Only then can there be a row with their time, whose
 * values they replace. Parts of a node have metrics of their own, so equal times of parts are no such case.
 */
export class PartTimes {
  readonly #nodes = new Map<NodeState, NodeTime>()
  mayExist = false

  /** The names belong to the part from now on, unless another one had them first. */
  of(node: NodeState, part: string, names: readonly string[]): PartTime {
    let times = this.#nodes.get(node)
    if (!times) this.#nodes.set(node, (times = { newest: node.lastSeen, parts: new Map() }))
    const own = timeOf(times, node, part)
    for (const name of names) {
      node.parts.adopt(name, part)
      const home = node.parts.homeOf(name)
      if (home === part) continue
      own.isShared = true
      timeOf(times, node, home).isShared = true
    }
    return own
  }

  /** A row with this time (epoch ms). */
  add(time: PartTime, at: number): void {
    const { node } = time
    if (at <= (time.isShared ? node.newest : time.newest)) this.mayExist = true
    if (at > time.newest) time.newest = at
    if (at > node.newest) node.newest = at
  }
}

function timeOf(times: NodeTime, node: NodeState, part: string): PartTime {
  let time = times.parts.get(part)
  if (!time) times.parts.set(part, (time = { node: times, newest: node.parts.newestOf(part), isShared: false }))
  return time
}
