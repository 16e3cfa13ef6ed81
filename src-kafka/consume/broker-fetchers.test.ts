import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { nullLog } from '../../tests/support/null-log.ts'
import type { BrokerConnections } from '../client/broker-connections.ts'
import { aFetchResponse } from '../wire/wire-builders.ts'
import { BrokerFetchers } from './broker-fetchers.ts'
import { Reader } from './reader.ts'
import { StoragePause } from './storage-pause.ts'

let fetchers: BrokerFetchers | undefined
afterEach(() => fetchers?.stop())

/** Two partitions on two brokers; those in `down` refuse. */
function twoBrokers() {
  const seen = { problems: [] as Array<string | undefined>, lost: [] as unknown[], refreshes: 0, fetches: [0, 0, 0] }
  const down = new Set<number>()
  const clock = { now: 0 }
  const reader = aReader((state) => fetchers?.changed(state))
  const leaders = [1, 2].map((leader, partition) => ({ topic: 't', partition, leader }))
  reader.assign(leaders, [])
  const connections: Pick<BrokerConnections, 'fetch' | 'drop'> = {
    fetch: async (nodeId) => {
      await delay(5)
      if (down.has(nodeId)) throw Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })
      seen.fetches[nodeId] = (seen.fetches[nodeId] ?? 0) + 1
      return aFetchResponse({ throttleMs: 0, errorCode: 0, sessionId: 1, partitions: [] })
    },
    drop: () => undefined,
  }
  const created: BrokerFetchers = new BrokerFetchers({
    connections: connections as BrokerConnections,
    reader,
    maxBytes: 1_000_000,
    rack: '',
    isRelaxed: () => false,
    log: nullLog,
    now: () => clock.now,
    refresh: () => {
      seen.refreshes++
      created.setLeaders(leaders)
      return Promise.resolve()
    },
    lost: (cause) => seen.lost.push(cause),
    problem: (problem) => seen.problems.push(problem),
  })
  fetchers = created
  return { seen, down, clock, start: () => created.setLeaders(leaders) }
}

function aReader(changed: ConstructorParameters<typeof Reader>[0]['changed']): Reader {
  const nothing = (): undefined => undefined
  const storage = new StoragePause({ pause: nothing, resume: nothing, changed: nothing, now: () => 0 })
  return new Reader({
    handlers: {
      position: nothing,
      batches: nothing,
      gap: nothing,
      unreadable: nothing,
      status: nothing,
      logRanges: nothing,
    },
    storage,
    limits: { queues: 1, sliceRecords: 100, maxBytes: 1_000_000, storageRetryMs: 10 },
    now: () => 0,
    logRange: () => Promise.resolve(undefined),
    changed,
    leaderUnknown: nothing,
    endSession: nothing,
    isHeldBack: () => false,
    advanced: nothing,
  })
}

const eventually = (assert: () => void) => vi.waitFor(assert, { timeout: 20_000, interval: 5 })

test('a broker that refuses is asked again while the other is read, reported after 10 s, and read when it returns', async () => {
  const { seen, down, clock, start } = twoBrokers()
  start()
  await eventually(() => expect(Math.min(seen.fetches[1] ?? 0, seen.fetches[2] ?? 0)).toBeGreaterThan(0))
  down.add(2)
  await eventually(() => expect(seen.refreshes).toBeGreaterThan(0))
  const [, before = 0] = seen.fetches
  await eventually(() => expect(seen.fetches[1]).toBeGreaterThan(before))
  expect([seen.problems, seen.lost]).toEqual([[], []])
  for (let second = 0; second < 11; second++) {
    clock.now += 1_000
    const [, read = 0] = seen.fetches
    await eventually(() => expect(seen.fetches[1]).toBeGreaterThan(read))
  }
  await eventually(() =>
    expect(seen.problems).toEqual([
      '1 of 2 partitions cannot be read: broker 2 does not answer (connect refused (ECONNREFUSED)).',
    ]),
  )
  down.delete(2)
  await eventually(() => {
    clock.now += 100 // the wait before the next attempt passes
    expect(seen.problems.at(-1)).toBeUndefined()
  })
  expect(seen.lost).toEqual([])
})

test('when no broker answers, the session is lost', async () => {
  const { seen, down, start } = twoBrokers()
  down.add(1).add(2)
  start()
  await eventually(() => expect(seen.lost).not.toEqual([]))
  expect(seen.lost[0]).toMatchObject({ message: 'connect refused' })
})
