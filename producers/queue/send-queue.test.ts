import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lineLog } from '../line-log.ts'
import { Batcher } from '../../src-kafka/produce/batcher.ts'
import { StaleBatchesError, type Destination } from '../../src-kafka/produce/destination.ts'
import { SendQueue } from './send-queue.ts'
import type { PartitionBatch, ProducerRecord } from '../../src-kafka/produce/producer-record.ts'

beforeEach(() => vi.useFakeTimers({ now: 0 }))
afterEach(() => vi.useRealTimers())

/** A broker with one partition per topic, whose responses the test decides. */
class ScriptedDestination implements Destination {
  readonly offered: PartitionBatch[] = []
  readonly stored: string[] = []
  answer: (batch: PartitionBatch) => Error | undefined = () => undefined

  async toBatches(records: readonly ProducerRecord[]): Promise<PartitionBatch[]> {
    const batcher = new Batcher()
    for (const record of records) batcher.add(record, 0)
    return batcher.batches
  }

  async store(batch: PartitionBatch): Promise<void> {
    this.offered.push(batch)
    const error = this.answer(batch)
    if (error) throw error
    this.stored.push(...batch.records.map(textOf))
  }

  async close(): Promise<void> {}
}

const textOf = ({ value }: ProducerRecord) => Buffer.from(value).toString()
const record = (text: string, topic = 't'): ProducerRecord => ({ topic, key: 'k', value: Buffer.from(text) })

function aQueue(limits?: { records: number; bytes: number }) {
  const destination = new ScriptedDestination()
  const lines: string[] = []
  const log = lineLog((line) => lines.push(line.trimEnd()), Date.now)
  const queue = new SendQueue({ destination, log, now: Date.now, ...(limits ? { limits } : {}) })
  queue.start()
  return { queue, destination, lines }
}

describe('a send queue', () => {
  test('sends the same batch every second until it is stored, and only then the next records', async () => {
    const { queue, destination } = aQueue()
    destination.answer = () => new Error('away')
    queue.add(record('a'))
    await vi.advanceTimersByTimeAsync(3_500)
    queue.add(record('b'))
    destination.answer = () => undefined
    await vi.advanceTimersByTimeAsync(1_000)
    expect(destination.offered.map((batch) => batch.records.map(textOf))).toEqual([
      ['a'],
      ['a'],
      ['a'],
      ['a'],
      ['a'],
      ['b'],
    ])
    expect(new Set(destination.offered.slice(0, 5)).size).toBe(1)
    expect(destination.stored).toEqual(['a', 'b'])
    expect([queue.stored, queue.waiting]).toEqual([2, 0])
  })

  test('logs the first failure, one line a minute, and the recovery', async () => {
    const { queue, destination, lines } = aQueue()
    destination.answer = () => new Error('connect ECONNREFUSED')
    queue.add(record('a'))
    await vi.advanceTimersByTimeAsync(150_500)
    destination.answer = () => undefined
    await vi.advanceTimersByTimeAsync(1_000)
    expect(lines).toEqual([
      '1970-01-01T00:00:00.000Z warn Kafka does not take records, trying on attempts=1 waiting=1 reason="connect ECONNREFUSED"',
      '1970-01-01T00:01:00.000Z warn Kafka does not take records, trying on attempts=61 waiting=1 reason="connect ECONNREFUSED"',
      '1970-01-01T00:02:00.000Z warn Kafka does not take records, trying on attempts=121 waiting=1 reason="connect ECONNREFUSED"',
      '1970-01-01T00:02:31.000Z info Kafka takes records again after=151s waiting=1',
    ])
  })

  test('waits a minute after refused credentials, so that no account is locked', async () => {
    const { queue, destination } = aQueue()
    destination.answer = () => Object.assign(new Error('bad credentials'), { name: 'KafkaJSSASLAuthenticationError' })
    queue.add(record('a'))
    await vi.advanceTimersByTimeAsync(119_000)
    expect(destination.offered).toHaveLength(2)
  })

  test('drops the oldest records above its limit, counts them and logs it once a minute', async () => {
    const { queue, destination, lines } = aQueue({ records: 3, bytes: 1e9 })
    destination.answer = () => new Error('away')
    queue.add(record('frozen'))
    await vi.advanceTimersByTimeAsync(10)
    for (const text of ['b', 'c', 'd', 'e', 'f']) queue.add(record(text))
    expect([queue.dropped, queue.waiting]).toEqual([2, 4])
    expect(lines.filter((line) => line.includes('send queue full'))).toEqual([
      '1970-01-01T00:00:00.010Z warn send queue full: dropping the oldest records dropped=1 waiting=4',
    ])
    destination.answer = () => undefined
    await vi.advanceTimersByTimeAsync(1_000)
    expect(destination.stored).toEqual(['frozen', 'd', 'e', 'f'])
  })

  test('rebuilds the pending batches in order after a lost producer id', async () => {
    const { queue, destination } = aQueue()
    for (const topic of ['t1', 't2', 't3']) queue.add(record(topic, topic))
    let lost = true
    destination.answer = (batch) => {
      if (batch.topic !== 't2' || !lost) return undefined
      lost = false
      return new StaleBatchesError('UNKNOWN_PRODUCER_ID')
    }
    await vi.advanceTimersByTimeAsync(10)
    expect(destination.offered.map((batch) => batch.topic)).toEqual(['t1', 't2', 't2', 't3'])
    expect(destination.stored).toEqual(['t1', 't2', 't3'])
    expect([queue.stored, queue.waiting]).toEqual([3, 0])
  })

  test('close sends the queued records, or returns how many remain after its limit', async () => {
    const good = aQueue()
    good.queue.add(record('a'))
    await expect(good.queue.close(10_000)).resolves.toBe(0)
    expect(good.destination.stored).toEqual(['a'])

    const bad = aQueue()
    bad.destination.answer = () => new Error('away')
    bad.queue.add(record('a'))
    await vi.advanceTimersByTimeAsync(10)
    bad.queue.add(record('b'))
    const left = bad.queue.close(10_000)
    await vi.advanceTimersByTimeAsync(10_000)
    await expect(left).resolves.toBe(2)
  })

  test('a source that waits for free space loses nothing', async () => {
    const { queue, destination } = aQueue({ records: 20, bytes: 1e9 })
    for (let n = 0; n < 500; n++) {
      queue.add(record(String(n)))
      await queue.waitUntilBelow(10)
    }
    await queue.waitUntilBelow(1)
    expect(destination.stored).toEqual(Array.from({ length: 500 }, (_, n) => String(n)))
    expect(queue.dropped).toBe(0)
  })
})
