/** How much is taken in hand at once. */
export interface ReadingPace {
  /** Partitions whose batches are handed over at the same time. */
  readonly partitions: number
  /** Records of one partition that are handed over in one call. */
  readonly runRecords: number
  /** Of all partitions of a broker together, in one fetch; and of all together that are being stored meanwhile. */
  readonly maxBytes: number
  /** After storage has failed, until it is tried again. */
  readonly storageRetryMs: number
}

/** One thread, one disk, and a window that wants its share of the time. */
export const consolePace: ReadingPace = {
  partitions: 3,
  runRecords: 1_000,
  maxBytes: 4 * 1024 * 1024,
  storageRetryMs: 10_000,
}
