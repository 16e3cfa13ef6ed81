import { emptySeries, evaluate, evaluateAt, type SeriesStep } from '#shared/evaluation/evaluate.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { evaluateNode } from '#shared/evaluation/node-series.ts'
import {
  adoptEpisode,
  afterLoss,
  beginsInDoubt,
  evaluateWithBackend,
  takeOfficial,
} from '#shared/evaluation/unknown-start.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { wholeNode, type Series } from '#shared/alert/series.ts'
import { type Layout, sampleAt, type SampleBatch } from '#shared/metric/sample-columns.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import { OpenAlerts } from './open-alerts.ts'
import type { RecordContext } from './series-evaluator.ts'

interface PlainEntry {
  series: Series
  state: SeriesState
  receivedAt?: number
}

/**
 * The evaluator without its fast path: every value enters the state machine. For tests and benchmarks, which compare
 * `SeriesEvaluator` with it.
 */
export class PlainEvaluator {
  readonly alerts: OpenAlerts
  readonly #officials: readonly NodeAlert[] | undefined
  readonly #entries = new Map<string, Map<string, PlainEntry>>()
  readonly #touched = new Set<PlainEntry>()
  #caughtUpSince: number | undefined

  /** `officials`: alerts of the backend; absent without a backend. */
  constructor(officials?: readonly NodeAlert[]) {
    this.alerts = new OpenAlerts([], () => undefined)
    this.#officials = officials
  }

  records({ topic, partition, columns }: SampleBatch, context: RecordContext): void {
    const { index } = context
    for (let i = 0; i < columns.count; i++) {
      const { nodeId, nodeName, at, names, values } = sampleAt(columns, i)
      const { part } = columns.directory.layouts[columns.layout[i] as number] as Layout
      const position = { topic, partition, offset: columns.offset[i] as number }
      const node = this.#node(nodeId, nodeName)
      const recordedAt = columns.recordedAt[i] as number
      const whole = entryOf(node, { nodeId, nodeName, metric: wholeNode })
      this.#step(whole, evaluateNode(whole.state, whole.series, { at, recordedAt, position, part }), index)
      for (const [n, metric] of names.entries()) {
        const entry = entryOf(node, { nodeId, nodeName, metric })
        const reading = { at, recordedAt, value: values[n] as number, position, part }
        this.#step(
          entry,
          this.#officials === undefined
            ? evaluate(entry.state, entry.series, index, reading)
            : evaluateWithBackend(entry.state, entry.series, context, reading),
          index,
        )
      }
    }
  }

  evaluateAt(now: number, index: RuleIndex): void {
    const startedAt = (this.#caughtUpSince ??= now)
    for (const entry of this.#all()) {
      const receivedAt = entry.receivedAt ?? startedAt
      const node = this.#entries.get(entry.series.nodeId)?.get(wholeNode)?.state
      this.#stage(entry, evaluateAt(entry.state, entry.series, index, { now, receivedAt, node }))
    }
  }

  clearArrivalTimes(): void {
    this.#caughtUpSince = undefined
    for (const entry of this.#all()) delete entry.receivedAt
  }

  adopt(official: NodeAlert, index: RuleIndex): void {
    const entry = this.#entries.get(official.nodeId)?.get(official.metric)
    const adopted = entry && takeOfficial(entry.state, official, index)
    if (entry && adopted) entry.state = adopted
  }

  recordsLost(topic: string, partition: number): void {
    for (const entry of this.#all()) {
      const position = entry.state.last?.position
      const isOfPartition = position?.topic === topic && position.partition === partition
      const isMetric = entry.series.metric !== wholeNode
      if (isOfPartition && isMetric) entry.state = afterLoss(entry.state, this.#officials !== undefined)
    }
  }

  forgetEpisodes(): void {
    const ended = { rule: null, episode: { phase: 'ok' }, noData: { phase: 'ok' } } as const
    for (const entry of this.#all()) {
      const start = entry.series.metric === wholeNode ? {} : ({ startUnknown: true } as const)
      entry.state = { ...entry.state, ...ended, ...start }
    }
  }

  commit(receivedAt?: number): void {
    if (receivedAt !== undefined) for (const entry of this.#touched) entry.receivedAt = receivedAt
    this.#touched.clear()
    this.alerts.commit()
  }

  states(): Map<string, SeriesState> {
    return new Map([...this.#all()].map(({ series, state }) => [`${series.nodeId} ${series.metric}`, state]))
  }

  /** A step without a record: no episode of the backend begins with it. */
  #stage(entry: PlainEntry, [next, transitions]: SeriesStep): void {
    if (next === entry.state) return
    this.#touched.add(entry)
    entry.state = next
    for (const transition of transitions) this.alerts.stage(transition)
  }

  #step(entry: PlainEntry, step: SeriesStep, index: RuleIndex): void {
    const [next, transitions] = step
    const adopted = beginsInDoubt(entry.state, next) ? this.#adopted(next, entry.series, index) : undefined
    if (adopted) {
      const own = next.episode.phase === 'ok' ? undefined : next.episode.alertId
      this.#stage(entry, [adopted, transitions.filter(({ alertId }) => alertId !== own)])
      return
    }
    this.#stage(entry, step)
    const opened = transitions.findLast(({ kind }) => kind === 'opened')
    const official = this.#officials?.find(({ id }) => id === opened?.alertId)
    if (official) this.adopt(official, index)
  }

  #adopted(next: SeriesState, { nodeId, metric }: Series, index: RuleIndex): SeriesState | undefined {
    for (const official of this.#officials ?? []) {
      if (official.nodeId !== nodeId || official.metric !== metric) continue
      const adopted = adoptEpisode(next, official, index)
      if (adopted === undefined) continue
      const isOver = official.phase === 'firing' && this.alerts.find(official.id)?.phase === 'resolved'
      if (isOver) this.alerts.stageAlert({ ...official, provisional: false }, [])
      return adopted
    }
    return undefined
  }

  #node(id: string, name: string): Map<string, PlainEntry> {
    let node = this.#entries.get(id)
    if (!node) this.#entries.set(id, (node = new Map<string, PlainEntry>()))
    for (const entry of node.values()) {
      if (entry.series.nodeName !== name) entry.series = { ...entry.series, nodeName: name }
    }
    return node
  }

  *#all(): Iterable<PlainEntry> {
    for (const node of this.#entries.values()) yield* node.values()
  }
}

function entryOf(node: Map<string, PlainEntry>, series: Series): PlainEntry {
  let entry = node.get(series.metric)
  if (!entry) node.set(series.metric, (entry = { series, state: emptySeries }))
  return entry
}
