import type { EachBatchPayload, KafkaMessage } from 'kafkajs'
import { expect, test } from 'vitest'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import { PositionMovedError } from '../client/kafka-failure.ts'
import { fingerprintOf } from '../records/decode-batch.ts'
import { Reader } from './reader.ts'
import { gapReasons } from './resume-plan.ts'
import { StoragePause } from './storage-pause.ts'

const unused = () => undefined

interface Range {
  readonly start: number
  readonly end: number
}

/**
 * A reader of partition 0 of topic `t` that records its actions in order.
 * @param known the log range before the join
 * @param now the broker's answer when it is asked again
 */
function aReader(stored: ReadPosition | undefined, known: Range, now = known) {
  const done: string[] = []
  const state = { stored, now }
  const endOf = ({ start, end }: Range) => [{ topic: 't', partition: 0, start, end }]
  const reader = new Reader(
    {
      consumer: { seek: ({ offset }) => done.push(`seek ${offset}`) },
      handlers: {
        position: () => state.stored,
        batch: ({ records }) => {
          done.push(`store ${records.map(({ offset }) => offset).join(' ')}`)
          state.stored = storedTo(records.at(-1)?.offset ?? -1)
        },
        gap: ({ from, to, reason }, resumeFrom, known) => {
          if (known.next !== state.stored?.next) throw new PositionMovedError(`not ${known.next}`)
          done.push(`gap ${from} to ${to}, on from ${resumeFrom.next}: ${reason}`)
          state.stored = resumeFrom
        },
        unreadable: unused,
        status: unused,
        logRanges: unused,
      },
      storage: new StoragePause({ pause: unused, resume: unused, changed: unused, now: () => 0 }),
      logRanges: () => Promise.resolve(endOf(state.now)),
      now: () => 0,
      sliceRecords: 1_000,
      storingBytes: 1_000_000,
      endSession: ({ message }) => done.push(`end: ${message}`),
    },
    endOf(known),
  )
  reader.join({ t: [0] })
  const read = (fetchedOffset: number, messages: KafkaMessage[], isStale = false) => {
    const batch = { topic: 't', partition: 0, highWatermark: '99', messages, fetchedOffset: String(fetchedOffset) }
    return reader.read({
      batch: { ...batch, lastOffset: () => messages.at(-1)?.offset },
      resolveOffset: (offset: string) => done.push(`resolve ${offset}`),
      heartbeat: () => Promise.resolve(),
      isRunning: () => true,
      isStale: () => isStale,
    } as unknown as EachBatchPayload)
  }
  return { reader, done, read, state }
}

function message(offset: number, text = `record ${offset}`): KafkaMessage {
  return { offset: String(offset), timestamp: String(offset), value: Buffer.from(text), key: null } as KafkaMessage
}

/** The position after record `last`. */
function storedTo(last: number): ReadPosition {
  const fingerprint = fingerprintOf({ timestamp: last, value: Buffer.from(`record ${last}`) })
  return { topic: 't', partition: 0, next: last + 1, last: fingerprint }
}

test('the last stored record is read again for comparison and not stored twice', async () => {
  const { done, read, reader } = aReader(storedTo(4), { start: 0, end: 9 })
  await read(4, [message(4), message(5), message(6)])
  expect(done).toEqual(['seek 4', 'resolve 4', 'store 5 6', 'resolve 6'])
  expect([...reader.offsets()]).toEqual([{ topic: 't', partition: 0, offset: 7 }])
})

test('another record in its place means a new log: it is read from its beginning, and this batch is not stored', async () => {
  const { done, read } = aReader(storedTo(4), { start: 2, end: 9 })
  await read(4, [message(4, 'something else'), message(5)])
  expect(done).toEqual(['seek 4', `gap 5 to 5, on from 2: ${gapReasons.anotherLog}`, 'seek 2'])
})

test('holes after the requested offset are no loss', async () => {
  const { done, read } = aReader(storedTo(4), { start: 0, end: 99 })
  await read(4, [message(8), message(11)])
  await read(12, [message(20)])
  expect(done).toEqual(['seek 4', 'store 8 11', 'resolve 11', 'store 20', 'resolve 20'])
})

test('markers that kafkajs skips are no loss', async () => {
  const { done, read, reader } = aReader(storedTo(4), { start: 0, end: 99 })
  await read(4, [message(4)])
  reader.skippedEmpty('t', 0, 6)
  await read(7, [message(7)])
  expect(done).toEqual(['seek 4', 'resolve 4', 'store 7', 'resolve 7'])
})

test('a batch after the requested offset is a loss if the broker has no earlier records', async () => {
  const { done, read } = aReader(storedTo(4), { start: 0, end: 99 }, { start: 9, end: 99 })
  await read(9, [message(9)])
  await read(9, [message(9)])
  expect(done).toEqual(['seek 4', `gap 5 to 9, on from 9: ${gapReasons.retention}`, 'seek 9', 'store 9', 'resolve 9'])
})

