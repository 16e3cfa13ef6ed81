import { lz4 } from './javascript-codecs.ts'

/**
 * The LZ4 frame format (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md) as Kafka writes it. The frame is
 * read here, and only its blocks go to lz4js: its own frame reader checks no length and loops on damaged data.
 * Checksums are not verified; kafkajs does not verify those of Kafka either.
 */
const frameMagic = 0x184d2204
const blockSizes: Readonly<Record<number, number>> = { 4: 0x10000, 5: 0x40000, 6: 0x100000, 7: 0x400000 }
const storedFlag = 0x80000000

interface Block {
  readonly at: number
  readonly length: number
  /** Not compressed: copied unchanged. */
  readonly stored: boolean
}

/** @throws if the frame is damaged or exceeds `maxBytes` */
export function unlz4(payload: Buffer, maxBytes: number): Uint8Array {
  const { blocks, blockSize } = readFrame(payload)
  const target = new Uint8Array(Math.min(blocks.length * blockSize, maxBytes))
  let end = 0
  for (const { at, length, stored } of blocks) {
    const from = end
    if (stored) {
      if (from + length > target.length) throw new Error('the LZ4 frame exceeds the size limit')
      target.set(payload.subarray(at, at + length), from)
      end += length
    } else {
      end = lz4.decompressBlock(payload, target, at, length, from)
    }
    if (end > target.length || end - from > blockSize) throw new Error('the LZ4 frame is damaged or too large')
  }
  return target.subarray(0, end)
}

function readFrame(payload: Buffer): { blocks: Block[]; blockSize: number } {
  if (payload.length < 7 || payload.readUInt32LE(0) !== frameMagic) throw new Error('not an LZ4 frame')
  const flags = payload.readUInt8(4)
  const blockSize = blockSizes[(payload.readUInt8(5) >> 4) & 7]
  if (flags >> 6 !== 1 || blockSize === undefined) throw new Error('unknown LZ4 frame version')
  const checksumBytes = flags & 0x10 ? 4 : 0
  const blocks: Block[] = []
  for (let at = flags & 0x08 ? 15 : 7; ;) {
    const word = payload.readUInt32LE(at) // throws at the end of the data, if the end mark is missing
    if (word === 0) return { blocks, blockSize }
    const length = word & ~storedFlag
    at += 4
    if (at + length > payload.length) throw new Error('an LZ4 block is truncated')
    blocks.push({ at, length, stored: (word & storedFlag) !== 0 })
    at += length + checksumBytes
  }
}
