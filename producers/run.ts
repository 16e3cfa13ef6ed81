import { once } from 'node:events'
import { setInterval } from 'node:timers'
import type { Log } from './log.ts'
import { outgoing, type ProducerNode } from './message.ts'
import { KafkaDestination, kafkaClient } from './outbox/kafka-destination.ts'
import { Outbox } from './outbox/outbox.ts'
import { catchUp, keepPace, type Pace } from './pace.ts'
import type { Settings } from './settings/settings.ts'
import { hostSource } from './source/host.ts'
import { simulatedServer } from './source/simulated.ts'
import type { MetricSource } from './source/source.ts'
import { demoPlan, fleetPlan } from './source/spikes.ts'

/** After a signal: what Kafka has not taken by then is given up, and said, before a container is killed at 10 s. */
const flushMs = 9_000
const reportEveryMs = 60_000
/** A backlog is made no faster than it is stored: so many records wait at most. */
const backlogWaiting = 20_000
/** Up to so many nodes are servers of a demo, each in trouble now and then; more are a fleet. */
const demoNodes = 4

export interface RunDeps {
  readonly log: Log
  readonly now: () => number
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
}

/** Publishes until the count is reached or the signal comes, then flushes. @returns how many records were given up */
export async function run(settings: Settings, deps: RunDeps): Promise<number> {
  const { log, now, signal } = deps
  const destination = new KafkaDestination(kafkaClient(settings.kafka, clientIdOf(settings)), settings.partitions)
  const outbox = new Outbox({ destination, log, now })
  log.info('producer starts', startFields(settings))
  outbox.start()
  const report = setInterval(() => reportOn(outbox, log, 'records'), reportEveryMs)
  const startedAt = now()
  const sources = await sourcesOf(settings, startedAt)
  const pace: Pace = {
    nodes: settings.nodes.length,
    intervalMs: settings.intervalMs,
    rounds: settings.count,
    startedAt,
    now,
    signal,
    skipped: (count) => log.warn('measurements passed over: this machine slept or is too slow', { count }),
    measure: async (index, at) => {
      const node = settings.nodes[index] as ProducerNode
      const metrics = await (sources[index] as MetricSource).read(at)
      if (Object.keys(metrics).length === 0) return
      outbox.add(outgoing(node, at, metrics))
      if (settings.backlog) await outbox.untilBelow(backlogWaiting)
    },
  }
  await (settings.backlog ? catchUp(pace) : keepPace(pace))
  const left = await flush(outbox, signal)
  clearInterval(report)
  reportOn(outbox, log, left === 0 ? 'producer ends, all records stored' : 'producer ends, records given up')
  if (left === 0) await destination.close()
  return left
}

/** Without a signal there is no hurry: it goes on until all is stored. */
async function flush(outbox: Outbox, signal: AbortSignal): Promise<number> {
  if (signal.aborted) return outbox.close(flushMs)
  const interrupted = once(signal, 'abort')
  await Promise.race([outbox.untilBelow(1), interrupted])
  return outbox.close(flushMs)
}

async function sourcesOf(settings: Settings, startedAt: number): Promise<MetricSource[]> {
  if (settings.source === 'host') return [await hostSource()]
  const { nodes, intervalMs, count = 0, backlog } = settings
  const spikes = nodes.length > demoNodes ? fleetPlan(nodes.length) : demoPlan
  const begin = backlog ? startedAt - count * intervalMs : startedAt
  return nodes.map(({ seed }) => simulatedServer({ seed, startedAt: begin, spikes }))
}

function reportOn(outbox: Outbox, log: Log, message: string): void {
  log.info(message, { stored: outbox.stored, waiting: outbox.waiting, dropped: outbox.dropped })
}

function clientIdOf({ nodes }: Settings): string {
  return nodes.length === 1 ? `remo-producer-${nodes[0]?.id}` : 'remo-producer-fleet'
}

function startFields(settings: Settings) {
  const [first] = settings.nodes
  const topics = new Set(settings.nodes.map((node) => node.topic))
  return {
    node: settings.nodes.length === 1 ? (first?.id ?? '') : `${settings.nodes.length} nodes`,
    topic: topics.size === 1 ? (first?.topic ?? '') : `${topics.size} topics`,
    source: settings.source,
    every: `${settings.intervalMs / 1000}s`,
    kafka: settings.kafka.brokers instanceof Array ? settings.kafka.brokers.join(',') : '',
  }
}