test('a batch after the requested offset is no loss if the broker has the records before it: they are read', async () => {
  const { done, read } = aReader(storedTo(4), { start: 0, end: 99 })
  await read(9, [message(9)])
  await read(4, [message(4), message(5)])
  expect(done).toEqual(['seek 4', 'seek 4', 'resolve 4', 'store 5', 'resolve 5'])
})

test('markers in place of the last stored record do not make the log a new one', async () => {
  const { done, read, reader } = aReader(storedTo(4), { start: 0, end: 99 })
  reader.skippedEmpty('t', 0, 6)
  await read(7, [message(7)])
  expect(done).toEqual(['seek 4', 'store 7', 'resolve 7'])
})

test('a position after the log end known before the join is no new log: another member has read further', async () => {
  const { done, read } = aReader(storedTo(4), { start: 0, end: 3 }, { start: 0, end: 9 })
  await read(0, [message(0)])
  await read(4, [message(4), message(5)])
  expect(done).toEqual(['seek 0', 'seek 4', 'resolve 4', 'store 5', 'resolve 5'])
})

test('a log shorter than the position is a new one if the broker confirms it', async () => {
  const { done, read, reader } = aReader(storedTo(4), { start: 1, end: 3 })
  reader.verify() // the consumer connects at this moment
  await read(1, [message(1)])
  expect(done).toEqual(['seek 1', `gap 5 to 5, on from 1: ${gapReasons.anotherLog}`, 'seek 1'])
})

test('a loss that follows from an old position is not recorded, and the session ends', async () => {
  const { done, read, state } = aReader(storedTo(4), { start: 0, end: 99 }, { start: 9, end: 99 })
  state.stored = storedTo(20)
  await read(9, [message(9)])
  await read(9, [message(9)])
  expect(done).toEqual(['seek 4', 'end: not 5'])
})

test('a partition that is assigned again while the broker is asked is checked again', async () => {
  const { done, read, reader } = aReader(storedTo(4), { start: 0, end: 99 }, { start: 9, end: 99 })
  const reading = read(9, [message(9)])
  reader.join({ t: [0] })
  await reading
  expect(done).toEqual(['seek 4', 'seek 4'])
})

test('a partition that was never read cannot have lost anything', async () => {
  const { done, read } = aReader(undefined, { start: 3, end: 99 })
  await read(5, [message(5)])
  expect(done).toEqual(['seek 3', 'store 5', 'resolve 5'])
})

test('a batch before the requested offset ends the session', async () => {
  const { done, read } = aReader(storedTo(4), { start: 0, end: 99 })
  await read(0, [message(0)])
  expect(done).toEqual(['seek 4', 'end: t: reading jumped back from 4 to 0'])
})

test('after a later join, another record is checked against a new answer of the broker', async () => {
  const { done, read, reader } = aReader(storedTo(4), { start: 0, end: 9 }, { start: 2, end: 9 })
  reader.join({ t: [0] })
  await read(4, [message(4, 'something else')])
  expect(done).toEqual(['seek 4', 'seek 4', `gap 5 to 5, on from 2: ${gapReasons.anotherLog}`, 'seek 2'])
})

test('a stale batch is ignored', async () => {
  const { done, read } = aReader(storedTo(4), { start: 0, end: 9 })
  await read(4, [message(4), message(5)], true)
  expect(done).toEqual(['seek 4'])
})

interface Waiting {
  readonly store: (position: ReadPosition) => void
  readonly fail: (error: Error) => void
}

/** A reader with slow storage: a call is done when `nextWaiting` says so. */
function aSlowReader(storingBytes = 1_000_000) {
  let stored: ReadPosition | undefined
  const calls: string[] = []
  const waiting: Waiting[] = []
  const store = () =>
    new Promise<void>((resolve, fail) =>
      waiting.push({
        store: (position) => {
          stored = position
          resolve()
        },
        fail,
      }),
    )
  const storage = new StoragePause({ pause: unused, resume: unused, changed: unused, now: () => 0 })
  const reader = new Reader(
    {
      consumer: { seek: ({ offset }) => calls.push(`seek ${offset}`) },
      handlers: {
        position: () => stored,
        batch: store,
        gap: unused,
        unreadable: unused,
        status: unused,
        logRanges: unused,
      },
      storage,
      logRanges: () => Promise.resolve([]),
      now: () => 0,
      sliceRecords: 2,
      storingBytes,
      endSession: ({ message: reason }) => calls.push(`end: ${reason}`),
    },
    [],
  )
  reader.join({ t: [0] })
  const read = (fetchedOffset: number, messages: KafkaMessage[], partition = 0) =>
    reader.read({
      batch: {
        topic: 't',
        partition,
        highWatermark: '99',
        messages,
        fetchedOffset: String(fetchedOffset),
        lastOffset: () => messages.at(-1)?.offset,
      },
      resolveOffset: (offset: string) => calls.push(`resolve ${offset}`),
      heartbeat: () => Promise.resolve(),
      isRunning: () => true,
      isStale: () => false,
    } as unknown as EachBatchPayload)
  const nextWaiting = async () => {
    while (waiting.length === 0) await Promise.resolve()
    return waiting.shift() as Waiting
  }
  return { reader, storage, calls, waiting, read, nextWaiting }
}

