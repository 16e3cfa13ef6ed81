import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Stream, StreamHandlers } from '../../src-kafka/stream.ts'
import { numbered, startStreamBroker, type StreamBroker } from './stream-broker.ts'
import { StreamFixture } from './stream-fixture.ts'

export type MakeStream = (bootstrap: string, handlers: StreamHandlers, options: { topicPattern: string }) => Stream

/** The console's requirements on a record stream, independent of the client. Runs on a real broker. */
export function streamContract(makeStream: MakeStream): void {
  let kafka: StreamBroker
  beforeAll(async () => {
    kafka = await startStreamBroker()
  })
  afterAll(() => kafka.end())

  /** Runs a stream while `during` runs. */
  async function reading<T>(fixture: StreamFixture, name: string, during: () => Promise<T>): Promise<T> {
    const stream = makeStream(kafka.bootstrap, fixture.handlers, { topicPattern: `^${name}-` })
    stream.start()
    try {
      return await during()
    } finally {
      await stream.stop()
    }
  }

  const eventually = (assert: () => void, timeout = 20_000) => vi.waitFor(assert, { timeout, interval: 50 })

  test('a restart resumes after the last stored record, without loss or duplicates', async () => {
    await kafka.createTopic('again-1', 3)
    const fixture = new StreamFixture()
    const expected: string[] = []
    for (let round = 0; round < 3; round++) {
      for (let partition = 0; partition < 3; partition++) {
        const values = numbered(`p${partition}-`, round * 500, (round + 1) * 500)
        await kafka.write('again-1', values, partition)
        values.forEach((value, n) => expected.push(`again-1/${partition}@${round * 500 + n} ${value}`))
      }
      await reading(fixture, 'again', () => eventually(() => expect(fixture.received).toHaveLength(expected.length)))
    }
    expect(fixture.received.toSorted()).toEqual(expected.toSorted())
    expect(fixture.gaps).toEqual([])
    expect(fixture.status).toEqual({ kind: 'stopped' })
  })

  test('records of one partition arrive in order, including tombstones', async () => {
    await kafka.createTopic('order-1')
    await kafka.write('order-1', ['a', null, '', 'b'])
    const fixture = new StreamFixture()
    await reading(fixture, 'order', () => eventually(() => expect(fixture.received).toHaveLength(4)))
    expect(fixture.received).toEqual(['order-1/0@0 a', 'order-1/0@1 null', 'order-1/0@2 ', 'order-1/0@3 b'])
    expect(fixture.ends).toEqual([{ topic: 'order-1', partition: 0, start: 0, end: 4 }])
  })

  test('without a topic it is connected, and it reads a new topic from its first record within 30 s', async () => {
    const fixture = new StreamFixture()
    await reading(fixture, 'late', async () => {
      await eventually(() => expect(fixture.status).toMatchObject({ kind: 'connected', topics: 0, partitions: 0 }))
      await kafka.createTopic('late-1')
      await kafka.write('late-1', ['first'])
      await eventually(() => expect(fixture.values('late-1')).toEqual(['first']), 30_000)
      await kafka.createTopic('late-2')
      await kafka.write('late-2', ['first'])
      await eventually(() => expect(fixture.values('late-2')).toEqual(['first']), 30_000)
      expect(fixture.status).toMatchObject({ kind: 'connected', topics: 2, partitions: 2 })
    })
    expect(fixture.statuses.map(({ kind }) => kind)).not.toContain('disconnected')
  })

  test('deleting a topic while it is read does not stop the others', async () => {
    await kafka.createTopic('shrink-1')
    await kafka.createTopic('shrink-2')
    await kafka.write('shrink-1', ['old'])
    await kafka.write('shrink-2', ['0'])
    const fixture = new StreamFixture()
    await reading(fixture, 'shrink', async () => {
      await eventually(() => expect(fixture.received).toHaveLength(2))
      await kafka.admin.deleteTopics({ topics: ['shrink-1'] })
      await kafka.write('shrink-2', ['1'])
      await eventually(() => expect(fixture.values('shrink-2')).toEqual(['0', '1']))
      await eventually(() => expect(fixture.status).toMatchObject({ kind: 'connected', topics: 1 }), 30_000)
      await kafka.write('shrink-2', ['2'])
      await eventually(() => expect(fixture.values('shrink-2')).toEqual(['0', '1', '2']))
    })
  })

  test.each([
    ['longer', 20],
    ['shorter', 5],
  ])('a topic that was created again, and is %s now, is read from its beginning', async (name, count) => {
    const topic = `${name}-1`
    await kafka.createTopic(topic)
    await kafka.write(topic, numbered('old', 0, 10))
    const fixture = new StreamFixture()
    const received = (n: number) => () => eventually(() => expect(fixture.received).toHaveLength(n))
    await reading(fixture, name, received(10))
    await kafka.admin.deleteTopics({ topics: [topic] })
    await vi.waitFor(() => kafka.createTopic(topic), { timeout: 30_000, interval: 200 })
    await kafka.write(topic, numbered('new', 0, count))
    await reading(fixture, name, received(10 + count))
    expect(fixture.values(topic)).toEqual([...numbered('old', 0, 10), ...numbered('new', 0, count)])
    expect(fixture.gaps).toMatchObject([{ topic, partition: 0, from: 10, to: 10 }])
  })

  test('records that retention deleted before they were read are reported as lost, with their number', async () => {
    await kafka.createTopic('retain-1')
    await kafka.write('retain-1', numbered('', 0, 10))
    const fixture = new StreamFixture()
    await reading(fixture, 'retain', () => eventually(() => expect(fixture.received).toHaveLength(10)))
    await kafka.write('retain-1', numbered('', 10, 40))
    await kafka.admin.deleteTopicRecords({ topic: 'retain-1', partitions: [{ partition: 0, offset: '25' }] })
    await reading(fixture, 'retain', () => eventually(() => expect(fixture.received).toHaveLength(25)))
    expect(fixture.values('retain-1')).toEqual([...numbered('', 0, 10), ...numbered('', 25, 40)])
    expect(fixture.gaps).toMatchObject([{ topic: 'retain-1', partition: 0, from: 10, to: 25 }])
  })

  test('records that another group member reads while a session begins are not a loss', async () => {
    await kafka.createTopic('others-1')
    await kafka.write('others-1', numbered('', 0, 10))
    const fixture = new StreamFixture()
    const refreshPositions = async () => {
      await kafka.write('others-1', numbered('', 10, 20))
      fixture.positions.set('others-1/0', { topic: 'others-1', partition: 0, next: 20, last: null })
    }
    const handlers = { ...fixture.handlers, refreshPositions }
    const stream = makeStream(kafka.bootstrap, handlers, { topicPattern: '^others-' })
    stream.start()
    await eventually(() => expect(fixture.status?.kind).toBe('connected'))
    await kafka.write('others-1', ['20'])
    await eventually(() => expect(fixture.values('others-1')).toEqual(['20']))
    await stream.stop()
    expect(fixture.gaps).toEqual([])
  })

  test('failing storage stops reading at the first record not stored, and is retried', async () => {
    await kafka.createTopic('full-1')
    const fixture = new StreamFixture()
    const stream = makeStream(kafka.bootstrap, fixture.handlers, { topicPattern: '^full-' })
    stream.start()
    await eventually(() => expect(fixture.status?.kind).toBe('connected'))
    fixture.fault = new Error('no space left on device')
    await kafka.write('full-1', ['a', 'b'])
    await eventually(() => expect(fixture.status).toMatchObject({ kind: 'disconnected' }))
    expect(fixture.status).toMatchObject({ detail: expect.stringContaining('no space left on device') as string })
    fixture.fault = undefined
    stream.retryNow()
    await eventually(() => expect(fixture.status?.kind).toBe('connected'))
    await stream.stop()
    expect(fixture.values('full-1')).toEqual(['a', 'b'])
  })

  test('records that retention deletes while reading is stopped are reported as lost', async () => {
    await kafka.createTopic('slow-1')
    const fixture = new StreamFixture()
    const stream = makeStream(kafka.bootstrap, fixture.handlers, { topicPattern: '^slow-' })
    stream.start()
    await kafka.write('slow-1', numbered('', 0, 10))
    await eventually(() => expect(fixture.received).toHaveLength(10))
    fixture.fault = new Error('no space left on device')
    await kafka.write('slow-1', numbered('', 10, 40))
    await eventually(() => expect(fixture.status).toMatchObject({ kind: 'disconnected' }))
    await kafka.admin.deleteTopicRecords({ topic: 'slow-1', partitions: [{ partition: 0, offset: '25' }] })
    fixture.fault = undefined
    stream.retryNow()
    await eventually(() => expect(fixture.received).toHaveLength(25))
    await stream.stop()
    expect(fixture.values('slow-1')).toEqual([...numbered('', 0, 10), ...numbered('', 25, 40)])
    expect(fixture.gaps).toMatchObject([{ topic: 'slow-1', partition: 0, from: 10, to: 25 }])
  })

  test('a topic that is deleted and recreated while it is read is read from its beginning', async () => {
    await kafka.createTopic('phoenix-1')
    await kafka.write('phoenix-1', numbered('old', 0, 10))
    const fixture = new StreamFixture()
    await reading(fixture, 'phoenix', async () => {
      await eventually(() => expect(fixture.received).toHaveLength(10))
      await kafka.admin.deleteTopics({ topics: ['phoenix-1'] })
      await vi.waitFor(() => kafka.createTopic('phoenix-1'), { timeout: 30_000, interval: 200 })
      await kafka.write('phoenix-1', numbered('new', 0, 20))
      await eventually(() => expect(fixture.received).toHaveLength(30), 30_000)
    })
    expect(fixture.values('phoenix-1')).toEqual([...numbered('old', 0, 10), ...numbered('new', 0, 20)])
    expect(fixture.gaps).toMatchObject([{ topic: 'phoenix-1', partition: 0, from: 10, to: 10 }])
  })
}
