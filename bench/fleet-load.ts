import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface FleetLoad {
  readonly bootstrap: string
  readonly topic: string
  readonly nodes: number
  /** Between two messages of a node; default 1. */
  readonly intervalSeconds?: number
}

const producer = join(import.meta.dirname, '..', 'producers', 'main.ts')

/** Simulated nodes in a process of their own. @returns a function that stops it */
export async function startFleet({
  nodes,
  bootstrap,
  topic,
  intervalSeconds = 1,
}: FleetLoad): Promise<() => Promise<void>> {
  const flags = [`--nodes=${nodes}`, `--interval=${intervalSeconds}`, `--topic=${topic}`, '--partitions=8']
  const env = { ...process.env, KAFKA_BOOTSTRAP_SERVERS: bootstrap }
  const child = spawn(process.execPath, [producer, ...flags], { env, stdio: 'ignore' })
  await once(child, 'spawn')
  const exited = once(child, 'exit')
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  return async () => {
    child.kill('SIGTERM')
    await exited
    process.removeListener('exit', kill)
  }
}
