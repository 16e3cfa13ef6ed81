import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { nodeFlags } from '../../scripts/stack/servers/backend-server.ts'
import { setTimeout as delay } from 'node:timers/promises'

export interface BackendProcessOptions {
  readonly databaseUrl: string
  readonly bootstrap: string
  /** Further environment variables of the backend. */
  readonly env?: Readonly<Record<string, string>>
  /** Replaces the backend's program, for failures on demand. */
  readonly program?: string
}

/** One replica in its own process, like in a container. */
export interface BackendProcess {
  readonly pid: number
  readonly url: string
  readonly metricsPort: number
  /** Its output so far, one event per line. */
  readonly log: readonly string[]
  /** Its exit code, after it has exited. */
  readonly exited: Promise<number | null>
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Resolves when it is ready; rejects if it exits first. */
  untilReady(): Promise<void>
  /** Sends SIGTERM. @returns the exit code; `null` if it had to be killed */
  stop(): Promise<number | null>
  /** Like a power cut. */
  kill(): Promise<void>
  signal(name: NodeJS.Signals): void
}

/** Longer than a replica waits for its own shutdown. */
const exitsWithinMs = 20_000

const main = join(import.meta.dirname, '..', '..', 'src-backend', 'main.ts')
/** Shared by all replicas of one test run. */
const key = randomBytes(36).toString('base64')

/** Starts it on free ports and resolves when it listens, even without its dependencies. */
export async function startBackendProcess({
  databaseUrl,
  bootstrap,
  env,
  program = main,
}: BackendProcessOptions): Promise<BackendProcess> {
  const { child, log, exited, listening } = spawnBackend(program, {
    DATABASE_URL: databaseUrl,
    KAFKA_BOOTSTRAP_SERVERS: bootstrap,
    JWT_SECRET_KEY: key,
    PORT: '0',
    PROMETHEUS_PORT: '0',
    RATE_LIMIT: '100000',
    ...env,
  })
  const { port, metrics } = await listening
  const url = `http://127.0.0.1:${port}`
  const ended = (name: NodeJS.Signals): Promise<number | null> => {
    child.kill(name)
    // Node can hang while it exits (nodejs/node#54918).
    const force = setTimeout(() => child.kill('SIGKILL'), exitsWithinMs)
    return exited.finally(() => clearTimeout(force))
  }
  return {
    pid: child.pid as number,
    url,
    metricsPort: metrics,
    log,
    exited,
    fetch: (path, init) => fetch(url + path, init),
    untilReady: () =>
      Promise.race([ready(url), exited.then((code) => Promise.reject(new Error(`it exited with ${code}`)))]),
    stop: () => ended('SIGTERM'),
    kill: async () => void (await ended('SIGKILL')),
    signal: (name) => void child.kill(name),
  }
}

async function ready(url: string): Promise<void> {
  while ((await fetch(`${url}/ready`)).status !== 200) await delay(50)
}

interface Spawned {
  readonly child: ChildProcess
  readonly log: readonly string[]
  readonly exited: Promise<number | null>
  readonly listening: Promise<{ port: number; metrics: number }>
}

function spawnBackend(program: string, env: NodeJS.ProcessEnv): Spawned {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [...nodeFlags, program], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.removeListener('exit', kill))
  // Not `exit`: its last lines may still be on their way.
  const exited = once(child, 'close').then(([code]: unknown[]) => code as number | null)
  const log: string[] = []
  const listening = new Promise<{ port: number; metrics: number }>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line)
        if (line.includes('"msg":"listening"')) resolve(JSON.parse(line) as { port: number; metrics: number })
      })
    }
    child.once('close', (code) => reject(new Error(`the backend exited with ${code}:\n${log.join('\n')}`)))
  })
  return { child, log, exited, listening }
}
