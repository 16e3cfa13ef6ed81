/** Largest second of a chunk id, in the year 2105. The rest of 2^32 is for ids that moved to a free second. */
const lastSecond = 0xff00_0000

/** An event time (epoch ms) as the second in a chunk id. Times before 1970 become 0. */
export function secondOf(at: number): number {
  return Math.min(Math.max(Math.floor(at / 1000), 0), lastSecond)
}

/** part x 2^32 + second: the chunks of a part are adjacent, in order of time. */
export function chunkIdOf(part: number, second: number): number {
  return part * 2 ** 32 + second
}

/** The part of a chunk. */
export function partOf(id: number): number {
  return Math.floor(id / 2 ** 32)
}
