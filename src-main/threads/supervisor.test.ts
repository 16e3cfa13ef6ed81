import { EventEmitter } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ThreadDied } from './call-error.ts'
import { ThreadClient } from './thread-client.ts'
import { linkThreads } from './link-threads.ts'
import type { LogLine } from './thread-log.ts'
import { logTo } from './thread-log.ts'
import type { ThreadState, ThreadWorker } from './supervisor.ts'
import { ThreadSupervisor } from './supervisor.ts'
import type { TestCalls, TestEvents } from './test-worker.ts'

/** A worker that the test controls. */
class FakeWorker extends EventEmitter implements ThreadWorker {
  readonly posted: unknown[] = []
  terminated = false

  postMessage(message: unknown): void {
    this.posted.push(message)
  }

  terminate(): Promise<number> {
    this.terminated = true
    this.emit('exit', 1)
    return Promise.resolve(1)
  }

  serves(): void {
    this.emit('message', { ready: true })
  }

  dies(message: string): void {
    this.emit('error', new Error(message))
    this.emit('exit', 1)
  }
}

describe('a supervised thread', () => {
  let workers: FakeWorker[]
  let states: ThreadState[]
  let supervisor: ThreadSupervisor<TestCalls, TestEvents>

  function worker(index: number): FakeWorker {
    const found = workers.at(index)
    if (!found) throw new Error(`worker ${index} was not started`)
    return found
  }

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 })
    workers = []
    states = []
    supervisor = new ThreadSupervisor({
      name: 'data thread',
      log: logTo(() => undefined),
      now: () => Date.now(),
      spawn: () => {
        const fake = new FakeWorker()
        workers.push(fake)
        return fake
      },
    })
    supervisor.onState((state) => states.push(state))
    supervisor.start()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('reports running once it accepts calls, and the reason when it is down', () => {
    worker(0).serves()
    vi.advanceTimersByTime(500)
    worker(0).dies('out of memory')
    expect(states).toEqual([
      { kind: 'starting', since: 0 },
      { kind: 'running', since: 0 },
      { kind: 'down', since: 500, detail: 'out of memory', retryAt: 1500 },
    ])
  })

  it('restarts after one second, then with growing delays up to thirty seconds', () => {
    const delays = Array.from({ length: 7 }, () => {
      worker(-1).dies('again')
      const { retryAt, since } = supervisor.state as Extract<ThreadState, { kind: 'down' }>
      vi.advanceTimersByTime(retryAt - since)
      return retryAt - since
    })
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    expect(workers).toHaveLength(8)
  })

  it('restarts after one second again when it ran for a minute', () => {
    worker(0).dies('early')
    vi.advanceTimersByTime(1000)
    worker(1).serves()
    vi.advanceTimersByTime(60_000)
    worker(1).dies('late')
    expect(supervisor.state).toMatchObject({ kind: 'down', retryAt: 62_000 })
  })

  it('rejects calls immediately while it is down', async () => {
    const pending = supervisor.call('double', { n: 1 })
    worker(0).dies('gone')
    await expect(pending).rejects.toBeInstanceOf(ThreadDied)
    await expect(supervisor.call('double', { n: 1 })).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('keeps listeners across a restart', () => {
    const heard: number[] = []
    supervisor.on('doubled', ({ n }) => heard.push(n))
    worker(0).emit('message', { event: 'doubled', payload: { n: 1 } })
    worker(0).dies('gone')
    vi.advanceTimersByTime(1000)
    worker(1).emit('message', { event: 'doubled', payload: { n: 2 } })
    expect(heard).toEqual([1, 2])
  })

  it('is terminated when it does not stop in time, and does not restart', async () => {
    const stopped = supervisor.stop(3000)
    expect(worker(0).posted).toEqual([{ stop: true }])
    await vi.advanceTimersByTimeAsync(2999)
    expect(worker(0).terminated).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await stopped
    expect(worker(0).terminated).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([workers.length, supervisor.state]).toEqual([1, { kind: 'stopped' }])
  })

  it('does not restart when it is stopped while it is down', async () => {
    worker(0).dies('gone')
    await supervisor.stop(1000)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(workers).toHaveLength(1)
  })

  it('gets a channel to another thread, and a new one after each restart of either thread', () => {
    const given: string[] = []
    const other: { state: ThreadState; tell: (state: ThreadState) => void } = {
      state: { kind: 'starting', since: 0 },
      tell: () => undefined,
    }
    linkThreads(
      supervisor,
      {
        get state() {
          return other.state
        },
        onState: (listener) => {
          other.tell = (state) => {
            other.state = state
            listener(state)
          }
          return () => undefined
        },
        sendPort: (purpose, port) => {
          given.push(purpose)
          port.close()
        },
      },
      'head',
    )
    worker(0).serves()
    expect(given).toEqual([])
    other.tell({ kind: 'running', since: 0 })
    worker(0).dies('gone')
    vi.advanceTimersByTime(1000)
    worker(1).serves()
    expect(given).toEqual(['head', 'head'])
    expect(worker(1).posted).toMatchObject([{ purpose: 'head' }])
    for (const worker of workers)
      for (const message of worker.posted) (message as { port: { close(): void } }).port.close()
  })
})

it('runs a real worker: calls, events, its own port, and a clean stop', async () => {
  const lines: LogLine[] = []
  const log = logTo((line) => lines.push(line))
  const supervisor = new ThreadSupervisor<TestCalls, TestEvents>({
    name: 'test thread',
    log,
    now: () => Date.now(),
    spawn: () => new Worker(new URL('./test-worker.ts', import.meta.url), { workerData: 'given' }),
  })
  supervisor.start()
  expect(await supervisor.call('double', { n: 21 })).toBe(42)
  const { port1, port2 } = new MessageChannel()
  supervisor.sendPort('peer', port2)
  const peer = new ThreadClient<Pick<TestCalls, 'double'>>(port1, 'peer', log)
  expect(await peer.call('double', { n: 4 })).toBe(8)
  await supervisor.stop(5000)
  expect(supervisor.state).toEqual({ kind: 'stopped' })
  expect(lines.at(-1)).toEqual({ level: 'info', message: 'stopping', fields: { part: 'test', data: 'given' } })
})
