import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Admin } from 'kafkajs'
import { quietClient } from '../contract/stream-broker.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Kafka as Broker, startKafka } from '../../scripts/stack/servers/kafka-server.ts'
import { randomClusterId } from '../../scripts/stack/servers/broker.ts'
import { eventually } from './field-producer.ts'
import { tcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** Three real brokers on this machine: replication factor 3, two replicas for each write. */
export interface KafkaCluster {
  readonly dir: string
  /** Their addresses, separated by commas. */
  readonly bootstrap: string
  /** Addresses of the same brokers behind `links`. Who begins there stays there. */
  readonly linked: string
  /** By id - 1. */
  readonly brokers: readonly ClusterBroker[]
  readonly admin: Admin
  readonly createTopic: (topic: string, partitions?: number) => Promise<void>
  /** Resolves when each partition of the topic has a leader and all replicas follow it. */
  readonly untilInSync: (topic: string) => Promise<void>
  /** @returns the id of the leader of each partition; -1 without one */
  readonly leaders: (topic: string) => Promise<number[]>
  readonly end: () => Promise<void>
}

export interface ClusterBroker {
  readonly id: number
  /** Its link to clients that began at `linked`. */
  readonly link: TcpProxy
  /** On SIGTERM: hands over its leaderships first. */
  stop(): Promise<void>
  /** Like a power cut. */
  kill(): Promise<void>
  /** Freezes it: connections stay open without responses. */
  pause(): void
  resume(): void
  /** After `stop` or `kill`. @param port another one than before: its address changes */
  start(port?: number): Promise<void>
}

interface Ports {
  readonly plain: number
  readonly linked: number
  readonly controller: number
}

const size = 3
const replicated = {
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  // a leader notices a dead follower in seconds, and writes go on
  'replica.lag.time.max.ms': '4000',
  // a killed broker, or controller, is replaced within 2 to 3 s
  'broker.session.timeout.ms': '1500',
  'broker.heartbeat.interval.ms': '300',
  'controller.quorum.fetch.timeout.ms': '1000',
  'controller.quorum.election.timeout.ms': '500',
  // tests move leaders themselves
  'auto.leader.rebalance.enable': 'false',
}

export async function startKafkaCluster(): Promise<KafkaCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'remo-cluster-'))
  const ports = await Promise.all(Array.from({ length: size }, aPortEach))
  const voters = ports.map(({ controller }, n) => `${n + 1}@127.0.0.1:${controller}`).join()
  const clusterId = randomClusterId()
  // All at once: none serves before two of them have elected a controller.
  const brokers = await Promise.all(ports.map((own, n) => startNode({ dir, id: n + 1, clusterId, voters, ports: own })))
  const bootstrap = ports.map(({ plain }) => `127.0.0.1:${plain}`).join()
  const admin = quietClient(bootstrap).admin()
  await admin.connect()
  await eventually(async () => {
    const { brokers: joined } = await admin.describeCluster()
    if (joined.length < size) throw new Error(`${joined.length} of ${size} brokers have joined the cluster`)
  })
  const partitionsOf = async (topic: string) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]?.partitions.toSorted((a, b) => a.partitionId - b.partitionId) ?? []
  }
  const untilInSync = (topic: string, count = 0) =>
    eventually(async () => {
      const partitions = await partitionsOf(topic)
      const late = partitions.filter(({ leader, isr }) => leader < 1 || isr.length < size)
      if (late.length > 0 || partitions.length < count) throw new Error(`topic ${topic} lacks replicas`)
    }, 40_000)
  return {
    dir,
    bootstrap,
    linked: brokers.map(({ link }) => `127.0.0.1:${link.port}`).join(),
    brokers,
    admin,
    createTopic: async (topic, partitions = 1) => {
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false })
      await untilInSync(topic, partitions)
    },
    untilInSync: (topic) => untilInSync(topic),
    leaders: async (topic) => (await partitionsOf(topic)).map(({ leader }) => leader),
    end: async () => {
      await admin.disconnect()
      // An orderly stop of all waits for a controller that is gone.
      await Promise.all(brokers.map((broker) => broker.kill()))
      await Promise.all(brokers.map(({ link }) => link.end()))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function aPortEach(): Promise<Ports> {
  return { plain: await freePort(), linked: await freePort(), controller: await freePort() }
}

interface Node {
  readonly dir: string
  readonly id: number
  readonly clusterId: string
  readonly voters: string
  readonly ports: Ports
}

async function startNode(node: Node): Promise<ClusterBroker> {
  const link = await tcpProxy(node.ports.linked)
  const launch = (port: number) => {
    const dir = join(node.dir, `broker-${node.id}`)
    const properties = propertiesOf(node, port, link.port)
    return startKafka({ dir, port, controllerPort: node.ports.controller, clusterId: node.clusterId, properties })
  }
  let port = node.ports.plain
  let broker: Broker = await launch(port)
  return {
    id: node.id,
    link,
    stop: () => broker.stop(),
    kill: () => broker.kill(),
    pause: () => broker.pause(),
    resume: () => broker.resume(),
    start: async (another = port) => {
      if (another === port) return broker.start()
      port = another
      broker = await launch(port)
    },
  }
}

/** The second listener is known to clients by the address of the link, and brokers among themselves use the first. */
function propertiesOf({ id, voters, ports }: Node, port: number, link: number): Record<string, string> {
  const plain = `PLAINTEXT://127.0.0.1:${port}`
  return {
    ...replicated,
    'node.id': String(id),
    'controller.quorum.voters': voters,
    listeners: `${plain},LINKED://127.0.0.1:${ports.linked},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `${plain},LINKED://127.0.0.1:${link}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,LINKED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
  }
}
