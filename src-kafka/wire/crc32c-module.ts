import { crc32cTable } from './crc32c.ts'

/**
 * A WebAssembly module that computes CRC-32C, put together here: no build step and no file beside the code. On data in
 * its memory it does 4.4 GB/s where `crc32c` does 1.25 GB/s, and 2.5 GB/s on 240 bytes. A native module that uses the
 * instruction of the processor does 5.8 GB/s, but 0.9 GB/s on 240 bytes: its call takes longer than such a batch.
 *
 * A block of 2 KiB is cut into 16 lanes of 128 bytes. All lanes advance by one byte at once: a lookup of 16 bytes is
 * two lookups of 4 bits, each one `swizzle`. The four bytes of the 16 checksums are in four vectors, and the data is
 * transposed so that a vector holds one byte of each lane. Then the checksums of the lanes are joined: the one before,
 * moved over 128 zero bytes by a table, plus the next one. What is left is done 16 bytes a step by tables.
 */
export interface Crc32cModule {
  readonly memory: Uint8Array
  /** Continues `crc` over the bytes of `memory` from `at` up to `end`. Begin with -1, and invert the result. */
  readonly update: (crc: number, at: number, end: number) => number
}

const lanes = 16
const laneBytes = 128
const blockBytes = lanes * laneBytes
const stepBytes = 16

/** Places in the memory of the module. */
const tableAt = 0
const shiftAt = tableAt + stepBytes * 1024
const nibblesAt = shiftAt + 4 * 1024
const lanesAt = nibblesAt + 8 * 16
export const dataAt = 0x8000
export const dataBytes = 0x28000
const pageBytes = 0x10000

/** What is used of WebAssembly. TypeScript has its types only in the library of browsers. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer }
      readonly update: Crc32cModule['update']
    }
  }
}

/** @returns `undefined` where vectors of WebAssembly are not supported */
export function makeCrc32cModule(): Crc32cModule | undefined {
  try {
    const { Instance, Module } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly
    const { memory, update } = new Instance(new Module(moduleBytes())).exports
    const bytes = new Uint8Array(memory.buffer)
    writeTables(new Int32Array(memory.buffer), bytes)
    return { memory: bytes, update }
  } catch {
    return undefined
  }
}

function writeTables(words: Int32Array, bytes: Uint8Array): void {
  const table = crc32cTable(stepBytes)
  words.set(table, tableAt / 4)
  for (let place = 0; place < 4; place++) {
    for (let byte = 0; byte < 256; byte++) {
      let crc = byte << (8 * place)
      for (let zeros = laneBytes; zeros > 0; zeros--) crc = (crc >>> 8) ^ (table[crc & 0xff] as number)
      words[shiftAt / 4 + 256 * place + byte] = crc
    }
    for (let nibble = 0; nibble < 16; nibble++) {
      bytes[nibblesAt + 16 * place + nibble] = (table[nibble] as number) >>> (8 * place)
      bytes[nibblesAt + 64 + 16 * place + nibble] = (table[nibble << 4] as number) >>> (8 * place)
    }
  }
}

// Instructions: https://webassembly.github.io/spec/core/binary/instructions.html
type Code = readonly number[]

