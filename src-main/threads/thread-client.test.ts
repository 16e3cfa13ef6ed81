import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ThreadDied } from './call-error.ts'
import { ThreadClient } from './thread-client.ts'
import type { LogLine } from './thread-log.ts'
import { logTo } from './thread-log.ts'
import { serveThread } from './thread-server.ts'
import type { TestCalls, TestEvents } from './test-worker.ts'

let lines: LogLine[]
let worker: Worker
let client: ThreadClient<TestCalls, TestEvents>

beforeEach(() => {
  lines = []
  worker = new Worker(new URL('./test-worker.ts', import.meta.url), { workerData: 'given' })
  client = new ThreadClient(
    worker,
    'test thread',
    logTo((line) => lines.push(line)),
  )
})

afterEach(async () => {
  await worker.terminate()
})

describe('a call to a thread', () => {
  it('is answered, even if it was sent before the thread started', async () => {
    const answers = await Promise.all([1, 2, 3].map((n) => client.call('double', { n })))
    expect(answers).toEqual([2, 4, 6])
  })

  it('rejects with the code and the message of the other side', async () => {
    await expect(client.call('refuse', {})).rejects.toMatchObject({
      code: 'conflict',
      message: 'Somebody else changed it. Look again.',
    })
  })

  it('leaves the details of an error in the log of the failing side', async () => {
    const failure = await client.call('fail', {}).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'failed' })
    expect((failure as Error).message).not.toContain('secret detail')
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: 'call failed',
        fields: { part: 'test', call: 'fail', cause: { message: 'secret detail', cause: { name: 'RangeError' } } },
      },
    ])
  })

  it('is a bad request if its name is unknown', async () => {
    const stranger = client as unknown as ThreadClient<{ toString: (request: object) => string }>
    await expect(stranger.call('toString', {})).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('rejects when the thread fails during the call, and so does every later call', async () => {
    const hanging = client.call('hang', {})
    const dying = client.call('die', {})
    worker.once('error', () => undefined)
    await expect(hanging).rejects.toBeInstanceOf(ThreadDied)
    await expect(dying).rejects.toMatchObject({ code: 'unavailable', cause: { message: 'the thread broke' } })
    await expect(client.call('double', { n: 1 })).rejects.toBeInstanceOf(ThreadDied)
  })
})

it('receives events with their transferred buffers, and log lines, until it unsubscribes', async () => {
  const heard: TestEvents['doubled'][] = []
  const off = client.on('doubled', (event) => heard.push(event))
  await client.call('double', { n: 4 })
  off()
  await client.call('double', { n: 5 })
  expect(heard).toEqual([{ n: 4, column: Float64Array.of(4, 8) }])
  expect(lines[0]).toEqual({ level: 'info', message: 'doubled', fields: { part: 'test', n: 4, left: 0 } })
})

it('rejects pending calls when the other end of a channel closes', async () => {
  const { port1, port2 } = new MessageChannel()
  const peer = new ThreadClient<Pick<TestCalls, 'hang'>>(
    port1,
    'peer',
    logTo(() => undefined),
  )
  const served = serveThread<Pick<TestCalls, 'hang'>>(
    port2,
    { hang: () => new Promise<void>(() => undefined) },
    logTo(() => undefined),
  )
  const hanging = peer.call('hang', {})
  const rejected = expect(hanging).rejects.toBeInstanceOf(ThreadDied)
  served.stop()
  port2.close()
  await once(port1, 'close')
  await rejected
})
