import { expect, test } from 'vitest'
import type { FindProgress, FindResult } from '#shared/ipc/source-calls.ts'
import { unsetConnection } from '#shared/settings/connection-in-use.ts'
import type { ConnectionOrigin } from '#shared/settings/connection.ts'
import { type RunningTask, TaskStopped } from '../../threads/task-thread.ts'
import type { TopicTask } from '../../topic-search/thread-messages.ts'
import { TopicSearches } from './topic-searches.ts'

const mapping = { topic: 'press-line', node: 'machine.serial', values: 'readings[*]' }
const found: FindResult = { topics: [], ms: 1, left: 0, read: 0, isDone: true }

interface Started {
  readonly task: TopicTask
  readonly step: (progress: FindProgress) => void
  readonly end: (result: unknown) => void
  readonly fail: (error: Error) => void
  stops: number
}

function fixture(part: { origin?: ConnectionOrigin; isReady?: boolean } = {}) {
  const { origin = 'saved', isReady = true } = part
  const started: Started[] = []
  const pushed: FindProgress[] = []
  const searches = new TopicSearches({
    start: (task, step) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const one: Started = { task, step, end: resolve, fail: reject, stops: 0 }
      started.push(one)
      const stop = (): void => {
        one.stops++
        reject(new TaskStopped('stopped'))
      }
      return { result: promise, stop } as RunningTask<never>
    },
    connection: () => ({
      inUse: { connection: { ...unsetConnection, name: 'Production' }, origin, fixed: {}, folder: '' },
      teamMappings: [],
      access: isReady ? { kind: 'ready', security: undefined } : { kind: 'missing', secret: 'password' },
    }),
    ownMappings: () => [mapping],
    push: (progress) => pushed.push(progress),
  })
  return { searches, started, pushed }
}

test('it looks where the connection reads, with its progress', async () => {
  const { searches, started, pushed } = fixture()
  const answer = searches.find()
  expect(started[0]?.task).toEqual({
    kind: 'find',
    pattern: '^metrics-',
    mappings: { own: [mapping], team: [] },
    settings: { brokers: ['localhost:9092'], clientId: 'remo-search' },
  })
  started[0]?.step({ looked: 1, of: 2 })
  started[0]?.end(found)
  expect([await answer, pushed]).toEqual([found, [{ looked: 1, of: 2 }]])
})

test('a new search ends the one before, whose progress is pushed no more', async () => {
  const { searches, started, pushed } = fixture()
  const first = searches.find()
  const second = searches.find()
  await expect(first).rejects.toMatchObject({ code: 'conflict' })
  started[0]?.step({ looked: 1, of: 2 })
  started[1]?.end(found)
  expect([await second, pushed]).toEqual([found, []])
})

test('stopped, and failed with a sentence', async () => {
  const { searches, started } = fixture()
  const stopped = searches.find()
  searches.stop()
  await expect(stopped).rejects.toMatchObject({ code: 'conflict', message: 'The search was stopped.' })
  const failed = searches.records('orders', 5)
  started[1]?.fail(new Error('Nothing is listening on localhost:9092.'))
  await expect(failed).rejects.toMatchObject({
    code: 'unavailable',
    message: 'Nothing is listening on localhost:9092.',
  })
})

test('without a password, and in the demo, there is nothing to look into', async () => {
  await expect(fixture({ isReady: false }).searches.find()).rejects.toMatchObject({ code: 'unavailable' })
  await expect(fixture({ origin: 'demo' }).searches.find()).rejects.toThrow('The demo reads simulated servers')
})
