/** The backend as a process on this machine, on the PostgreSQL and Kafka of the native stack. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning, type ProcessIdentity } from '../../bootstrap/process-identity.mjs'
import { reasonIn, runQuietly } from '../../bootstrap/run-command.mjs'
import { printLine, secondsSince, UserError } from '../../bootstrap/console-output.mjs'
import { findDaemon, logTail, startDaemon, stopDaemon } from '../../process/daemon.ts'
import { demoBackend } from '../demo.ts'
import { demoKafka } from '../demo.ts'
import { requireFreePort } from '../../process/free-port.ts'

export interface BackendOptions {
  /** Folder of its log and process record. */
  readonly dir: string
  readonly port: number
  readonly metricsPort: number
  readonly databaseUrl: string
  /** Kafka brokers. */
  readonly bootstrap: string
}

export const backendName = 'backend'
/**
 * Hides a warning: kafkajs sets a timer in the past once per process (tulios/kafkajs#1751). Keeps the young generation
 * of the heap small, which grows to three times this many MB under load: an export must fit into 150 MB in total.
 */
export const nodeFlags = ['--disable-warning=TimeoutNegativeWarning', '--max-semi-space-size=8'] as const
const root = join(import.meta.dirname, '..', '..', '..')
const readyWithinMs = 60_000
/** Time to finish open requests and to release its partitions. */
const stopWithinMs = 30_000

/** Starts it unless it runs, and waits until it is ready. Requires a migrated database. */
export async function startBackend(options: BackendOptions): Promise<void> {
  const address = `http://127.0.0.1:${options.port}`
  const left = findDaemon(options.dir, backendName)
  if (left && (await isReady(address))) return printLine(`backend is already running on ${address}`)
  const begin = Date.now()
  if (left) await stopBackend(left) // it hangs, or serves another port
  await requireFreePort(options.port, 'REMO_BACKEND_PORT')
  await requireFreePort(options.metricsPort, 'REMO_BACKEND_METRICS_PORT')
  const backend = await startDaemon({
    name: backendName,
    dir: options.dir,
    cwd: root,
    command: process.execPath,
    args: [...nodeFlags, join(root, 'src-backend', 'main.ts')],
    env: environmentOf(options),
  })
  await untilReady(address, backend, options.dir)
  printLine(`backend is ready on ${address}, API docs at ${address}/docs (${secondsSince(begin)})`)
}

/** Migrates the database; instant if it is up to date. */
export async function runMigrations(options: BackendOptions): Promise<void> {
  const migrate = [join(root, 'src-backend', 'migrate.ts')]
  const { ok, output } = await runQuietly(process.execPath, migrate, { cwd: root, env: environmentOf(options) })
  if (!ok) {
    throw new UserError(
      `The database migration failed (${causeIn(output)}). To delete the demo's data, run npm run stack -- reset.`,
    )
  }
}

/** The backend logs one line of JSON per event; failures before its log starts are plain text. */
function causeIn(output: string): string {
  const last = output.trimEnd().split('\n').at(-1) ?? ''
  try {
    const { cause, msg } = JSON.parse(last) as { cause?: { message?: string }; msg?: string }
    return cause?.message ?? msg ?? last
  } catch {
    return reasonIn(output)
  }
}

export function stopBackend(identity: ProcessIdentity): Promise<void> {
  return stopDaemon(identity, stopWithinMs)
}

function environmentOf(options: BackendOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...demoBackend,
    NODE_COMPILE_CACHE: join(options.dir, 'compile-cache'), // like the image: a faster start and less memory
    DATABASE_URL: options.databaseUrl,
    ...demoKafka(options.bootstrap),
    PORT: String(options.port),
    PROMETHEUS_PORT: String(options.metricsPort),
  }
}

async function untilReady(address: string, backend: ProcessIdentity, dir: string): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  while (!(await isReady(address))) {
    if (!isRunning(backend) || Date.now() > deadline) {
      await stopBackend(backend)
      throw new Error(`the backend did not become ready. End of its log:\n${logTail(dir, backendName)}`)
    }
    await delay(100)
  }
}

async function isReady(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/ready`, { signal: AbortSignal.timeout(5_000) })).ok
  } catch {
    return false // not listening yet
  }
}
