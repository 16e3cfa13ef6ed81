import { type Anchor, wholeNode } from '#shared/alert/series.ts'
import { NodeParts } from '#shared/evaluation/node-parts.ts'
import { isNewer } from '#shared/evaluation/node-series.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { type Layout, type SampleBatch, sampleAt } from '#shared/metric/sample-columns.ts'
import type { EvaluationWrite } from './series-evaluator.ts'

/** For tests: what a cache has stored. Rows of changed series, and `last` of all others from the samples. */
export class StoredSeries {
  readonly states = new Map<string, SeriesState>()

  write(samples: readonly SampleBatch[], { series, setBack }: Pick<EvaluationWrite, 'series' | 'setBack'>): void {
    for (const { nodeId, metric, state } of series) this.states.set(`${nodeId} ${metric}`, state)
    for (const { topic, partition, columns } of samples) {
      for (let i = 0; i < columns.count; i++) {
        const { nodeId, at, names } = sampleAt(columns, i)
        const { part } = columns.directory.layouts[columns.layout[i] as number] as Layout
        const last = { at, position: { topic, partition, offset: columns.offset[i] as number } }
        for (const metric of [wholeNode, ...names]) {
          const state = this.states.get(`${nodeId} ${metric}`)
          if (!state) throw new Error(`${nodeId} ${metric} is new, but was not staged`)
          if (setBack.includes(nodeId)) continue
          const next = metric === wholeNode ? nodeAfter(state, last, part) : metricAfter(state, last)
          this.states.set(`${nodeId} ${metric}`, next)
        }
      }
    }
  }

  rows(): EvaluationWrite['series'] {
    return [...this.states].map(([key, state]) => {
      const [nodeId = '', metric = ''] = key.split(' ')
      return { nodeId, metric, state: JSON.parse(JSON.stringify(state)) as SeriesState }
    })
  }
}

function metricAfter(state: SeriesState, last: Anchor): SeriesState {
  return state.last && last.at < state.last.at ? state : { ...state, last }
}

/** The newest record of a node and the times of its parts, after a record. A record that it has already changes nothing. */
function nodeAfter(state: SeriesState, last: Anchor, part: string): SeriesState {
  const parts = new NodeParts(state)
  if (last.at >= (parts.of(part)?.at ?? -Infinity)) parts.note(part, last.at)
  const isNewest = state.last === null || (parts.hasParts ? isNewer(last, state.last) : last.at >= state.last.at)
  return parts.applyTo(isNewest ? { ...state, last } : state)
}
