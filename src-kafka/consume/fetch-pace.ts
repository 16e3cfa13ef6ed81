/** A response of this size means that more is waiting: the reader is behind. */
const backlogBytes = 64 * 1024

/** What a fetch at the end of the log waits for: so many bytes, or so long. */
export interface FetchWait {
  readonly minBytes: number
  readonly maxWaitMs: number
}

/** A record is there at once: somebody looks. */
const eagerWait: FetchWait = { minBytes: 1, maxWaitMs: 500 }
/**
 * Nobody looks: the broker collects what comes, and this computer wakes up less than twice a second. This wait is most of
 * the time from the append of a record to the popup of its alert; `bench -- --only popup` measures it.
 */
const relaxedWait: FetchWait = { minBytes: backlogBytes, maxWaitMs: 600 }

/** @param isRelaxed nobody looks at live values */
export function fetchWait(isRelaxed: boolean): FetchWait {
  return isRelaxed ? relaxedWait : eagerWait
}

const shortestPeriodMs = 50
const longestPeriodMs = 100
/** Fetching at the end of the log takes at most one part in so many of a core. */
const costFactor = 20

/**
 * Wait before the next fetch to a broker, in ms.
 *
 * | the log                     | next fetch                                                        |
 * |-----------------------------|-------------------------------------------------------------------|
 * | quiet                       | at once; it returns on the first byte                             |
 * | records arrive all the time | by the clock: 50 to 100 ms after the last, 20 times what that cost |
 * | behind (64 KB and more)     | at once                                                           |
 *
 * So one record is there at once, and thousands a second do not cost a fetch each.
 * @param bytes of records in the last response
 * @param costMs work of this process for the last response
 * @param sinceMs since the last request was sent
 */
export function fetchDelayMs(bytes: number, costMs: number, sinceMs: number): number {
  if (bytes >= backlogBytes) return 0
  const period = Math.min(longestPeriodMs, Math.max(shortestPeriodMs, costMs * costFactor))
  return Math.max(0, period - sinceMs)
}
