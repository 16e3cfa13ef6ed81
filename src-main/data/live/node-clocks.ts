import { formatDurationShort } from '#shared/format/duration.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { isAhead } from '#shared/format/time.ts'
import { minuteMs, secondMs } from '#shared/format/time-units.ts'
import type { NodeKey, SampleColumns } from '#shared/metric/sample-columns.ts'
import type { StoreNotice } from '../../store/store-types.ts'

/** A clock this far behind is wrong. The same as for a clock that is ahead. */
const behindAfterMs = minuteMs
/** Old records may also be delayed. A clock is behind if they stay equally old for so many records and so long. */
const behindRecords = 3
const behindForMs = 10 * secondMs
const steadyMs = 5 * secondMs
/** How long the notice stays after the clock was right again. */
const rememberMs = 10 * minuteMs
/** More nodes are only counted. */
const namedAtMost = 3
const keptAtMost = 1000
/** Fewer nodes that are equally wrong say nothing about the clock of this computer. */
const ownAtLeast = 3

interface NodeClock {
  /** How far it is ahead; negative: behind. */
  skewMs: number
  readonly since: number
  records: number
  seenAt: number
  isRight: boolean
}

/**
 * Nodes whose clocks are wrong, by the event times of records at their arrival. Only for the operator: the evaluation
 * never uses the clock of this computer.
 */
export class NodeClocks {
  readonly #clocks = new Map<string, NodeClock>()

  /**
   * Notes stored samples.
   * @param now their arrival time, epoch ms
   * @param isBacklog they may have waited in Kafka: old times tell nothing
   */
  stored(columns: SampleColumns, now: number, isBacklog: boolean): void {
    const { count, at } = columns
    for (let i = 0; i < count; i++) {
      const skewMs = (at[i] as number) - now
      if (isAhead(at[i] as number, now) || (!isBacklog && skewMs < -behindAfterMs)) this.#wrong(columns, i, now)
      else if (this.#clocks.size > 0 && skewMs >= -behindAfterMs) this.#right(columns, i, now)
    }
  }

  /**
   * One notice about all of them.
   * @param nodes number of all nodes: if most are equally wrong, it is the clock of this computer
   * @param isOwnKnown another notice says already that this computer's clock is wrong
   */
  notices(now: number, nodes: number, isOwnKnown = false): StoreNotice[] {
    const known: Array<readonly [string, NodeClock]> = []
    for (const [nodeId, clock] of this.#clocks) {
      if (now - clock.seenAt > rememberMs) this.#clocks.delete(nodeId)
      else if (isKnown(clock)) known.push([nodeId, clock])
    }
    if (known.length === 0) return []
    const wrong = known.filter(([, { isRight }]) => !isRight)
    const own =
      wrong.length >= ownAtLeast && wrong.length > nodes / 2 ? commonSkew(wrong.map(([, clock]) => clock)) : undefined
    if (own !== undefined && isOwnKnown) return []
    const text = own === undefined ? textOf(known, wrong.length) : ownText(own)
    return [{ id: 'node-clocks', severity: wrong.length > 0 ? 'warning' : 'info', text }]
  }

  /** The clock of this computer was set back: what it showed of others is void. */
  clear(): void {
    this.#clocks.clear()
  }

  #wrong(columns: SampleColumns, i: number, now: number): void {
    const nodeId = nodeIdOf(columns, i)
    const skewMs = (columns.at[i] as number) - now
    const known = this.#clocks.get(nodeId)
    if (known && Math.abs(known.skewMs - skewMs) <= steadyMs) {
      Object.assign(known, { skewMs, seenAt: now, isRight: false, records: known.records + 1 })
      return
    }
    if (known && isKnown(known) && skewMs < 0) return
    if (!known && this.#clocks.size >= keptAtMost) return
    this.#clocks.set(nodeId, { skewMs, since: now, records: 1, seenAt: now, isRight: false })
  }

  #right(columns: SampleColumns, i: number, now: number): void {
    const nodeId = nodeIdOf(columns, i)
    const known = this.#clocks.get(nodeId)
    if (!known) return
    if (!isKnown(known)) this.#clocks.delete(nodeId)
    else if (!known.isRight) Object.assign(known, { isRight: true, seenAt: now })
  }
}

/** A record cannot arrive before it was measured, so one is enough for a clock that is ahead. */
function isKnown({ skewMs, records, since, seenAt }: NodeClock): boolean {
  return skewMs > 0 || (records >= behindRecords && seenAt - since >= behindForMs)
}

function skewText({ skewMs }: NodeClock): string {
  return `${formatDurationShort(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`
}

/** The skew that all of them share, ms. */
function commonSkew(clocks: readonly NodeClock[]): number | undefined {
  const skews = clocks.map(({ skewMs }) => skewMs)
  const [least, most] = [Math.min(...skews), Math.max(...skews)]
  return most - least <= minuteMs ? least : undefined
}

/** If nodes are ahead of this computer, it is behind. */
function ownText(skewMs: number): string {
  const how = `${formatDurationShort(Math.abs(skewMs))} ${skewMs > 0 ? 'behind' : 'ahead'}`
  return `The clock of this computer seems to be ${how}: most nodes differ from it by the same time. Set it right.`
}

function textOf(known: ReadonlyArray<readonly [string, NodeClock]>, stillWrong: number): string {
  const clocks = known.map(
    ([nodeId, clock]) => `${shownText(nodeId)} ${clock.isRight ? 'was' : 'is'} ${skewText(clock)}`,
  )
  const named = clocks.slice(0, namedAtMost).join(', ')
  const list = clocks.length > namedAtMost ? `${named}, and ${clocks.length - namedAtMost} more` : named
  const what = clocks.length === 1 ? `The clock of ${list}.` : `Clocks of ${clocks.length} nodes: ${list}.`
  if (stillWrong === 0) return what
  return `${what} Values from the future are not shown as current, and old ones look stale. Set the clock right.`
}

function nodeIdOf({ directory, node }: SampleColumns, i: number): string {
  return (directory.nodes[node[i] as number] as NodeKey).id
}
