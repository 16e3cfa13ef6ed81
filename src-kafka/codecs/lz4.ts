/**
 * The LZ4 frame format (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md) as Kafka writes it. Frame and
 * blocks are read here: lz4js checks no length and loops on damaged data. Checksums are not verified: that of the batch
 * covers the same bytes.
 */
const frameMagic = 0x184d2204
const blockSizes: Readonly<Record<number, number>> = { 4: 0x10000, 5: 0x40000, 6: 0x100000, 7: 0x400000 }
const storedFlag = 0x80000000
const shortestMatch = 4
/** Below this, a loop copies faster than a call. */
const shortCopy = 32

interface Block {
  readonly at: number
  readonly end: number
  /** Not compressed: copied unchanged. */
  readonly stored: boolean
}

/** @throws if the frame is damaged or exceeds `maxBytes` */
export function unlz4(payload: Buffer, maxBytes: number): Uint8Array {
  const { blocks, blockSize } = readFrame(payload)
  // Measured first: clients declare blocks of 4 MiB for a few bytes, and nothing is allocated for damaged data.
  let size = 0
  for (const block of blocks) {
    const bytes = block.stored ? block.end - block.at : decompressedBytes(payload, block)
    if (bytes > blockSize) throw new Error('an LZ4 block is damaged')
    size += bytes
    if (size > maxBytes) throw new Error('the LZ4 frame exceeds the size limit')
  }
  const target = new Uint8Array(size)
  let length = 0
  for (const block of blocks) {
    if (block.stored) {
      target.set(payload.subarray(block.at, block.end), length)
      length += block.end - block.at
    } else length = decompressBlock(payload, block, { target, from: length })
  }
  return target
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
    blocks.push({ at, end: at + length, stored: (word & storedFlag) !== 0 })
    at += length + checksumBytes
  }
}

/** Where the current sequence of a block goes on, and how long the length is that was read last. */
let next = 0

/** A length of 15 in the token goes on in the bytes that follow, up to the first below 255. */
function wholeLength(source: Uint8Array, nibble: number, end: number): number {
  let length = nibble
  if (nibble < 15) return length
  for (let byte = 255; byte === 255;) {
    if (next >= end) throw new Error('an LZ4 block is damaged')
    byte = source[next++] as number
    length += byte
  }
  return length
}

/** Checks all lengths of a block. */
function decompressedBytes(source: Uint8Array, { at, end }: Block): number {
  let size = 0
  next = at
  while (next < end) {
    const token = source[next++] as number
    const literals = wholeLength(source, token >> 4, end)
    next += literals
    size += literals
    if (next === end) return size
    next += 2
    if (next > end) break
    size += wholeLength(source, token & 0x0f, end) + shortestMatch
  }
  throw new Error('an LZ4 block is damaged')
}

/** Decompresses a block whose lengths were checked. A match may reach into the blocks before. */
function decompressBlock(
  source: Uint8Array,
  { at, end }: Block,
  { target, from }: { readonly target: Uint8Array; readonly from: number },
): number {
  let to = from
  next = at
  for (;;) {
    const token = source[next++] as number
    const literals = wholeLength(source, token >> 4, end)
    copy(target, to, { source, at: next, length: literals })
    next += literals
    to += literals
    if (next === end) return to
    const distance = (source[next] as number) | ((source[next + 1] as number) << 8)
    next += 2
    if (distance === 0 || distance > to) throw new Error('an LZ4 block is damaged')
    const length = wholeLength(source, token & 0x0f, end) + shortestMatch
    repeat(target, to, { distance, length })
    to += length
  }
}

interface Literals {
  readonly source: Uint8Array
  readonly at: number
  readonly length: number
}

function copy(target: Uint8Array, to: number, { source, at, length }: Literals): void {
  if (length > shortCopy) target.set(source.subarray(at, at + length), to)
  else for (let n = 0; n < length; n++) target[to + n] = source[at + n] as number
}

/** A match longer than its distance repeats itself. */
function repeat(target: Uint8Array, to: number, { distance, length }: { distance: number; length: number }): void {
  const from = to - distance
  if (length > shortCopy && distance >= length) target.copyWithin(to, from, from + length)
  else for (let n = 0; n < length; n++) target[to + n] = target[from + n] as number
}
