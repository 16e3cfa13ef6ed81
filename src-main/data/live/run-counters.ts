import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { DataThreadCounters } from '../../threads/data-calls.ts'
import type { RejectedRecord } from '#shared/metric/read-position.ts'
import type { SourceStats } from './source-stats.ts'

/** Upper bounds of the evaluation histogram, in seconds. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1] as const

/** Events that leave an alert as it was. */
const noTransitions: ReadonlySet<AlertEvent['kind']> = new Set(['pending', 'expired', 'silenced', 'unsilenced'])

/** Counts since the start of this run, as the Prometheus endpoint shows them. */
export class RunCounters {
  /** The same for each topic and partition; absent where nobody looks at it. */
  readonly sources: SourceStats | undefined
  readonly #messages = new Map<string, number>()
  readonly #errors = new Map<string, Map<string, number>>()
  readonly #transitions = new Map<string, { severity: string; to: string; count: number }>()
  readonly #buckets: number[] = bounds.map(() => 0)
  #seconds = 0
  #batches = 0
  rejected = 0
  gaps = 0

  constructor(sources?: SourceStats) {
    this.sources = sources
  }

  /** Counts stored records, including rejected ones. */
  messages(topic: string, count: number): void {
    this.#messages.set(topic, (this.#messages.get(topic) ?? 0) + count)
  }

  rejects(rows: readonly RejectedRecord[]): void {
    this.rejected += rows.length
    for (const { position, reject } of rows) {
      const ofTopic = this.#errors.get(position.topic) ?? new Map<string, number>()
      this.#errors.set(position.topic, ofTopic.set(reject.code, (ofTopic.get(reject.code) ?? 0) + 1))
    }
  }

  transitions(events: readonly AlertEvent[], alerts: readonly Alert[]): void {
    for (const event of events) {
      if (noTransitions.has(event.kind)) continue
      const to = event.kind === 'resolved' ? 'resolved' : 'firing'
      const severity = event.severity ?? alerts.find((alert) => alert.id === event.alertId)?.severity
      if (severity === undefined) continue
      const entry = this.#transitions.get(`${severity} ${to}`) ?? { severity, to, count: 0 }
      entry.count++
      this.#transitions.set(`${severity} ${to}`, entry)
    }
  }

  evaluation(seconds: number): void {
    this.#seconds += seconds
    this.#batches++
    bounds.forEach((bound, i) => {
      if (seconds <= bound) this.#buckets[i] = (this.#buckets[i] ?? 0) + 1
    })
  }

  report(): Pick<DataThreadCounters, 'messagesByTopic' | 'errorsByTopic' | 'transitions' | 'evaluation'> {
    return {
      messagesByTopic: Object.fromEntries(this.#messages),
      errorsByTopic: Object.fromEntries([...this.#errors].map(([topic, codes]) => [topic, Object.fromEntries(codes)])),
      transitions: [...this.#transitions.values()].map((entry) => ({ ...entry })),
      evaluation: { bounds, counts: [...this.#buckets], sum: this.#seconds, count: this.#batches },
    }
  }
}
