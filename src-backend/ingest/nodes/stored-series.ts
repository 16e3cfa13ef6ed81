import { seriesStateCodec, unknownOfState } from '#shared/codec/series-state-codec.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { namedRecord } from '#shared/format/named-record.ts'
import { z } from 'zod'
import { storedValue } from '../../http/needs-newer.ts'
import type { NodeState } from './node-state.ts'

const Series = namedRecord(z.unknown())

/** @throws NeedsNewerError for a state that this version must not continue */
export function openSeries(series: unknown): Map<string, SeriesState> {
  const states = new Map<string, SeriesState>()
  for (const [metric, state] of Object.entries(Series.parse(series))) states.set(metric, openState(state, metric))
  return states
}

/** @throws NeedsNewerError as `openSeries` */
export function openState(state: unknown, metric: string): SeriesState {
  return storedValue(seriesStateCodec.decode(state), `The evaluation state of ${metric}`)
}

/** The evaluator creates new states. Keys that it does not know are kept aside, and the row gets them again. */
export function noteUnknown(unknown: Map<string, object>, metric: string, state: SeriesState): void {
  const keys = unknownOfState(state)
  if (keys) unknown.set(metric, keys)
}

/** The state as JSON, with the keys of a newer version. */
export function encodedState({ unknown }: NodeState, metric: string, state: SeriesState): unknown {
  const encoded = seriesStateCodec.encode(state)
  const keys = unknown.get(metric)
  return keys === undefined ? encoded : { ...keys, ...(encoded as object) }
}
