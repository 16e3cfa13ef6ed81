import { expect, test } from 'vitest'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import { nullLog } from '../../tests/support/null-log.ts'
import { partitionKey, type FirstStart, type StreamHandlers } from '../stream.ts'
import { offsetOf } from '../wire/list-offsets.ts'
import { FirstPositions } from './first-positions.ts'
import { noBroker } from './partition-state.ts'

const at = 1_764_000_000_000

/** An owner in memory, and leaders that answer: the log ends at 100, and `found` is the first offset since `at`. */
class Fixture {
  readonly positions = new Map<string, ReadPosition>()
  /** Each call of `begin`, as `topic/partition@next`. */
  readonly calls: string[][] = []
  start: FirstStart | undefined = { from: at, isWhole: (topic) => topic.startsWith('remo-') }
  found = 40
  fault: Error | undefined
  /** Runs while the leaders are asked. */
  meanwhile: () => void = () => undefined
  readonly first: FirstPositions

  constructor() {
    const handlers: Partial<StreamHandlers> = {
      position: (topic, partition) => this.positions.get(partitionKey({ topic, partition })),
      firstStart: () => this.start,
      begin: (positions) => {
        if (this.fault) throw this.fault
        this.calls.push(positions.map((one) => `${partitionKey(one)}@${one.next}`))
        for (const position of positions) this.positions.set(partitionKey(position), position)
        this.start = undefined
      },
    }
    this.first = new FirstPositions({ handlers: handlers as StreamHandlers, log: nullLog })
  }

  place(...partitions: ReadonlyArray<readonly [topic: string, leader: number]>) {
    const led = partitions.map(([topic, leader]) => ({ topic, partition: 0, leader }))
    return this.first.place(
      {
        listOffsets: (_node, asked, timestamp) => {
          this.meanwhile()
          const offset = timestamp === offsetOf.end ? 100 : this.found
          return Promise.resolve(asked.map(({ topic, partition }) => ({ topic, partition, errorCode: 0, offset })))
        },
      },
      led,
    )
  }
}

test('partitions begin at the first record since the time, and at the end if there is none', async () => {
  const some = new Fixture()
  await some.place(['a', 1], ['b', 2], ['remo-rules', 1])
  const none = new Fixture()
  none.found = -1
  await none.place(['a', 1])
  expect([some.calls, none.calls]).toEqual([[['a/0@40', 'b/0@40']], [['a/0@100']]])
})

test('a partition that appears after the first start is not placed, and neither is one with a position', async () => {
  const fixture = new Fixture()
  fixture.positions.set('b/0', { topic: 'b', partition: 0, next: 7, last: null })
  await fixture.place(['a', 1], ['b', 1])
  await fixture.place(['a', 1], ['b', 1], ['c', 1])
  expect(fixture.calls).toEqual([['a/0@40']])
})

test('without any topic the first start is over: topics that come are new', async () => {
  const fixture = new Fixture()
  await fixture.place()
  await fixture.place(['a', 1])
  expect(fixture.calls).toEqual([[]])
})

test('a partition without a leader is placed when it has one', async () => {
  const fixture = new Fixture()
  await fixture.place(['a', 1], ['late', noBroker])
  expect(await fixture.place(['a', 1], ['late', noBroker])).toEqual([])
  fixture.found = 60
  expect(await fixture.place(['a', 1], ['late', 2], ['new', 1])).toMatchObject([{ topic: 'late', offset: 60 }])
  await fixture.place(['a', 1], ['late', 2], ['new', 1])
  expect(fixture.calls).toEqual([['a/0@40'], ['late/0@60']])
})

test('a position that is stored while leaders are asked is not moved', async () => {
  const fixture = new Fixture()
  await fixture.place(['a', 1], ['late', noBroker])
  fixture.meanwhile = () => fixture.positions.set('late/0', { topic: 'late', partition: 0, next: 90, last: null })
  expect(await fixture.place(['a', 1], ['late', 2])).toEqual([])
  expect(fixture.positions.get('late/0')?.next).toBe(90)
})

test('if storing fails, the next session places them', async () => {
  const fixture = new Fixture()
  fixture.fault = new Error('no space left on device')
  await expect(fixture.place(['a', 1])).rejects.toThrow('no space left on device')
  fixture.fault = undefined
  await fixture.place(['a', 1])
  expect(fixture.calls).toEqual([['a/0@40']])
})