const unsigned = (n: number): Code => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...unsigned(n >>> 7)])
const signed = (n: number): Code => (n >= -64 && n < 64 ? [n & 0x7f] : [(n & 0x7f) | 0x80, ...signed(n >> 7)])
const get = (local: number): Code => [0x20, local]
const set = (local: number): Code => [0x21, local]
const tee = (local: number): Code => [0x22, local]
const number = (n: number): Code => [0x41, ...signed(n)]
const load = (offset: number): Code => [0x28, 0, ...unsigned(offset)]
const loadByte = (offset: number): Code => [0x2d, 0, ...unsigned(offset)]
const [add, subtract, and, xor, shiftLeft, shiftRight] = [[0x6a], [0x6b], [0x71], [0x73], [0x74], [0x76]]
const [isBelow, isAtLeast] = [[0x49], [0x4f]]
const loadVector = (offset: number): Code => [0xfd, 0x00, 0, ...unsigned(offset)]
const storeVector = (offset: number): Code => [0xfd, 0x0b, 0, ...unsigned(offset)]
const everyByte = (byte: number): Code => [0xfd, 0x0c, ...Array<number>(16).fill(byte)]
const shuffle = (order: Code): Code => [0xfd, 0x0d, ...order]
const [replaceFirstByte, andVector, xorVector] = [
  [0xfd, 0x17, 0],
  [0xfd, 0x4e],
  [0xfd, 0x51],
]
const shiftRightPairs: Code = [0xfd, 0x8d, 0x01]
/** `relaxed_swizzle`: one instruction of the processor. It differs from `swizzle` only for indexes above 15. */
const swizzle: Code = [0xfd, 0x80, 0x02]
const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b]
const repeatWhile = (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b]
/** Alternates `width` bytes of two vectors, beginning in both at byte `from`. */
const interleave = (from: number, width = 1): Code =>
  shuffle(
    indexes(16).map(
      (n) => from + width * Math.floor(n / (2 * width)) + (n % width) + (n % (2 * width) < width ? 0 : 16),
    ),
  )

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}

// Locals: three parameters, two numbers, then vectors.
const [crc, at, end, row, rowsEnd] = [0, 1, 2, 3, 4] as const
const numbers = 2
/** Byte k of the 16 checksums. */
const checksums = [5, 6, 7, 8]
/** For the lower and the upper 4 bits: byte k of the table's entries. */
const lowerTables = [9, 10, 11, 12]
const upperTables = [13, 14, 15, 16]
const data = indexes(16).map((n) => 17 + n)
const transposed = indexes(16).map((n) => 33 + n)
const [index, lower, upper] = [49, 50, 51] as const
const vectors = 47

/** Entry for the byte at the top of the stack. */
const entryOfByte = (table: number): Code => [...number(2), ...shiftLeft, ...load(table)]

/** Entry of the table at `table` for byte `place` of a number. */
const entryFor = (value: Code, place: number, table: number): Code => [
  ...value,
  ...(place > 0 ? [...number(8 * place), ...shiftRight] : []),
  ...(place < 3 ? [...number(0xff), ...and] : []),
  ...entryOfByte(table),
]
const xorOf = (terms: readonly Code[]): Code => terms.flatMap((term, n) => (n === 0 ? term : [...term, ...xor]))
const advance = (local: number, bytes: number): Code => [...get(local), ...number(bytes), ...add, ...tee(local)]
const isLeft = (bytes: number): Code => [...get(end), ...get(at), ...subtract, ...number(bytes), ...isAtLeast]

/** 16 bytes by 16 tables: that of a byte depends on how many bytes are behind it. The first 4 meet the checksum. */
const step: Code = [
  ...[...get(at), ...load(0), ...get(crc), ...xor, ...set(crc)],
  ...xorOf(
    indexes(stepBytes)
      .toReversed()
      .map((n) => {
        const table = tableAt + 1024 * (stepBytes - 1 - n)
        return n < 4 ? entryFor(get(crc), n, table) : [...get(at), ...loadByte(n), ...entryOfByte(table)]
      }),
  ),
  ...set(crc),
  ...advance(at, stepBytes),
  0x1a, // drop
]

const oneByte: Code = [
  ...[...get(crc), ...number(8), ...shiftRight],
  ...entryFor([...get(crc), ...get(at), ...loadByte(0), ...xor], 0, tableAt),
  ...[...xor, ...set(crc)],
  ...advance(at, 1),
]

