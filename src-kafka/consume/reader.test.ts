import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import type { Gap, ReadPosition } from '#shared/metric/read-position.ts'
import { PositionMovedError } from '../client/kafka-failure.ts'
import { fingerprintOf } from '../records/decode-batch.ts'
import { recordAt } from '../records/record-at.ts'
import { partitionKey, type RawBatch, type StreamHandlers, type UnreadableBatch } from '../stream.ts'
import { errorCode } from '../wire/error-codes.ts'
import type { FetchedPartition } from '../wire/fetch-response.ts'
import { aMarker, aRecordBatch } from '../wire/wire-builders.ts'
import type { PartitionState } from './partition-state.ts'
import { Reader } from './reader.ts'
import { gapReasons, type LogRange } from './resume-plan.ts'
import { StoragePause } from './storage-pause.ts'

const node = 1
const baseTimestamp = 1_000

afterEach(() => vi.useRealTimers())

/** A reader with an owner in memory, and a broker that answers what the test says. */
class ReaderFixture {
  readonly positions = new Map<string, ReadPosition>()
  /** `partition@offset value` in the order of storing, and a line for each call. */
  readonly stored: string[] = []
  readonly calls: number[] = []
  readonly gaps: Gap[] = []
  readonly unreadable: UnreadableBatch[] = []
  readonly errors: Error[] = []
  readonly unknownLeaders: string[] = []
  range: LogRange | undefined
  fault: Error | undefined
  /** While set, storing is asynchronous and waits for it. */
  gate: Promise<void> | undefined
  /** Runs at the end of each call that stores. */
  after: () => void = () => undefined
  readonly reader: Reader

  constructor({ sliceRecords = 100, queues = 1, maxBytes = 1_000_000 } = {}) {
    const storage: StoragePause = new StoragePause({
      pause: () => this.reader.pause(),
      resume: () => this.reader.resume(),
      changed: () => undefined,
      now: () => 0,
      retryAfterMs: 10,
    })
    this.reader = new Reader({
      handlers: this.#handlers(),
      storage,
      limits: { sliceRecords, queues, maxBytes, storageRetryMs: 10 },
      now: () => 5,
      logRange: () => Promise.resolve(this.range),
      changed: () => undefined,
      leaderUnknown: ({ key }) => this.unknownLeaders.push(key),
      endSession: (error) => this.errors.push(error),
      isHeldBack: () => false,
      advanced: () => undefined,
    })
  }

  /** Reads partitions 0 to `count`, from the start of an unread log. */
  assign(count = 1): PartitionState[] {
    const parts = Array.from({ length: count }, (_, partition) => ({ topic: 't', partition }))
    this.reader.assign(parts, [])
    return parts.map((part) => {
      const state = this.reader.find(part) as PartitionState
      state.leader = node
      this.reader.setBroker(state, node)
      return state
    })
  }

