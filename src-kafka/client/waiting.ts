import { KafkaTimeoutError } from './kafka-failure.ts'

const firstMs = 1_000
const longestMs = 30_000
const heartbeatEveryMs = 1_000
/** Work that takes longer hangs: the seat in the group is better given to another. */
const hangsAfterMs = 60_000

/**
 * How long to wait before the attempt after `failures` failed ones in a row (1 or more): 1, 2, 4 ... 30 s, less up to a
 * fifth, so that the consoles of a site do not come back to a restarted broker all at once.
 * @param random 0 to 1
 */
export function backOffMs(failures: number, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** (failures - 1))
  return Math.round(full * (1 - 0.2 * random))
}

/** @throws KafkaTimeoutError when `work` has not settled in time; what it does later is ignored */
export async function withTimeout<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new KafkaTimeoutError(`${what}: no answer within ${limitMs / 1000} s`)), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Waits for work and keeps the seat in the group meanwhile. A heartbeat that fails says that the group is about to
 * change: the one after the work says so again.
 * @throws KafkaTimeoutError when the work hangs
 */
export async function withHeartbeat<T>(work: Promise<T>, heartbeat: () => Promise<void>): Promise<T> {
  const timer = setInterval(() => void heartbeat().catch(() => undefined), heartbeatEveryMs)
  try {
    return await withTimeout(hangsAfterMs, 'storing', work)
  } finally {
    clearInterval(timer)
  }
}
