import { KafkaTimeoutError } from './kafka-failure.ts'

const firstMs = 250
const longestMs = 30_000

/**
 * Wait before the next attempt after `failures` failures in a row (at least 1): 0.25, 0.5, 1 … 30 s, minus up to a fifth.
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
