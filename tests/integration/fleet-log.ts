import type { Kafka } from 'kafkajs'
import { Partitioners, type Producer } from 'kafkajs'
import { applyTransition, timelineEvent } from '#shared/alert/apply-transition.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { emptySeries, evaluate } from '#shared/evaluation/evaluate.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { sampleAt } from '#shared/metric/sample-columns.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import { ruleIndex } from '#shared/rule/rule-index.ts'
import { stockRules } from '#shared/rule/stock-rules.ts'
import { decodeBatch } from '../../src-kafka/records/decode-batch.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'

interface Written {
  readonly position: RecordPosition
  readonly value: Buffer
}

/** A fleet's log, and the result of one evaluator that is never interrupted. */
export class FleetLog {
  readonly written: Written[] = []
  readonly #producer: Producer

  constructor(kafka: Kafka) {
    this.#producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
    })
  }

  open(): Promise<void> {
    return this.#producer.connect()
  }

  close(): Promise<void> {
    return this.#producer.disconnect()
  }

  /** Appends the values to a partition and stores their offsets. */
  async append(topic: string, partition: number, values: readonly string[]): Promise<void> {
    const messages = values.map((value) => ({ value, partition }))
    const [metadata] = await this.#producer.send({ topic, messages })
    const first = Number(metadata?.baseOffset)
    values.forEach((value, n) => {
      this.written.push({ position: { topic, partition, offset: first + n }, value: Buffer.from(value) })
    })
  }

  /** `node at values` of every valid record, sorted. */
  samples(): string[] {
    return this.#read()
      .flatMap(({ samples }) => samples.map(({ nodeId, at, values }) => `${nodeId} ${at} ${JSON.stringify(values)}`))
      .sort()
  }

  /** `topic/partition@offset code` of every rejected record, sorted. */
  rejects(): string[] {
    return this.#read()
      .flatMap(({ rejects }) => rejects.map(({ position, reject }) => `${nameOf(position)} ${reject.code}`))
      .sort()
  }

  /** Alerts by id, and the lines of their timelines, sorted. */
  evaluated(): { alerts: NodeAlert[]; events: string[] } {
    const index = ruleIndex(stockRules(0))
    const states = new Map<string, SeriesState>()
    const transitions: Transition[] = []
    for (const { samples, positions } of this.#read()) {
      samples.forEach(({ nodeId, nodeName, at, names, values }, n) => {
        names.forEach((metric, m) => {
          const key = JSON.stringify([nodeId, metric])
          const reading = { at, value: values[m] as number, position: positions[n] as RecordPosition }
          const series = { nodeId, nodeName, metric }
          const [next, came] = evaluate(states.get(key) ?? emptySeries, series, index, reading)
          states.set(key, next)
          transitions.push(...came)
        })
      })
    }
    return alertsAndEvents(transitions)
  }

  #read() {
    const scanner = new SampleScanner()
    return this.written.flatMap(({ position: { topic, partition, offset }, value }) => {
      const records = [{ offset, timestamp: Date.now(), value }]
      const read = decodeBatch(aRawBatch({ topic, partition, records }), undefined, scanner)
      if (!read) return []
      const samples = Array.from(read.columns.offset, (_, i) => sampleAt(read.columns, i))
      return { samples, positions: samples.map(() => ({ topic, partition, offset })), rejects: read.rejects }
    })
  }
}

function alertsAndEvents(transitions: readonly Transition[]): { alerts: NodeAlert[]; events: string[] } {
  const alerts = new Map<string, NodeAlert>()
  for (const transition of transitions) {
    const next = applyTransition(alerts.get(transition.alertId), transition)
    if (next) alerts.set(next.id, next)
  }
  const opened = transitions.filter(({ alertId }) => alerts.has(alertId)).map(timelineEvent)
  const lines = opened
    .filter(({ kind }) => kind !== 'pending')
    .map(({ alertId, kind, at }) => `${alertId} ${kind} ${at}`)
  return { alerts: [...alerts.values()].sort(byId), events: lines.sort() }
}

export function byId(a: NodeAlert, b: NodeAlert): number {
  return a.id < b.id ? -1 : 1
}

export function nameOf({ topic, partition, offset }: RecordPosition): string {
  return `${topic}/${partition}@${offset}`
}
