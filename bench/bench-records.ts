import { type Kafka, Partitioners } from 'kafkajs'
import { producerRecord } from '../producers/message.ts'
import { simulatedServer } from '#shared/simulation/simulated-server.ts'
import { fleetPlan } from '#shared/simulation/spikes.ts'

/** Metrics of a record, in order. */
export const metrics = ['cpu_usage', 'memory_usage', 'disk_io', 'network_traffic'] as const

export const nodeIdOf = (index: number): string => `bench-${index}`

/** Record values that `nodes` simulated servers publish in the last `rounds` seconds, in time order. */
export function* recordValues(nodes: number, rounds: number): Generator<Buffer> {
  const startedAt = Date.now() - rounds * 1000
  const servers = Array.from({ length: nodes }, (_, index) => ({
    node: { id: nodeIdOf(index), name: `Bench ${index}`, topic: '', seed: index },
    source: simulatedServer({ seed: index, startedAt, spikes: fleetPlan(nodes) }),
  }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, { node, source }] of servers.entries()) {
      const at = Math.round(startedAt + (round + index / nodes) * 1000)
      yield Buffer.from(producerRecord(node, at, source.read(at)).value)
    }
  }
}

export interface Backlog {
  readonly topic: string
  readonly partitions: number
  readonly values: readonly Buffer[]
  /** Records per batch in the log. */
  readonly batch: number
  /** Where record `index` goes; default: to one partition after the other. */
  readonly partitionOf?: (index: number) => number
}

/** Fills a new topic: record i goes to partition i mod partitions, in batches of `batch` records. */
export async function writeBacklog(
  kafka: Kafka,
  {
    topic,
    partitions,
    values,
    batch,
    partitionOf = (index) => index % partitions,
  }: Omit<Backlog, 'values'> & { readonly values: Iterable<Buffer> },
): Promise<void> {
  await createTopic(kafka, topic, partitions)
  const producer = kafka.producer({
    idempotent: true, // a retried request must not store records twice
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  // one request can carry one batch per partition
  const perRequest = batch * partitions
  let sent = 0
  for (const piece of pieces(values, perRequest)) {
    await producer.send({
      topic,
      messages: piece.map((value, index) => ({ key: null, value, partition: partitionOf(sent + index) })),
    })
    sent += piece.length
  }
  await producer.disconnect()
}

function* pieces<T>(values: Iterable<T>, size: number): Generator<T[]> {
  let piece: T[] = []
  for (const value of values) {
    piece.push(value)
    if (piece.length < size) continue
    yield piece
    piece = []
  }
  if (piece.length > 0) yield piece
}

export async function createTopic(kafka: Kafka, topic: string, numPartitions: number): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions }] })
  await admin.disconnect()
}
