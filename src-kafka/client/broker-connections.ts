import type { Kafka } from 'kafkajs'
import type { TopicPartition } from '../stream.ts'
import { describeQuorumVersion, encodeDescribeQuorumRequest } from '../wire/describe-quorum.ts'
import {
  encodeListOffsetsRequest,
  listOffsetsVersion,
  type ListedOffset,
  readListOffsetsResponse,
} from '../wire/list-offsets.ts'
import {
  type BrokerAddress,
  type ClusterMetadata,
  encodeMetadataRequest,
  metadataVersion,
  readMetadataResponse,
} from '../wire/metadata.ts'
import {
  internalCluster,
  sendRaw,
  type InternalBroker,
  type InternalCluster,
  type InternalMetadata,
  type RawRequest,
} from './kafka-internals.ts'

const fetchApi = { apiKey: 1, apiVersion: 11, apiName: 'Fetch' } as const
const listOffsetsApi = { apiKey: 2, apiVersion: listOffsetsVersion, apiName: 'ListOffsets' } as const
const quorumApi = { apiKey: 55, apiVersion: describeQuorumVersion, apiName: 'DescribeQuorum' } as const
const metadataApi = { apiKey: 3, apiVersion: metadataVersion, apiName: 'Metadata' } as const

/**
 * Signed-in connections to the brokers of a cluster, by their ids. Each broker has one connection for Fetch and one for
 * the rest. A request that gets no answer rejects after the client's time limit.
 */
export class BrokerConnections {
  readonly #cluster: InternalCluster
  readonly #brokers = new Map<number, InternalBroker>()

  constructor(kafka: Kafka) {
    this.#cluster = internalCluster(kafka)
  }

  /**
   * All topics and their leaders, from any broker that answers. Brokers that are new or moved to another address are
   * known from then on.
   * @throws the error of the last broker asked
   */
  async metadata(): Promise<ClusterMetadata> {
    const metadata = await this.#askAny()
    for (const address of metadata.brokers) await this.#keep(address)
    const ids = new Set(metadata.brokers.map(({ nodeId }) => nodeId))
    for (const nodeId of this.#brokers.keys()) if (!ids.has(nodeId)) this.drop(nodeId)
    return metadata
  }

  /** Connects to one of the configured brokers and signs in. */
  async signIn(): Promise<void> {
    await this.#cluster.connect()
  }

  /** @returns the body of the response */
  async ask(nodeId: number, request: RawRequest): Promise<Buffer> {
    return sendRaw(await this.#connected(nodeId), request)
  }

  /** Offsets of partitions that this broker leads. `timestamp`: see `offsetOf`. */
  async listOffsets(nodeId: number, partitions: readonly TopicPartition[], timestamp: bigint): Promise<ListedOffset[]> {
    const broker = await this.#connected(nodeId)
    const body = encodeListOffsetsRequest(partitions, timestamp)
    return readListOffsetsResponse(await sendRaw(broker, { ...listOffsetsApi, body }))
  }

  /** `body`: a Fetch request, version 11. @returns the body of the response */
  async fetch(nodeId: number, body: Buffer): Promise<Buffer> {
    return sendRaw(await this.#connected(nodeId), { ...fetchApi, body })
  }

  /** @returns the body of a DescribeQuorum response; `undefined` if no broker is connected that knows the request */
  async quorum(): Promise<Buffer | undefined> {
    const isNew = ({ versions }: InternalBroker) =>
      (versions?.[quorumApi.apiKey]?.maxVersion ?? 0) >= quorumApi.apiVersion
    const broker = [...this.#brokers.values()].find((one) => one.isConnected() && isNew(one))
    return broker && sendRaw(broker, { ...quorumApi, body: encodeDescribeQuorumRequest() })
  }

  /** Closes the connections to this broker. The next request connects again, to the address that is known then. */
  drop(nodeId: number): void {
    const broker = this.#brokers.get(nodeId)
    if (!broker) return
    this.#brokers.delete(nodeId)
    // It waits for open requests, which end by themselves.
    void broker.disconnect().catch(() => undefined)
  }

  async #askAny(): Promise<ClusterMetadata> {
    const known = [...this.#brokers.values()]
    const connected = known.filter((broker) => broker.isConnected())
    for (const broker of [...connected, ...known.filter((one) => !connected.includes(one))]) {
      try {
        return await metadataOf(broker)
      } catch {
        // another broker may answer
      }
    }
    const { brokerPool } = this.#cluster
    await this.#cluster.connect()
    if (brokerPool.seedBroker?.versions === null) {
      // Its first request got no answer. kafkajs takes the open connection for a working one, and stays with it.
      await brokerPool.createSeedBroker()
      await this.#cluster.connect()
    }
    const seed = brokerPool.seedBroker
    if (!seed) throw new Error('kafkajs connected to no broker')
    return metadataOf(seed)
  }

  async #keep({ nodeId, host, port }: BrokerAddress): Promise<void> {
    const known = this.#brokers.get(nodeId)
    if (known?.connectionPool.host === host && known.connectionPool.port === port) return
    this.drop(nodeId)
    const { brokerPool, connectionPoolBuilder } = this.#cluster
    const seed = brokerPool.seedBroker
    if (seed?.connectionPool.host === host && seed.connectionPool.port === port) {
      this.#brokers.set(nodeId, seed)
      return
    }
    const connectionPool = await connectionPoolBuilder.build({ host, port })
    const { rootLogger: logger } = brokerPool
    this.#brokers.set(
      nodeId,
      brokerPool.createBroker({ logger, versions: seed?.versions ?? null, connectionPool, nodeId }),
    )
  }

  async #connected(nodeId: number): Promise<InternalBroker> {
    let broker = this.#brokers.get(nodeId)
    if (!broker) {
      await this.metadata()
      broker = this.#brokers.get(nodeId)
    }
    if (!broker) throw new Error(`broker ${nodeId} is not part of the cluster`)
    if (!broker.isConnected()) await broker.connect()
    return broker
  }
}

async function metadataOf(broker: InternalBroker): Promise<ClusterMetadata> {
  if (!broker.isConnected()) await broker.connect()
  const newest = broker.versions?.[metadataApi.apiKey]?.maxVersion ?? 0
  if (newest < metadataVersion) return fromOldBroker(await broker.metadata([]))
  return readMetadataResponse(await sendRaw(broker, { ...metadataApi, body: encodeMetadataRequest() }))
}

/** Kafka before 2.8 tells no topic ids. */
function fromOldBroker({ brokers, topicMetadata }: InternalMetadata): ClusterMetadata {
  return {
    brokers,
    topics: topicMetadata.map(({ topic, topicErrorCode, partitionMetadata }) => ({
      topic,
      id: '',
      errorCode: topicErrorCode,
      partitions: partitionMetadata.map(({ partitionId, leader }) => ({ partition: partitionId, leader })),
    })),
  }
}
