import { KafkaTimeoutError } from './kafka-failure.ts'

const firstMs = 1_000
const longestMs = 30_000
const heartbeatEveryMs = 1_000
/** Work that takes longer hangs: another member of the group should get the partition. */
const hangsAfterMs = 60_000

/**
 * Wait before the next attempt after `failures` failures in a row (at least 1): 1, 2, 4 … 30 s, minus up to a fifth.
 * The random part spreads the consoles of a site after a broker restart.
 * @param random 0 to 1
 */
export function backOffMs(failures: number, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** (failures - 1))
  return Math.round(full * (1 - 0.2 * random))
}

/** @throws KafkaTimeoutError if `work` has not settled in time; its later result is ignored */
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
 * Sends heartbeats during `work`, so that this member stays in the group. A failed heartbeat is ignored: the group is
 * about to change, and the heartbeat after `work` reports it.
 * @throws KafkaTimeoutError if `work` hangs
 */
export async function withHeartbeat<T>(work: Promise<T>, heartbeat: () => Promise<void>): Promise<T> {
  const timer = setInterval(() => void heartbeat().catch(() => undefined), heartbeatEveryMs)
  try {
    return await withTimeout(hangsAfterMs, 'storing', work)
  } finally {
    clearInterval(timer)
  }
}
