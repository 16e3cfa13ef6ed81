import { wholeNode } from '#shared/alert/series.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { type SampleBatch, sampleAt } from '#shared/metric/sample-columns.ts'
import type { EvaluationWrite } from './series-evaluator.ts'

/** For tests: what a cache has stored. Rows of changed series, and `last` of all others from the samples. */
export class StoredSeries {
  readonly states = new Map<string, SeriesState>()

  write(samples: readonly SampleBatch[], { series, setBack }: Pick<EvaluationWrite, 'series' | 'setBack'>): void {
    for (const { nodeId, metric, state } of series) this.states.set(`${nodeId} ${metric}`, state)
    for (const { topic, partition, columns } of samples) {
      for (let i = 0; i < columns.count; i++) {
        const { nodeId, at, names } = sampleAt(columns, i)
        const last = { at, position: { topic, partition, offset: columns.offset[i] as number } }
        for (const metric of [wholeNode, ...names]) {
          const state = this.states.get(`${nodeId} ${metric}`)
          if (!state) throw new Error(`${nodeId} ${metric} is new, but was not staged`)
          if (setBack.includes(nodeId) || (state.last && at < state.last.at)) continue
          this.states.set(`${nodeId} ${metric}`, { ...state, last, ...stepsTo(state, at, metric) })
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

/** Steps of a node after a record. */
function stepsTo({ last, steps = [] }: SeriesState, at: number, metric: string): Pick<SeriesState, 'steps'> {
  const stepMs = at - (last?.at ?? at)
  return metric === wholeNode && stepMs > 0 ? { steps: [...steps, stepMs].slice(-5) } : {}
}
