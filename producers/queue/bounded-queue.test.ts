import { expect, test } from 'vitest'
import { BoundedQueue } from './bounded-queue.ts'
import type { ProducerRecord } from '../../src-kafka/produce/producer-record.ts'

const record = (n: number): ProducerRecord => ({ topic: 't', key: 'k', value: Buffer.from(String(n).padStart(4, '0')) })
const numberOf = ({ value }: ProducerRecord) => Number(Buffer.from(value).toString())
const roomy = { records: 1e6, bytes: 1e9 }

test('records leave in the order in which they were added', () => {
  const queue = new BoundedQueue(roomy)
  const out: number[] = []
  for (let n = 0; n < 9000; n++) {
    queue.add(record(n))
    if (n % 3 === 2) out.push(...queue.take({ records: 2, bytes: 1e9 }).map(numberOf))
  }
  out.push(...queue.take(roomy).map(numberOf))
  expect(out).toEqual(Array.from({ length: 9000 }, (_, n) => n))
  expect([queue.length, queue.bytes]).toEqual([0, 0])
})

test('above the limit of records the oldest are dropped and counted', () => {
  const queue = new BoundedQueue({ records: 3, bytes: 1e9 })
  const dropped = [0, 1, 2, 3, 4].map((n) => queue.add(record(n)))
  expect(dropped).toEqual([0, 0, 0, 1, 1])
  expect(queue.take(roomy).map(numberOf)).toEqual([2, 3, 4])
})

test('above the limit of bytes the oldest are dropped, never the newest', () => {
  const one = new BoundedQueue(roomy)
  one.add(record(0))
  const queue = new BoundedQueue({ records: 1e6, bytes: one.bytes * 2 })
  const dropped = [0, 1, 2, 3].reduce((sum, n) => sum + queue.add(record(n)), 0)
  expect(dropped).toBe(2)
  expect(queue.take(roomy).map(numberOf)).toEqual([2, 3])
  const tiny = new BoundedQueue({ records: 1, bytes: 1 })
  tiny.add(record(7))
  expect(tiny.take({ records: 1, bytes: 1 }).map(numberOf)).toEqual([7])
})
