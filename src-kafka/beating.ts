import { within } from './time-limit.ts'

const everyMs = 1_000
/** Work that takes longer hangs: the seat in the group is better given to another. */
const limitMs = 60_000

/**
 * Waits for work and keeps the seat in the group meanwhile. A heartbeat that fails says that the group is about to
 * change: the one after the work says so again.
 * @throws NoAnswerError when the work hangs
 */
export async function beating<T>(work: Promise<T>, heartbeat: () => Promise<void>): Promise<T> {
  const timer = setInterval(() => void heartbeat().catch(() => undefined), everyMs)
  try {
    return await within(limitMs, 'storing', work)
  } finally {
    clearInterval(timer)
  }
}
