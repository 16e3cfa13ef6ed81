import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import type { ConnectionToTest, TestResult, TestStep } from '#shared/settings/connection-test.ts'
import { unsetConnection } from '#shared/settings/connection-in-use.ts'
import { readingFrom } from '#shared/settings/settings-builders.ts'
import type { FromTestThread } from '../../connection-test/thread-messages.ts'
import { TaskThread } from '../../threads/task-thread.ts'
import { ConnectionTests } from './connection-tests.ts'

class FakeWorker extends EventEmitter {
  terminated = 0
  terminate(): Promise<void> {
    this.terminated++
    return Promise.resolve()
  }
  post(message: FromTestThread): void {
    this.emit('message', message)
  }
}

const step: TestStep = { id: 'names', state: 'ok', title: 'Names resolve', text: 'kafka-1 is 10.0.0.1.' }
const result: TestResult = { state: 'ok', steps: [step] }
const { id: _, ...unsaved } = unsetConnection
const draft: DraftConnection = { ...unsaved, protocol: 'SASL_PLAINTEXT', username: 'remo' }

function fixture(stored: Record<string, { password: string }> = {}) {
  const workers: FakeWorker[] = []
  const tested: ConnectionToTest[] = []
  const pushed: TestStep[] = []
  const tests = new ConnectionTests({
    start: (connection, onStep) => {
      tested.push(connection)
      const worker = new FakeWorker()
      workers.push(worker)
      return new TaskThread('connection test', worker, onStep)
    },
    secretsOf: ({ id = '' }) => Promise.resolve(stored[id] ?? {}),
    readText: readingFrom({}),
    push: (one) => pushed.push(one),
  })
  return { tests, workers, tested, pushed }
}

test('steps are pushed as they happen, and the thread ends with the result', async () => {
  const { tests, workers, pushed } = fixture()
  const running = tests.run(draft)
  await expect.poll(() => workers).toHaveLength(1)
  workers[0]?.post({ step })
  expect(pushed).toEqual([step])
  workers[0]?.post({ result })
  expect(await running).toEqual(result)
  expect(workers[0]?.terminated).toBe(1)
})

test('the stored password is used where the form has none', async () => {
  const { tests, tested } = fixture({ prod: { password: 'stored' } })
  const asked = (secrets: DraftConnection['secrets'], id?: string) =>
    void tests.run({ ...draft, ...(id === undefined ? {} : { id }), secrets }).catch(() => undefined)
  asked(undefined, 'prod')
  await expect.poll(() => tested).toHaveLength(1)
  asked({ password: 'typed' }, 'prod')
  await expect.poll(() => tested).toHaveLength(2)
  asked(undefined)
  await expect.poll(() => tested).toHaveLength(3)
  expect(tested.map(({ security }) => security?.sasl?.password)).toEqual(['stored', 'typed', ''])
})

test('a new test ends the one before, whose steps are no longer shown', async () => {
  const { tests, workers, pushed } = fixture()
  const first = tests.run(draft)
  await expect.poll(() => workers).toHaveLength(1)
  const second = tests.run(draft)
  await expect(first).rejects.toThrow('The test was stopped.')
  workers[0]?.post({ step })
  expect(pushed).toEqual([])
  await expect.poll(() => workers).toHaveLength(2)
  workers[1]?.post({ result })
  expect(await second).toEqual(result)
})

test('a stop ends the thread', async () => {
  const { tests, workers } = fixture()
  const running = tests.run(draft)
  await expect.poll(() => workers).toHaveLength(1)
  tests.stop()
  await expect(running).rejects.toMatchObject({ code: 'conflict' })
  expect(workers[0]?.terminated).toBeGreaterThan(0)
})

test('a stop before the thread starts prevents it', async () => {
  const { tests, workers } = fixture()
  const running = tests.run({ ...draft, id: 'prod' })
  tests.stop()
  await expect(running).rejects.toMatchObject({ code: 'conflict' })
  expect(workers).toEqual([])
})

test('a file that cannot be read is a failed step, and nothing is connected', async () => {
  const { tests, workers, pushed } = fixture()
  const ended = await tests.run({ ...unsaved, protocol: 'SSL', ca: { file: '/gone.pem' } })
  expect(ended).toMatchObject({ state: 'failed', willNotWork: 'ReMo will not connect until this is solved.' })
  expect(pushed).toMatchObject([
    { id: 'tls', state: 'failed', text: 'CA certificate: cannot read /gone.pem (no such file).' },
  ])
  expect(workers).toEqual([])
})

test('a thread that dies ends the test with an error', async () => {
  const { tests, workers } = fixture()
  const running = tests.run(draft)
  await expect.poll(() => workers).toHaveLength(1)
  workers[0]?.emit('exit')
  await expect(running).rejects.toThrow('the thread of the connection test ended early')
})
