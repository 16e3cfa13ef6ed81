import { setTimeout as delay } from 'node:timers/promises'

/** Retries until the attempt does not throw; throws its last error after `seconds`. */
export async function until(seconds: number, attempt: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    await delay(500)
  }
}
