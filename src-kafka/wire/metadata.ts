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
}

export interface ClusterMetadata {
  readonly brokers: readonly BrokerAddress[]
  readonly topics: readonly TopicMetadata[]
}

/** The first version with topic ids (Kafka 2.8). It is a flexible version. */
export const metadataVersion = 10

/**
 * Body of a Metadata request (version 10) for all topics. It begins with the tagged fields of the request header, which
 * kafkajs does not write.
 */
export function encodeMetadataRequest(): Buffer {
  const headerTags = 0
  const allTopics = 0
  const noTopicCreation = 0
  const noClusterOperations = 0
  const noTopicOperations = 0
  const tags = 0
  return Buffer.from([headerTags, allTopics, noTopicCreation, noClusterOperations, noTopicOperations, tags])
}

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
  reader.int32() // authorized operations
  reader.skipTaggedFields()
  return { topic, id, errorCode, partitions }
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
