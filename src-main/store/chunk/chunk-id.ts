/** Seconds of a chunk id; the rest of 2^32 is room for ids that were moved on. The year 2105. */
const lastSecond = 0xff00_0000

/** Second of an event time (epoch ms) as it stands in a chunk id. Times before 1970 all count as 0. */
export function secondOf(at: number): number {
  return Math.min(Math.max(Math.floor(at / 1000), 0), lastSecond)
}

/** node x 2^32 + second: one node's chunks lie side by side, by time. */
export function chunkIdOf(node: number, second: number): number {
  return node * 2 ** 32 + second
}