test('more is fetched while a slice is being stored, but the next slice waits for it', async () => {
  const { reader, calls, waiting, read, nextWaiting } = aSlowReader()
  await read(0, [message(0), message(1)])
  const first = await nextWaiting()
  expect(calls).toEqual(['seek 0', 'resolve 1'])
  const reading = read(2, [message(2), message(3), message(4)])
  await new Promise(setImmediate)
  expect(waiting).toEqual([])
  first.store(storedTo(1))
  const second = await nextWaiting()
  second.store(storedTo(3))
  await reading
  expect(calls).toEqual(['seek 0', 'resolve 1', 'resolve 3', 'resolve 4'])
  const third = await nextWaiting()
  third.store(storedTo(4))
  await reader.settled()
  expect([...reader.offsets()]).toEqual([{ topic: 't', partition: 0, offset: 5 }])
})

test('if a slice cannot be stored, later fetches are discarded and it is read again', async () => {
  const { storage, calls, waiting, read, nextWaiting } = aSlowReader()
  await read(0, [message(0), message(1)])
  const first = await nextWaiting()
  first.store(storedTo(1))
  await read(2, [message(2), message(3)])
  const second = await nextWaiting()
  const reading = read(4, [message(4), message(5)])
  second.fail(new Error('no disk'))
  await reading
  expect(calls).toEqual(['seek 0', 'resolve 1', 'resolve 3', 'seek 1'])
  expect(waiting).toEqual([])
  storage.retryNow()
  await read(1, [message(1), message(2), message(3)])
  expect(calls.slice(4)).toEqual(['resolve 1', 'resolve 3'])
})

test('if other partitions store many bytes, the next slice waits for free bytes, one slice at a time', async () => {
  const twoRecords = 2 * 'record 0'.length
  const { reader, waiting, read, nextWaiting } = aSlowReader(2 * twoRecords)
  reader.join({ t: [0, 1, 2, 3] })
  const reading = [0, 1, 2, 3].map((partition) => read(0, [message(0), message(1)], partition))
  for (const inHand of [2, 2, 2, 1]) {
    await new Promise(setImmediate)
    expect(waiting).toHaveLength(inHand)
    const oldest = await nextWaiting()
    oldest.store(storedTo(1))
  }
  await Promise.all([...reading, reader.settled()])
})

test('the end waits for slices being stored, also after a change of the group', async () => {
  const { reader, read, nextWaiting } = aSlowReader()
  await read(0, [message(0), message(1)])
  const first = await nextWaiting()
  reader.join({ t: [0] })
  let isSettled = false
  const settled = reader.settled().then(() => (isSettled = true))
  await new Promise(setImmediate)
  expect(isSettled).toBe(false)
  first.store(storedTo(1))
  await settled
})

test('a position that moved while a slice was being stored ends the session', async () => {
  const { calls, waiting, read, nextWaiting } = aSlowReader()
  await read(0, [message(0), message(1)])
  const first = await nextWaiting()
  const reading = read(2, [message(2)])
  first.fail(new PositionMovedError('not 0'))
  await reading
  expect(calls).toEqual(['seek 0', 'resolve 1', 'end: not 0'])
  expect(waiting).toEqual([])
})

test('a slice that settles during a change of the group does not affect the new assignment', async () => {
  for (const end of [
    ({ store }: Waiting) => store(storedTo(1)),
    ({ fail }: Waiting) => fail(new Error('no disk')),
    ({ fail }: Waiting) => fail(new PositionMovedError('not 0')),
  ]) {
    const { reader, storage, calls, read, nextWaiting } = aSlowReader()
    await read(0, [message(0), message(1)])
    const first = await nextWaiting()
    reader.join({ t: [0] })
    end(first)
    await new Promise(setImmediate)
    expect(calls).toEqual(['seek 0', 'resolve 1', 'seek 0'])
    storage.stop()
  }
})

test('reading continues where another member has read further', async () => {
  const { calls, read, nextWaiting } = aSlowReader()
  const reading = read(0, [message(0), message(1), message(2), message(3)])
  const first = await nextWaiting()
  first.store(storedTo(70))
  await reading
  expect(calls).toEqual(['seek 0', 'resolve 1', 'seek 70'])
})
