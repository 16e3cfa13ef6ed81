import { WireReader } from './wire-reader.ts'

export interface BrokerAddress {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

export interface PartitionMetadata {
  readonly partition: number
  /** Broker that leads it; -1 while there is none. */
  readonly leader: number
}

export interface TopicMetadata {
  readonly topic: string
  /** Changes when the topic is deleted and created again. Empty if the broker is too old to tell. */
  readonly id: string
  /** Protocol error code; 0 without an error. */
  readonly errorCode: number
  readonly partitions: readonly PartitionMetadata[]
  /** Bit n: this user may do operation n of Kafka's ACLs. Absent unless asked for. */
  readonly operations?: number
}

export interface ClusterMetadata {
  readonly brokers: readonly BrokerAddress[]
  readonly topics: readonly TopicMetadata[]
}

/** The first version with topic ids (Kafka 2.8). It is a flexible version. */
export const metadataVersion = 10

export interface MetadataQuestion {
  /** Absent: all topics that this user may describe. */
  readonly topics?: readonly string[]
  /** Asks what this user may do with each topic. */
  readonly operations?: boolean
}

/**
 * Body of a Metadata request (version 10). It creates no topic. It begins with the tagged fields of the request header,
 * which kafkajs does not write.
 */
export function encodeMetadataRequest({ topics, operations = false }: MetadataQuestion = {}): Buffer {
  const headerTags = 0
  const allTopics = 0
  const noTopicCreation = 0
  const noClusterOperations = 0
  const tags = 0
  const named = topics
    ? [encodeUnsignedVarint(topics.length + 1), ...topics.map(encodeTopicName)]
    : [Buffer.of(allTopics)]
  const end = Buffer.of(noTopicCreation, noClusterOperations, operations ? 1 : 0, tags)
  return Buffer.concat([Buffer.of(headerTags), ...named, end])
}

function encodeTopicName(topic: string): Buffer {
  const name = Buffer.from(topic)
  const [noTopicId, tags] = [Buffer.alloc(16), Buffer.of(0)]
  return Buffer.concat([noTopicId, encodeUnsignedVarint(name.length + 1), name, tags])
}

function encodeUnsignedVarint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.of(...bytes, rest)
    bytes.push((rest & 0x7f) | 0x80)
  }
}

/** What the broker writes if it was not asked. */
const noOperations = -0x8000_0000

/** @throws MalformedResponseError */
export function readMetadataResponse(body: Buffer): ClusterMetadata {
  const reader = new WireReader(body)
  reader.skipTaggedFields() // of the response header
  reader.int32() // throttle time
  const brokers = compactArray(reader, readBroker)
  reader.compactString() // cluster id
  reader.int32() // controller
  return { brokers, topics: compactArray(reader, readTopic) }
}

function readBroker(reader: WireReader): BrokerAddress {
  const broker = { nodeId: reader.int32(), host: reader.compactString(), port: reader.int32() }
  reader.compactString() // rack
  reader.skipTaggedFields()
  return broker
}

function readTopic(reader: WireReader): TopicMetadata {
  const errorCode = reader.int16()
  const topic = reader.compactString()
  const id = reader.uuid()
  reader.int8() // internal
  const partitions = compactArray(reader, readPartition)
  const operations = reader.int32()
  reader.skipTaggedFields()
  return { topic, id, errorCode, partitions, ...(operations === noOperations ? {} : { operations }) }
}

function readPartition(reader: WireReader): PartitionMetadata {
  reader.int16() // error: the leader says the same
  const partition = reader.int32()
  const leader = reader.int32()
  reader.int32() // leader epoch
  for (let lists = 0; lists < 3; lists++) compactArray(reader, (ids) => ids.int32()) // replicas, in sync, offline
  reader.skipTaggedFields()
  return { partition, leader }
}

function compactArray<T>(reader: WireReader, read: (reader: WireReader) => T): T[] {
  return Array.from({ length: reader.compactArrayLength() }, () => read(reader))
}