  /** Everything that was read is stored. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await nextTurn()
  }

  #handlers(): StreamHandlers {
    return {
      position: (topic, partition) => this.positions.get(partitionKey({ topic, partition })),
      batches: (batches) => {
        if (this.fault) throw this.fault
        this.calls.push(batches.length)
        const store = (): void => {
          batches.forEach((batch) => this.#store(batch))
          this.after()
        }
        if (this.gate) return this.gate.then(store)
        store()
        return undefined
      },
      gap: (gap, resumeFrom) => {
        this.gaps.push(gap)
        this.positions.set(partitionKey(gap), resumeFrom)
      },
      unreadable: (batch) => {
        this.unreadable.push(batch)
        this.positions.set(partitionKey(batch.position), batch.resumeFrom)
      },
      status: () => undefined,
      logRanges: () => undefined,
    }
  }

  #store({ topic, partition, runs, next }: RawBatch): void {
    let last = this.positions.get(partitionKey({ topic, partition }))?.last ?? null
    for (const run of runs) {
      for (let i = 0; i < run.count; i++) {
        const record = recordAt(run, i)
        this.stored.push(`${partition}@${record.offset} ${String(record.value)}`)
        last = { ...fingerprintOf(record), offset: record.offset }
      }
    }
    this.positions.set(partitionKey({ topic, partition }), { topic, partition, next, last })
  }
}

const batch = (baseOffset: number, ...values: string[]): Buffer =>
  aRecordBatch({ baseOffset, baseTimestamp, records: values.map((value) => ({ value })) })

function answer(records: readonly Buffer[], more: Partial<FetchedPartition> = {}): FetchedPartition {
  return {
    topic: 't',
    partition: 0,
    errorCode: 0,
    highWatermark: 100,
    lastStableOffset: 100,
    logStartOffset: 0,
    aborted: [],
    preferredReplica: -1,
    records: Buffer.concat(records),
    ...more,
  }
}

const storedAt = (next: number, lastValue: string, offset = next - 1): ReadPosition => ({
  topic: 't',
  partition: 0,
  next,
  last: { ...fingerprintOf({ timestamp: baseTimestamp, value: Buffer.from(lastValue) }), offset },
})

/** A reader of one partition, with this position. */
function aReader(position?: ReadPosition, options?: { sliceRecords?: number }) {
  const fixture = new ReaderFixture(options)
  if (position) fixture.positions.set('t/0', position)
  const [state] = fixture.assign() as [PartitionState]
  return { fixture, state }
}

test('records are stored in order, and the next fetch begins behind them', async () => {
  const { fixture, state } = aReader()
  fixture.reader.received(state, answer([batch(0, 'a', 'b'), batch(2, 'c')]))
  expect(state.fetchOffset).toBe(3)
  await fixture.settled()
  expect(fixture.stored).toEqual(['0@0 a', '0@1 b', '0@2 c'])
  expect(fixture.positions.get('t/0')?.next).toBe(3)
})

test('reading resumes at the last stored record, which is compared and left out', async () => {
  const { fixture, state } = aReader(storedAt(2, 'b'))
  expect(state.fetchOffset).toBe(1)
  fixture.reader.received(state, answer([batch(0, 'a', 'b', 'c')]))
  await fixture.settled()
  expect(fixture.stored).toEqual(['0@2 c'])
})

test('behind markers the last record is still the one that is compared', async () => {
  const { fixture, state } = aReader(storedAt(4, 'b', 1))
  expect(state.fetchOffset).toBe(1)
  fixture.reader.received(state, answer([batch(1, 'b'), aMarker('commit', 1n, 2), aMarker('commit', 1n, 3), batch(4, 'c')]))
  await fixture.settled()
  expect(fixture.stored).toEqual(['0@4 c'])
})

test('markers alone move the position', async () => {
  const { fixture, state } = aReader(storedAt(2, 'b'))
  fixture.reader.received(state, answer([batch(1, 'b'), aMarker('abort', 1n, 2)]))
  await fixture.settled()
  expect(fixture.stored).toEqual([])
  expect(fixture.positions.get('t/0')).toEqual({ ...storedAt(2, 'b'), next: 3 })
})

test('another record at that offset is another log: the broker is asked, and it is read from its beginning', async () => {
  const { fixture, state } = aReader(storedAt(2, 'b'))
  fixture.range = { start: 0, end: 9 }
  fixture.reader.received(state, answer([batch(0, 'x', 'y', 'z')]))
  await fixture.settled()
  expect(fixture.gaps).toEqual([{ topic: 't', partition: 0, from: 2, to: 2, reason: gapReasons.anotherLog, at: 5 }])
  expect([state.fetchOffset, fixture.stored]).toEqual([0, []])
})

test('a compacted record is no evidence of another log', async () => {
  const { fixture, state } = aReader(storedAt(2, 'b'))
  fixture.reader.received(state, answer([batch(5, 'f')]))
  await fixture.settled()
  expect([fixture.stored, fixture.gaps]).toEqual([['0@5 f'], []])
})

test.each([
  ['deleted by retention', { start: 6, end: 9 }, { from: 2, to: 6, reason: gapReasons.retention }, 6],
  ['beyond the end of a new log', { start: 0, end: 1 }, { from: 2, to: 2, reason: gapReasons.anotherLog }, 0],
])('an offset out of range is a loss if the broker confirms it: %s', async (_title, range, loss, from) => {
  const { fixture, state } = aReader(storedAt(2, 'b'))
  fixture.range = range
  fixture.reader.received(state, answer([], { errorCode: errorCode.offsetOutOfRange }))
  expect(fixture.reader.isWanted(state, node)).toBe(false)
  await fixture.settled()
  expect(fixture.gaps).toMatchObject([loss])
  expect([state.fetchOffset, fixture.reader.isWanted(state, node)]).toEqual([from, true])
})

test('only the record that is compared was deleted: no loss', async () => {
  const { fixture, state } = aReader(storedAt(4, 'b', 1))
  fixture.range = { start: 3, end: 9 }
  fixture.reader.received(state, answer([], { errorCode: errorCode.offsetOutOfRange }))
  await fixture.settled()
  expect([fixture.gaps, state.fetchOffset]).toEqual([[], 4])
})

test('a partition that was never read begins at the first record that the log still has', async () => {
  const { fixture, state } = aReader()
  fixture.range = { start: 7, end: 9 }
  fixture.reader.received(state, answer([], { errorCode: errorCode.offsetOutOfRange }))
  await fixture.settled()
  expect([fixture.gaps, state.fetchOffset]).toEqual([[], 7])
})

test('a damaged batch is one rejected row, and the others are stored around it', async () => {
  const { fixture, state } = aReader()
  const damaged = batch(1, 'b', 'c')
  damaged.writeUInt8(damaged.readUInt8(70) ^ 0xff, 70)
  fixture.reader.received(state, answer([batch(0, 'a'), damaged, batch(3, 'd')]))
  await fixture.settled()
  expect(fixture.stored).toEqual(['0@0 a', '0@3 d'])
  expect(fixture.unreadable).toMatchObject([
    {
      position: { topic: 't', partition: 0, offset: 1 },
      reason: 'A batch of 2 messages (to offset 2) cannot be read: the checksum of the batch is wrong.',
      resumeFrom: { next: 3 },
    },
  ])
})

test('one call stores the records of many partitions, up to the limit', async () => {
  const fixture = new ReaderFixture({ sliceRecords: 3 })
  const states = fixture.assign(4)
  states.forEach((state, partition) => fixture.reader.received(state, answer([batch(0, 'a', 'b')], { partition })))
  await fixture.settled()
  expect(fixture.calls).toEqual([2, 2, 1])
  expect(fixture.stored.toSorted()).toEqual([0, 1, 2, 3].flatMap((partition) => [`${partition}@0 a`, `${partition}@1 b`]))
  expect(fixture.positions.get('t/3')?.next).toBe(2)
})

test('if storing fails, everything is read again from the stored positions', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const { fixture, state } = aReader(undefined, { sliceRecords: 1 })
  fixture.reader.received(state, answer([batch(0, 'a', 'b')]))
  await fixture.settled()
  fixture.fault = new Error('disk full')
  fixture.reader.received(state, answer([batch(2, 'c', 'd')]))
  await fixture.settled()
  expect(fixture.reader.isWanted(state, node)).toBe(false)
  fixture.fault = undefined
  vi.advanceTimersByTime(10)
  expect([state.fetchOffset, fixture.reader.isWanted(state, node)]).toEqual([1, true])
  fixture.reader.received(state, answer([batch(0, 'a', 'b'), batch(2, 'c', 'd')]))
  await fixture.settled()
  expect(fixture.stored).toEqual(['0@0 a', '0@1 b', '0@2 c', '0@3 d'])
})

