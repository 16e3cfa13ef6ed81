import type { Anchor, Reading, Series } from '../alert/series.ts'
import type { RecordPosition } from '../metric/sample.ts'
import { anchorOf, noTransitions } from './episode.ts'
import type { SeriesStep } from './evaluate.ts'
import { allowedLatenessMs, isLate, notRecorded } from './lateness.ts'
import { endNoData } from './no-data.ts'
import { NodeParts, ownPart } from './node-parts.ts'
import { allowedMs, pauseMs } from './observed-interval.ts'
import type { SeriesState } from './series-state.ts'

/** A record of a node, whatever its values. */
export type NodeRecord = Omit<Reading, 'value'>

/**
 * One record of a node, whatever metrics it has: it moves `last`, notes the step of its part, and ends the node's offline
 * alert. As for `evaluate`, the order of the log decides within the allowed lateness. A record is compared with the newest
 * one of its own part: another part may be of another clock.
 */
export function evaluateNode(state: SeriesState, series: Series, record: NodeRecord): SeriesStep {
  const parts = new NodeParts(state)
  const [next, transitions] = evaluateNodeWith(parts, state, series, record)
  return [next === state ? state : parts.applyTo(next), transitions]
}

/**
 * `evaluateNode` for who keeps the times of the parts: a node may have thousands.
 * @param parts of this node; changed by the record. The state that is returned still has to get them (`applyTo`).
 */
// eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
export function evaluateNodeWith(parts: NodeParts, state: SeriesState, series: Series, record: NodeRecord): SeriesStep {
  const { at, part = ownPart } = record
  const newestOfPart = parts.of(part)?.at ?? -Infinity
  if (at < newestOfPart - allowedLatenessMs) {
    if (isLate(newestOfPart, at, record.recordedAt ?? notRecorded)) return [state, noTransitions]
    parts.setBack(at)
    const { resumedAt: _, ruleFrom: _from, ...present } = state
    return endNoData({ ...present, last: anchorOf(record) }, series, record)
  }
  const newest = state.last
  const resumed = newest !== null && endsPause(at, newest.at, parts) ? { resumedAt: at } : {}
  if (at >= newestOfPart) parts.note(part, at)
  if (newest === null) return [{ ...state, last: anchorOf(record) }, noTransitions]
  if (!isNewer(record, newest)) return [{ ...state }, noTransitions]
  const { ruleFrom: _, ...rest } = state
  return endNoData({ ...rest, last: anchorOf(record), ...resumed }, series, record)
}

function endsPause(at: number, newestAt: number, parts: NodeParts): boolean {
  const stepMs = at - newestAt
  return stepMs > pauseMs && stepMs > allowedMs(pauseMs, parts.intervalMs(newestAt))
}

/**
 * Whether the record is the newest of its node. Of records with one time it is the last one in its partition, and that in
 * the last partition: so every evaluator finds the same, whichever partition it reads first.
 */
export function isNewer({ at, position }: Anchor, newest: Anchor): boolean {
  return at === newest.at ? !isBefore(position, newest.position) : at > newest.at
}

/** The order of records with one time. */
export function isBefore(a: RecordPosition, b: RecordPosition): boolean {
  if (a.topic !== b.topic) return a.topic < b.topic
  return a.partition === b.partition ? a.offset < b.offset : a.partition < b.partition
}
