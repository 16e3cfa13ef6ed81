import { Lifetime } from '#shared/lifetime.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { replicaShutdown } from './replica-shutdown.ts'

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, child: () => log }
const log = { ...quiet, error: (line: string) => events.push(line) }
let events: string[]
let life: Lifetime
let end: ReturnType<typeof replicaShutdown>

beforeEach(() => {
  vi.useFakeTimers()
  events = []
  life = new Lifetime(log)
  const exit = (code: number) => events.push(`exit ${code}`)
  end = replicaShutdown({ life, log, stopping: new AbortController(), withinMs: 10_000, exit })
})
afterEach(() => vi.useRealTimers())

const takes = (name: string, ms: number) =>
  life.own(name, name, () => new Promise((resolve) => setTimeout(() => resolve(void events.push(name)), ms)))

test('components stop once, in the reverse order of their start, with the exit code of the first request', async () => {
  takes('pool', 1_000)
  takes('http', 2_000)
  end('failure', 1)
  end('SIGTERM', 143)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(events).toEqual(['http', 'pool', 'exit 1'])
})

test('a component that does not stop delays the exit up to a limit, and is a failure', async () => {
  takes('pool', 60_000)
  end('SIGTERM', 143)
  await vi.advanceTimersByTimeAsync(9_999)
  expect(events).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(events).toEqual(['shutdown took too long', 'exit 1'])
})
