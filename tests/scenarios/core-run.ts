import { applyTransition, timelineEvent } from '#shared/alert/apply-transition.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { wholeNode, type Series } from '#shared/alert/series.ts'
import type { Transition } from '#shared/alert/transition.ts'
import { emptySeries, evaluate, evaluateAt } from '#shared/evaluation/evaluate.ts'
import { evaluateNode } from '#shared/evaluation/node-series.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { ruleIndex, type RuleIndex } from '#shared/rule/rule-index.ts'
import type { Message, Scenario } from './scenario-file.ts'
import { inOrder, timelineLine } from './timeline-lines.ts'

const startAt = 1_800_000_000_000

/** What the pure evaluator says. Without the actions of people: they are not its business. */
export function runInCore(scenario: Scenario): readonly string[] {
  const run = new CoreRun(ruleIndex(scenario.rules(startAt)))
  let next = 0
  for (let second = 0; second <= scenario.until; second++) {
    for (; scenario.messages[next]?.second === second; next++) run.read(scenario.messages[next] as Message, next)
    run.tick(second)
  }
  return run.lines()
}

interface Entry {
  readonly series: Series
  state: SeriesState
  receivedAt: number
}

class CoreRun {
  readonly #index: RuleIndex
  readonly #series = new Map<string, Entry>()
  readonly #transitions: Transition[] = []

  constructor(index: RuleIndex) {
    this.#index = index
  }

  read({ second, node, metrics }: Message, offset: number): void {
    const at = startAt + second * 1000
    const record = { at, recordedAt: at, position: { topic: `metrics-${node}`, partition: 0, offset } }
    const whole = this.#entry(node, wholeNode, at)
    this.#step(whole, evaluateNode(whole.state, whole.series, record))
    for (const [metric, value] of Object.entries(metrics)) {
      const entry = this.#entry(node, metric, at)
      // As after a restart: what is stored is all that is known.
      const stored = JSON.parse(JSON.stringify(entry.state)) as SeriesState
      this.#step(entry, evaluate(stored, entry.series, this.#index, { ...record, value }))
    }
  }

  tick(second: number): void {
    const now = startAt + second * 1000
    for (const entry of this.#series.values()) {
      const node = this.#series.get(`${entry.series.nodeId} ${wholeNode}`)?.state
      const clock = { now, receivedAt: entry.receivedAt, node }
      this.#step(entry, evaluateAt(entry.state, entry.series, this.#index, clock))
    }
  }

  lines(): readonly string[] {
    const alerts = new Map<string, NodeAlert>()
    for (const t of this.#transitions) {
      const alert = applyTransition(alerts.get(t.alertId), t)
      if (alert) alerts.set(t.alertId, alert)
    }
    return inOrder(
      this.#transitions.map((t) => {
        const alert = alerts.get(t.alertId) ?? { ...t.series, kind: t.alertKind }
        return { at: t.at, line: timelineLine(timelineEvent(t), alert, startAt) }
      }),
    )
  }

  #step(entry: Entry, [state, transitions]: readonly [SeriesState, readonly Transition[]]): void {
    entry.state = state
    this.#transitions.push(...transitions)
  }

  #entry(nodeId: string, metric: string, at: number): Entry {
    const key = `${nodeId} ${metric}`
    const entry = this.#series.get(key) ?? {
      series: { nodeId, nodeName: nodeId, metric },
      state: emptySeries,
      receivedAt: at,
    }
    entry.receivedAt = at
    this.#series.set(key, entry)
    return entry
  }
}
