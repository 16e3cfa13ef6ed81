import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ThreadClient } from '../src-main/threads/thread-client.ts'
import type { DataCalls, DataEvents, DataThreadOptions } from '../src-main/threads/data-calls.ts'
import { logTo } from '../src-main/threads/thread-log.ts'

export interface BenchDataThread {
  readonly client: ThreadClient<DataCalls, DataEvents>
  stop(): Promise<void>
}

/** The console's real data thread on an empty data folder. Reads the topics that match. */
export function startDataThread(dir: string, bootstrap: string, topicPattern: string): Promise<BenchDataThread> {
  return startDataThreadOn({ dataDir: mkdtempSync(join(dir, 'console-')), bootstrap, topicPattern })
}

/** The same on an existing data folder. */
export async function startDataThreadOn({
  dataDir,
  bootstrap,
  topicPattern,
}: {
  readonly dataDir: string
  readonly bootstrap: string
  readonly topicPattern: string
}): Promise<BenchDataThread> {
  const options: DataThreadOptions = {
    dataDir,
    kafka: { brokers: [bootstrap], topicPattern, clientId: 'remo-bench' },
    startAt: { kind: 'beginning' },
    user: 'bench',
    stockRules: true,
    hasBackend: false,
  }
  const worker = new Worker(new URL('../src-main/data/data-thread.ts', import.meta.url), { workerData: options })
  const failed = new Promise<never>((_, reject) => worker.once('error', reject))
  const log = logTo((line) => {
    if (line.level === 'error') process.stderr.write(`${line.message} ${JSON.stringify(line.fields)}\n`)
  })
  const client = new ThreadClient<DataCalls, DataEvents>(worker, 'data thread', log)
  await Promise.race([new Promise<void>((resolve) => client.onReady(resolve)), failed])
  return {
    client,
    stop: async () => {
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      worker.postMessage({ stop: true })
      await exited
    },
  }
}
