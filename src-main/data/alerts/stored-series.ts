import { type Anchor, wholeNode } from '#shared/alert/series.ts'
import { isNewer } from '#shared/evaluation/node-series.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { type Layout, type SampleBatch, sampleAt } from '#shared/metric/sample-columns.ts'
import type { EvaluationWrite } from './series-evaluator.ts'
import { nodeOfRows } from './staged-parts.ts'

/**
 * For tests: what a cache has stored. Rows of changed series and of new parts; `last` and `steps` of all others from the
 * samples.
 */
export class StoredSeries {
  readonly #rows = new Map<string, EvaluationWrite['series'][number]>()

  write(samples: readonly SampleBatch[], { series, setBack }: Pick<EvaluationWrite, 'series' | 'setBack'>): void {
    for (const row of series) this.#rows.set(keyOf(row.nodeId, row.metric, row.part), row)
    for (const { topic, partition, columns } of samples) {
      for (let i = 0; i < columns.count; i++) {
        const { nodeId, at, names } = sampleAt(columns, i)
        if (setBack.includes(nodeId)) continue
        const { part } = columns.directory.layouts[columns.layout[i] as number] as Layout
        const last = { at, position: { topic, partition, offset: columns.offset[i] as number } }
        for (const metric of [wholeNode, ...names]) {
          const key = keyOf(nodeId, metric)
          if (!this.#rows.has(key)) throw new Error(`${key} is new, but was not staged`)
          this.#move(key, last, metric === wholeNode)
        }
        // A part without a row is not followed.
        if (this.#rows.has(keyOf(nodeId, wholeNode, part))) this.#move(keyOf(nodeId, wholeNode, part), last, true)
      }
    }
  }

  rows(): EvaluationWrite['series'] {
    return JSON.parse(JSON.stringify([...this.#rows.values()])) as EvaluationWrite['series']
  }

  /** By node and metric, as an evaluator has them. */
  states(): Map<string, SeriesState> {
    const states = new Map<string, SeriesState>()
    for (const { nodeId, metric, part, state } of this.#rows.values()) {
      if (part !== undefined) continue
      const own = metric === wholeNode ? nodeOfRows(state, this.#partsOf(nodeId)) : state
      states.set(`${nodeId} ${metric}`, own)
    }
    return states
  }

  #partsOf(nodeId: string): Map<string, SeriesState> {
    const parts = [...this.#rows.values()].filter((row) => row.nodeId === nodeId && row.part !== undefined)
    return new Map(parts.map(({ part = '', state }) => [part, state]))
  }

  #move(key: string, last: Anchor, hasSteps: boolean): void {
    const row = this.#rows.get(key)
    const newest = row?.state.last
    if (!row || (newest && (hasSteps ? !isNewer(last, newest) : last.at < newest.at))) return
    const stepMs = last.at - (newest?.at ?? last.at)
    const steps = hasSteps && stepMs > 0 ? { steps: [...(row.state.steps ?? []), stepMs].slice(-5) } : {}
    this.#rows.set(key, { ...row, state: { ...row.state, last, ...steps } })
  }
}

function keyOf(nodeId: string, metric: string, part?: string): string {
  return JSON.stringify([nodeId, metric, part])
}
