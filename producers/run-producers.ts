import { once } from 'node:events'
import { setInterval } from 'node:timers'
import type { Log } from '#shared/log.ts'
import { simulatedServer } from '#shared/simulation/simulated-server.ts'
import { demoPlan, fleetPlan } from '#shared/simulation/spikes.ts'
import { producerRecord, type ProducerNode } from './message.ts'
import { KafkaDestination } from '../src-kafka/produce/kafka-destination.ts'
import { SendQueue } from './queue/send-queue.ts'
import { produceBacklog, keepPace, type Pace } from './pace.ts'
import type { ProducerSettings } from './settings/producer-settings.ts'
import { hostSource } from './source/host-source.ts'
import type { MetricSource } from './source/metric-source.ts'

/** Time to send queued records after a signal. A container is killed after 10 s. */
const flushMs = 9_000
const reportEveryMs = 60_000
/** Queued records of a backlog: it is created no faster than Kafka stores it. */
const backlogLimit = 20_000
/** Up to this number, nodes are demo servers with frequent spikes. More are a fleet. */
const demoNodes = 4

export interface RunDeps {
  readonly log: Log
  readonly now: () => number
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
}

/** Publishes until the count is reached or the signal comes, then flushes. @returns how many records remain unsent */
export async function runProducers(settings: ProducerSettings, deps: RunDeps): Promise<number> {
  const { log, now, signal } = deps
  const destination = new KafkaDestination({
    settings: { ...settings.kafka, clientId: clientIdOf(settings) },
    partitions: settings.partitions,
    now,
  })
  const queue = new SendQueue({ destination, log, now })
  log.info('producer starting', startFields(settings))
  queue.start()
  const report = setInterval(() => reportOn(queue, log, 'records'), reportEveryMs)
  const startedAt = now()
  const sources = await sourcesOf(settings, startedAt)
  const pace: Pace = {
    nodes: settings.nodes.length,
    intervalMs: settings.intervalMs,
    rounds: settings.count,
    startedAt,
    now,
    signal,
    skipped: (count) => log.warn('measurements skipped: this machine slept or is too slow', { count }),
    measure: async (index, at) => {
      const node = settings.nodes[index] as ProducerNode
      const metrics = await (sources[index] as MetricSource).read(at)
      if (Object.keys(metrics).length === 0) return
      queue.add(producerRecord(node, at, metrics))
      if (settings.backlog) await queue.waitUntilBelow(backlogLimit)
    },
  }
  await (settings.backlog ? produceBacklog(pace) : keepPace(pace))
  const left = await flush(queue, signal)
  clearInterval(report)
  reportOn(
    queue,
    log,
    left === 0 ? 'producer stopped, all records stored' : 'producer stopped, unsent records discarded',
  )
  if (left === 0) await destination.close()
  return left
}

/** Without a signal, waits until everything is stored. */
async function flush(queue: SendQueue, signal: AbortSignal): Promise<number> {
  if (signal.aborted) return queue.close(flushMs)
  const interrupted = once(signal, 'abort')
  await Promise.race([queue.waitUntilBelow(1), interrupted])
  return queue.close(flushMs)
}

async function sourcesOf(settings: ProducerSettings, startedAt: number): Promise<MetricSource[]> {
  if (settings.source === 'host') return [await hostSource()]
  const { nodes, intervalMs, count = 0, backlog } = settings
  const spikes = nodes.length > demoNodes ? fleetPlan(nodes.length) : demoPlan
  const begin = backlog ? startedAt - count * intervalMs : startedAt
  return nodes.map(({ seed }) => simulatedServer({ seed, startedAt: begin, spikes }))
}

function reportOn(queue: SendQueue, log: Log, message: string): void {
  log.info(message, { stored: queue.stored, waiting: queue.waiting, dropped: queue.dropped })
}

function clientIdOf({ nodes }: ProducerSettings): string {
  return nodes.length === 1 ? `remo-producer-${nodes[0]?.id}` : 'remo-producer-fleet'
}

function startFields(settings: ProducerSettings) {
  const [first] = settings.nodes
  const topics = new Set(settings.nodes.map((node) => node.topic))
  return {
    node: settings.nodes.length === 1 ? (first?.id ?? '') : `${settings.nodes.length} nodes`,
    topic: topics.size === 1 ? (first?.topic ?? '') : `${topics.size} topics`,
    source: settings.source,
    every: `${settings.intervalMs / 1000}s`,
    kafka: settings.kafka.brokers.join(','),
  }
}
