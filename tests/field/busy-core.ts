import { Worker } from 'node:worker_threads'

/** Keeps one core busy. @returns what ends it */
export function busyCore(): () => Promise<void> {
  const worker = new Worker('for (;;) {}', { eval: true })
  return async () => void (await worker.terminate())
}