/** Four times alternating the bytes of rows n and n + 8 makes columns of rows. */
function transpose(): Code {
  const code: number[] = []
  for (let round = 0; round < 4; round++) {
    const [from, to] = round % 2 === 0 ? [data, transposed] : [transposed, data]
    for (let n = 0; n < 8; n++) {
      const pair = [...get(from[n] as number), ...get(from[n + 8] as number)]
      code.push(...pair, ...interleave(0), ...set(to[2 * n] as number))
      code.push(...pair, ...interleave(8), ...set(to[2 * n + 1] as number))
    }
  }
  return code
}

/** Advances the checksums of all lanes by one byte each. */
const advanceLanes = (bytes: number): Code => [
  ...[...get(checksums[0] as number), ...get(bytes), ...xorVector, ...tee(index)],
  ...[...everyByte(0x0f), ...andVector, ...set(lower)],
  ...[...get(index), ...number(4), ...shiftRightPairs, ...everyByte(0x0f), ...andVector, ...set(upper)],
  ...checksums.flatMap((checksum, n) => [
    ...[...get(lowerTables[n] as number), ...get(lower), ...swizzle],
    ...[...get(upperTables[n] as number), ...get(upper), ...swizzle, ...xorVector],
    ...(n < 3 ? [...get(checksums[n + 1] as number), ...xorVector] : []),
    ...set(checksum),
  ]),
]

/** Writes the 16 checksums, four bytes each, and joins them. */
function joinLanes(): Code {
  const [one, two, three, four] = checksums as [number, number, number, number]
  const parts = [0, 8].flatMap((half) => {
    const pairs = [...get(one), ...get(two), ...interleave(half), ...get(three), ...get(four), ...interleave(half)]
    return [0, 8].map((from) => [...pairs, ...interleave(from, 2)])
  })
  const moved = indexes(4).map((place) => entryFor(get(crc), place, shiftAt + 1024 * place))
  return [
    ...parts.flatMap((part, n) => [...number(0), ...part, ...storeVector(lanesAt + 16 * n)]),
    ...[...number(0), ...load(lanesAt), ...set(crc)],
    ...indexes(lanes - 1).flatMap((n) => [
      ...xorOf([...moved, [...number(0), ...load(lanesAt + 4 * (n + 1))]]),
      ...set(crc),
    ]),
  ]
}

const block: Code = [
  // The checksum of what came before goes into the first lane.
  ...checksums.flatMap((checksum, n) => [
    ...[...everyByte(0), ...get(crc), ...number(8 * n), ...shiftRight],
    ...[...replaceFirstByte, ...set(checksum)],
  ]),
  ...[...get(at), ...tee(row), ...number(laneBytes), ...add, ...set(rowsEnd)],
  ...repeatWhile(
    [
      ...data.flatMap((vector, lane) => [...get(row), ...loadVector(lane * laneBytes), ...set(vector)]),
      ...transpose(),
      ...data.flatMap((vector) => advanceLanes(vector)),
    ],
    [...advance(row, 16), ...get(rowsEnd), ...isBelow],
  ),
  ...joinLanes(),
  ...[...get(at), ...number(blockBytes), ...add, ...set(at)],
]

const loadTables: Code = [...lowerTables, ...upperTables].flatMap((vector, n) => [
  ...[...number(0), ...loadVector(nibblesAt + 16 * n), ...set(vector)],
])

function moduleBytes(): Uint8Array {
  const body = [
    ...[2, numbers, 0x7f, vectors, 0x7b], // locals: i32, v128
    ...when(isLeft(blockBytes), [...loadTables, ...repeatWhile(block, isLeft(blockBytes))]),
    ...when(isLeft(stepBytes), repeatWhile(step, isLeft(stepBytes))),
    ...when(isLeft(1), repeatWhile(oneByte, [...get(end), ...isBelow])),
    ...[...get(crc), 0x0b],
  ]
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content]
  const name = (text: string): Code => [text.length, ...Buffer.from(text)]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7f]), // (i32, i32, i32) -> i32
    ...section(3, [1, 0]),
    ...section(5, [1, 0, (dataAt + dataBytes) / pageBytes]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('update'), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ])
}
