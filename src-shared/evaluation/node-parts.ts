import { allowedMs, observedInterval, pauseMs, stepsKept } from './observed-interval.ts'
import type { PartTimes, SeriesState } from './series-state.ts'

/** Records of ReMo's own format have no part. */
export const ownPart = ''

/**
 * When the parts of one node sent: their newest event times, and the newest steps between these. A part is what travels
 * together, such as one disk. Equal times are the rule, and parts of one node may be some seconds apart or have other
 * intervals. So a step is one of a part, never between two records of the node.
 *
 * For evaluators. `evaluateNodeWith` changes it with each record; a failed transaction needs a copy from before.
 */
export class NodeParts {
  readonly #times = new Map<string, PartTimes>()
  /** Names of the parts whose newest record is another one since it was made. */
  readonly changed = new Set<string>()
  /** A clock was set back since it was made: the times above are those of that record. */
  isSetBack = false

  /** As the state of a node has them. */
  constructor(node?: SeriesState) {
    if (node === undefined) return
    for (const [part, times] of timesOf(node)) this.#times.set(part, times)
  }

  /** Whether any record had a part. */
  get hasParts(): boolean {
    return this.#times.size > 1 || (this.#times.size === 1 && !this.#times.has(ownPart))
  }

  of(part: string): PartTimes | undefined {
    return this.#times.get(part)
  }

  set(part: string, times: PartTimes): void {
    this.#times.set(part, times)
  }

  /** A record of the part that is not older than its newest one. */
  note(part: string, at: number): void {
    const before = this.#times.get(part)
    const stepMs = before === undefined ? 0 : at - before.at
    const steps = stepMs > 0 ? [...(before?.steps ?? []), stepMs].slice(-stepsKept) : before?.steps
    this.#times.set(part, steps === undefined ? { at } : { at, steps })
    this.changed.add(part)
  }

  /**
   * The clock of a part was set back to `at`, the present. Newer times of other parts were from the future as well: these
   * parts go on from here.
   */
  setBack(at: number): void {
    this.isSetBack = true
    for (const [part, times] of this.#times) {
      if (times.at < at) continue
      this.#times.set(part, { ...times, at })
      this.changed.add(part)
    }
  }

  /** Observed interval of the node, ms; see `nodeInterval`. */
  intervalMs(newestAt: number): number {
    return shortestInterval(this.#times.values(), newestAt)
  }

  /** `node` with these times. A node without parts has only `steps`, as in version 0.1.0. */
  applyTo({ steps: _, parts: _parts, ...node }: SeriesState): SeriesState {
    if (this.hasParts) return { ...node, parts: partList(this.#times) }
    const steps = this.#times.get(ownPart)?.steps
    return steps === undefined ? node : { ...node, steps }
  }
}

/**
 * How often a node sends, ms: the shortest interval of its parts that still send. A node goes on while any part does. A
 * plugin that sends once an hour must not delay that it is offline; a part that ended must not make it stale early. 0
 * while no interval is known.
 */
export function nodeInterval(node: SeriesState): number {
  if (node.parts === undefined) return observedInterval(node.steps)
  return shortestInterval(node.parts, node.last?.at ?? -Infinity)
}

/** How often a part of the node sends, ms; as often as the node, while that is unknown. */
export function partInterval(node: SeriesState, part: string): number {
  const times = node.parts === undefined ? node : node.parts.find((other) => other.part === part)
  return observedInterval(times?.steps) || nodeInterval(node)
}

function shortestInterval(times: Iterable<PartTimes>, newestAt: number): number {
  let shortest = Infinity
  for (const { at, steps } of times) {
    const intervalMs = observedInterval(steps)
    if (intervalMs > 0 && intervalMs < shortest && isGoingOn(at, intervalMs, newestAt)) shortest = intervalMs
  }
  return shortest === Infinity ? 0 : shortest
}

/** Whether a part still sends while its node does. */
export function isGoingOn(at: number, intervalMs: number, newestAt: number): boolean {
  return newestAt - at <= allowedMs(pauseMs, intervalMs)
}

/** The times of the parts of a node, as its state has them. */
export function timesOf({ parts, last, steps }: SeriesState): ReadonlyArray<readonly [string, PartTimes]> {
  if (parts !== undefined) return parts.map((times) => [times.part, times])
  if (last === null) return []
  return [[ownPart, steps === undefined ? { at: last.at } : { at: last.at, steps }]]
}

/** As the state of a node has them: by name. */
export function partList(times: Iterable<readonly [string, PartTimes]>): NonNullable<SeriesState['parts']> {
  const byName = [...times].sort(([a], [b]) => (a < b ? -1 : 1))
  return byName.map(([part, { at, steps }]) => (steps === undefined ? { part, at } : { part, at, steps }))
}
