import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { verify } from '@node-rs/argon2'
import { createPasswordHasher } from '../../src-backend/auth/passwords/password-hash.ts'
import { startBackendProcess } from '../../tests/support/backend-process.ts'
import { singleMeasurement, quantile, type BenchResult } from '../measure.ts'
import { getTimed, signInWhenReady } from './bench-client.ts'
import type { Databases } from './bench-databases.ts'
import type { FloodOptions, FloodResult } from './login-flood.ts'
import { addAccounts, addNodes } from './seed.ts'

export interface LoginBench {
  readonly nodes: number
  readonly floodSeconds: number
  readonly bootstrap: string
  readonly databases: Databases
}

const clients = 50
const password = 'violet anvil harbour'
/** The backend's hash parameters. */
const atOnce = 2
const plainSeconds = 2
const limitMs = 50
/** Not a multiple of any other period. */
const askEveryMs = 13
const paths = ['/api/auth/me', '/api/nodes'] as const
const program = fileURLToPath(new URL('./login-flood.ts', import.meta.url))

/**
 * Users sign in repeatedly, each from a separate address. Measures sign-ins per second against argon2 alone, and response
 * times of other requests during the flood.
 */
export async function loginBench({ nodes, floodSeconds, bootstrap, databases }: LoginBench): Promise<BenchResult[]> {
  const database = await databases.make()
  const passwordHash = await createPasswordHasher().hash(password)
  const backend = await startBackendProcess({
    databaseUrl: database.url,
    bootstrap,
    env: { REMO_DEMO: 'true', TRUST_PROXY: '1', KAFKA_TOPIC_PATTERN: '^none$' },
  })
  try {
    const headers = await signInWhenReady(backend.url)
    await addNodes(database.pool, nodes)
    await addAccounts(database.pool, clients, passwordHash)
    const limit = await plainRate(passwordHash)
    const endFlood = await startFlood({ url: backend.url, clients, password })
    const waits = await Promise.all(paths.map((path) => waitFor(`${backend.url}${path}`, headers, floodSeconds)))
    const { signIns, seconds } = await endFlood()
    const name = `sign-ins of ${clients} clients`
    const limitName = `argon2 alone, ${atOnce} at once`
    return [
      singleMeasurement({ name, unit: '/s', limitName, ours: signIns / seconds, limit }),
      ...paths.map((path, i) => waitDuringFlood(path, waits[i] ?? [])),
    ]
  } finally {
    await backend.stop()
    await database.drop()
  }
}

/** Correct passwords that this machine can verify per second. */
async function plainRate(passwordHash: string): Promise<number> {
  let count = 0
  const begin = performance.now()
  const elapsed = (): number => (performance.now() - begin) / 1000
  const work = async (): Promise<void> => {
    while (elapsed() < plainSeconds) {
      await verify(passwordHash, password)
      count += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return count / elapsed()
}

/** Resolves after the first sign-in. @returns a function that stops the flood */
async function startFlood(options: FloodOptions): Promise<() => Promise<FloodResult>> {
  const child = fork(program, [JSON.stringify(options)])
  const ended = once(child, 'exit').then(([code]: unknown[]) => {
    throw new Error(`the flood exited with ${String(code)}`)
  })
  ended.catch(() => undefined) // the waits below report it
  await Promise.race([once(child, 'message'), ended])
  return async () => {
    const result = once(child, 'message')
    child.send('end')
    const [received] = (await Promise.race([result, ended])) as [FloodResult]
    return received
  }
}

/** Duration of each response, in milliseconds. */
async function waitFor(url: string, headers: OutgoingHttpHeaders, seconds: number): Promise<number[]> {
  const times: number[] = []
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    const begin = performance.now()
    const { status, text } = await getTimed(url, headers)
    times.push(performance.now() - begin)
    if (status !== 200) throw new Error(`${url} returned ${status}: ${text}`)
    await delay(askEveryMs)
  }
  return times
}

function waitDuringFlood(path: string, times: readonly number[]): BenchResult {
  return singleMeasurement({
    name: `GET ${path} meanwhile: p99 of ${times.length}`,
    unit: 'ms',
    limitName: 'what it may take',
    ours: quantile(times, 0.99),
    limit: limitMs,
    target: { atMost: 1 },
  })
}
