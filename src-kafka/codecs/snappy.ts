import { snappy } from './javascript-codecs.ts'

/**
 * Java clients write the stream format of xerial's snappy-java: this header, then blocks with their length in front.
 */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const xerialHeaderBytes = 16

/**
 * Decompresses both forms of snappy in Kafka: the framed one, and a bare block (librdkafka).
 * @throws if the data is damaged or exceeds `maxBytes`
 */
export function unsnappy(payload: Buffer, maxBytes: number): Uint8Array {
  if (!payload.subarray(0, xerialMagic.length).equals(xerialMagic)) return snappy.uncompress(payload, maxBytes)
  const blocks: Uint8Array[] = []
  let left = maxBytes
  for (let at = xerialHeaderBytes; at < payload.length;) {
    const length = payload.readInt32BE(at)
    at += 4
    if (length < 0 || at + length > payload.length) throw new Error('a snappy block is truncated')
    const block = snappy.uncompress(payload.subarray(at, at + length), left)
    blocks.push(block)
    left -= block.length
    at += length
  }
  return Buffer.concat(blocks)
}
