import { wholeNode, type Anchor } from '#shared/alert/series.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import { NodeParts, ownPart, partList } from '#shared/evaluation/node-parts.ts'
import { isNewer } from '#shared/evaluation/node-series.ts'
import type { PartTimes, SeriesState } from '#shared/evaluation/series-state.ts'
import type { BatchWrite } from '../../store/batch-write.ts'
import type { SeriesColumns } from './series-columns.ts'

type SeriesRow = BatchWrite['series'][number]

/** The parts of one node. */
export interface PartsOf {
  readonly nodeId: string
  /** By name: index in the columns of parts. */
  readonly parts: Map<string, number>
}

/**
 * The parts of all nodes by name, and which of them the store does not have yet. Their times are in the columns. The
 * records of a part without a row in the store would be lost for its interval: a part is written once, and follows from
 * its records from then on. A node whose records have no part needs no such row: it follows from its own.
 */
export class StagedParts {
  readonly #columns: SeriesColumns
  readonly #unstored = new Map<PartsOf, Set<string>>()

  constructor(columns: SeriesColumns) {
    this.#columns = columns
  }

  /** The index of a part, which is new or known. */
  indexOf(node: PartsOf, name: string): number {
    const known = node.parts.get(name)
    if (known !== undefined) return known
    const index = this.#columns.parts.add()
    node.parts.set(name, index)
    if (name !== ownPart || node.parts.size > 1) this.#addUnstored(node, name)
    if (name !== ownPart && node.parts.has(ownPart)) this.#addUnstored(node, ownPart)
    return index
  }

  /** A part of the last run. `ownPart`: of a node without other parts, its own row. */
  restore(node: PartsOf, name: string, { last, steps }: SeriesState): void {
    if (last === null) return
    const { at, position } = last
    node.parts.set(name, this.#columns.restorePart(steps === undefined ? { at } : { at, steps }, position))
  }

  /** The times of a node's parts, for the state machine. `stage` takes them back. */
  timesOf({ parts }: PartsOf): NodeParts {
    const times = new NodeParts()
    for (const [name, index] of parts) {
      const of = this.#columns.parts.of(index)
      if (of !== undefined) times.set(name, of)
    }
    return times
  }

  /** `offset`: of the record that changed them. */
  stage({ parts }: PartsOf, times: NodeParts, offset: number): void {
    for (const name of times.changed) {
      const [index, of] = [parts.get(name), times.of(name)]
      if (index === undefined || of === undefined) continue
      const isKnown = of.at === this.#columns.parts.at(index) && !this.#columns.isNewestOfPart(index, offset)
      if (times.isSetBack || !isKnown) this.#columns.setPart(index, of, offset)
    }
  }

  /** How often the part sends, ms; as often as the node while that is unknown. */
  intervalOf(node: PartsOf, name: string, newestAt: number): number {
    const index = node.parts.get(name)
    return (index === undefined ? 0 : this.#columns.parts.intervalMs(index)) || this.shortestOf(node, newestAt)
  }

  /** How often the node sends, ms; 0 while that is unknown. */
  shortestOf({ parts }: PartsOf, newestAt: number): number {
    return this.#columns.parts.shortestMs(parts.values(), newestAt)
  }

  /** `state` of a node as versions without parts have it, if it has none. */
  applyTo(node: PartsOf, { steps: _, ...state }: SeriesState): SeriesState {
    const own = node.parts.size === 1 ? node.parts.get(ownPart) : undefined
    const steps = own === undefined ? undefined : this.#columns.parts.of(own)?.steps
    return steps === undefined ? state : { ...state, steps }
  }

  /** The rows of new parts, and of all parts of the nodes that were set back. */
  rows(setBack: readonly PartsOf[]): SeriesRow[] {
    const rows = [...this.#unstored].flatMap(([node, names]) => this.#rowsOf(node, names))
    return [...rows, ...setBack.flatMap((node) => this.#rowsOf(node, this.#storedOf(node)))]
  }

  /** The rows are written. */
  commit(): void {
    for (const [node, names] of this.#unstored) {
      for (const name of names) if (this.#anchorOf(node, name) !== undefined) names.delete(name)
      if (names.size === 0) this.#unstored.delete(node)
    }
  }

  forget(node: PartsOf): void {
    this.#unstored.delete(node)
  }

  #addUnstored(node: PartsOf, name: string): void {
    this.#unstored.set(node, (this.#unstored.get(node) ?? new Set()).add(name))
  }

  /** Those of which the store has rows. */
  #storedOf(node: PartsOf): readonly string[] {
    const unstored = this.#unstored.get(node)
    const hasRows = node.parts.size > 1 || !node.parts.has(ownPart)
    return hasRows ? [...node.parts.keys()].filter((name) => unstored?.has(name) !== true) : []
  }

  #rowsOf(node: PartsOf, names: Iterable<string>): SeriesRow[] {
    return [...names].flatMap((part): SeriesRow[] => {
      const last = this.#anchorOf(node, part)
      if (last === undefined) return []
      const { steps } = this.#columns.parts.of(node.parts.get(part) as number) as PartTimes
      const state: SeriesState = { ...emptySeries, last, ...(steps === undefined ? {} : { steps }) }
      return [{ nodeId: node.nodeId, metric: wholeNode, part, state }]
    })
  }

  #anchorOf({ parts }: PartsOf, name: string): Anchor | undefined {
    const index = parts.get(name)
    return index === undefined ? undefined : this.#columns.anchorOfPart(index)
  }
}

/** The state of a node as `evaluateNode` has it, from its row and those of its parts. */
export function nodeOfRows(node: SeriesState, parts: ReadonlyMap<string, SeriesState>): SeriesState {
  if (parts.size === 0) return node
  const { steps: _, ...state } = node
  const times = [...parts].flatMap(([name, { last, steps }]): Array<[string, PartTimes]> => {
    if (last === null) return []
    return [[name, steps === undefined ? { at: last.at } : { at: last.at, steps }]]
  })
  return { ...state, last: newestOf(node.last, parts), parts: partList(times) }
}

/** A store keeps any of the records with the newest time. */
function newestOf(last: Anchor | null, parts: ReadonlyMap<string, SeriesState>): Anchor | null {
  let newest = last
  for (const { last: own } of parts.values()) if (own && newest && isNewer(own, newest)) newest = own
  return newest
}