test('a position that another member moved ends the session', async () => {
  const { fixture, state } = aReader()
  fixture.fault = new PositionMovedError('moved')
  fixture.reader.received(state, answer([batch(0, 'a')]))
  await fixture.settled()
  expect(fixture.errors).toEqual([fixture.fault])
})

test('a partition of which another member has stored more is read from there', async () => {
  const { fixture, state } = aReader()
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  fixture.gate = opened
  fixture.reader.received(state, answer([batch(0, 'a')]))
  await fixture.settled()
  // The other member's records are in the database before the rest of this call returns.
  fixture.after = () => fixture.positions.set('t/0', storedAt(9, 'i'))
  open()
  await fixture.settled()
  expect(state.fetchOffset).toBe(8)
})

test('while storing is slow, no more is fetched than the limit', async () => {
  const fixture = new ReaderFixture({ maxBytes: 100 })
  const [state] = fixture.assign() as [PartitionState]
  let open = (): void => undefined
  fixture.gate = new Promise((resolve) => (open = resolve))
  fixture.reader.received(state, answer([batch(0, 'a'.repeat(200))]))
  fixture.reader.received(state, answer([batch(1, 'b'.repeat(200))]))
  let hasRoom = false
  const room = fixture.reader.room().then(() => (hasRoom = true))
  await fixture.settled()
  expect(hasRoom).toBe(false)
  open()
  await room
  await fixture.settled()
  expect(fixture.positions.get('t/0')?.next).toBe(2)
})

test('a leader that moved is looked for, and the partition is not fetched meanwhile', () => {
  const { fixture, state } = aReader()
  fixture.reader.received(state, answer([], { errorCode: 6 }))
  expect([fixture.unknownLeaders, fixture.reader.isWanted(state, node)]).toEqual([['t/0'], false])
})

test('the leader may name a nearer replica, which is left when it is behind', () => {
  const { fixture, state } = aReader()
  fixture.reader.received(state, answer([], { preferredReplica: 3 }))
  expect([fixture.reader.isWanted(state, node), fixture.reader.isWanted(state, 3)]).toEqual([false, true])
  fixture.reader.received(state, answer([], { errorCode: errorCode.offsetOutOfRange }))
  expect(fixture.reader.isWanted(state, node)).toBe(true)
})

test('a refused read ends the session with the reason', () => {
  const { fixture, state } = aReader()
  fixture.reader.received(state, answer([], { errorCode: errorCode.topicAuthorizationFailed }))
  expect(fixture.errors).toMatchObject([{ type: 'TOPIC_AUTHORIZATION_FAILED' }])
})

test('a batch larger than the share of its partition is asked for again with its size', () => {
  const { fixture, state } = aReader()
  const large = batch(0, 'x'.repeat(2_000_000))
  fixture.reader.received(state, answer([large.subarray(0, 1_000_000)]))
  expect([state.fetchOffset, state.maxBytes]).toEqual([0, large.length])
})

test('a partition that is taken away is not stored any more', async () => {
  const { fixture, state } = aReader()
  fixture.reader.received(state, answer([batch(0, 'a')]))
  fixture.reader.assign([], [])
  await fixture.settled()
  expect([fixture.stored, fixture.reader.isWanted(state, node)]).toEqual([[], false])
})
