import { errorCode } from './error-codes.ts'
import { WireReader } from './wire-reader.ts'

/**
 * DescribeQuorum (API 55) from version 1 on tells when each controller was caught up, by the clock of the active one
 * (KIP-836, Kafka 3.3). For the active one itself that is the time of the answer: the only clock that Kafka tells.
 * https://kafka.apache.org/protocol#The_Messages_DescribeQuorum
 */
export const describeQuorumVersion = 1

const metadataTopic = '__cluster_metadata'

/** Body of the request. It begins with the tagged fields of the header, as that of Metadata does. */
export function encodeDescribeQuorumRequest(): Buffer {
  const name = Buffer.from(metadataTopic)
  const noTags = 0
  const oneElement = 2 // compact arrays and strings have a length that is one higher
  const partition = [0, 0, 0, 0]
  return Buffer.from([
    ...[noTags, oneElement, name.length + 1, ...name],
    ...[oneElement, ...partition, noTags],
    ...[noTags, noTags],
  ])
}

export interface QuorumAnswer {
  readonly errorCode: number
  /** Clock of the active controller at its answer, epoch ms; `undefined` if the answer has none. */
  readonly controllerTime: number | undefined
}

/** @throws MalformedResponseError */
export function readDescribeQuorumResponse(body: Buffer): QuorumAnswer {
  const reader = new WireReader(body)
  reader.skipTaggedFields() // of the response header
  const refused = reader.int16()
  if (refused !== errorCode.none) return { errorCode: refused, controllerTime: undefined }
  let answer: QuorumAnswer = { errorCode: errorCode.none, controllerTime: undefined }
  for (let topics = reader.compactArrayLength(); topics > 0; topics--) {
    reader.compactString()
    for (let partitions = reader.compactArrayLength(); partitions > 0; partitions--) answer = readPartition(reader)
    reader.skipTaggedFields()
  }
  reader.skipTaggedFields()
  return answer
}

function readPartition(reader: WireReader): QuorumAnswer {
  reader.int32() // partition
  const code = reader.int16()
  const leader = reader.int32()
  reader.int32() // leader epoch
  reader.int64() // high watermark
  let controllerTime: number | undefined
  for (let lists = 0; lists < 2; lists++) {
    // voters, then observers
    for (let replicas = reader.compactArrayLength(); replicas > 0; replicas--) {
      const { id, caughtUpAt } = readReplica(reader)
      if (id === leader && caughtUpAt > 0) controllerTime = caughtUpAt
    }
  }
  reader.skipTaggedFields()
  return { errorCode: code, controllerTime }
}

function readReplica(reader: WireReader): { readonly id: number; readonly caughtUpAt: number } {
  const id = reader.int32()
  reader.int64() // log end offset
  reader.int64() // last fetch
  const caughtUpAt = reader.int64()
  reader.skipTaggedFields()
  return { id, caughtUpAt }
}
