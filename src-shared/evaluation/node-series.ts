import type { Reading, Series } from '../alert/series.ts'
import { anchorOf, noTransitions } from './episode.ts'
import type { SeriesStep } from './evaluate.ts'
import { allowedLatenessMs, isLate, notRecorded } from './lateness.ts'
import { endNoData } from './no-data.ts'
import { allowedMs, observedInterval, pauseMs, stepsKept } from './observed-interval.ts'
import type { SeriesState } from './series-state.ts'

/** A record of a node, whatever its values. */
export type NodeRecord = Omit<Reading, 'value'>

/**
 * One record of a node, whatever metrics it has: it moves `last`, notes the step, and ends the node's offline alert. As
 * for `evaluate`, the order of the log decides within the allowed lateness.
 */
export function evaluateNode(state: SeriesState, series: Series, record: NodeRecord): SeriesStep {
  const newest = state.last
  if (newest === null) return [{ ...state, last: anchorOf(record) }, noTransitions]
  const stepMs = record.at - newest.at
  if (stepMs < -allowedLatenessMs) {
    if (isLate(newest.at, record.at, record.recordedAt ?? notRecorded)) return [state, noTransitions]
    const { resumedAt: _, ruleFrom: _from, ...present } = state
    return endNoData({ ...present, last: anchorOf(record) }, series, record)
  }
  if (stepMs < 0) return [{ ...state }, noTransitions]
  const resumed = stepMs > allowedMs(pauseMs, observedInterval(state.steps)) ? { resumedAt: record.at } : {}
  const { ruleFrom: _, ...rest } = state
  const moved: SeriesState = { ...rest, last: anchorOf(record), ...resumed, ...stepsWith(state, stepMs) }
  return endNoData(moved, series, record)
}

function stepsWith({ steps = [] }: SeriesState, stepMs: number): Pick<SeriesState, 'steps'> {
  return stepMs === 0 ? {} : { steps: [...steps, stepMs].slice(-stepsKept) }
}
