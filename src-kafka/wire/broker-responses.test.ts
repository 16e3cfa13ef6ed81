import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { recordAt, type RunRecord } from '../records/record-at.ts'
import { type FetchedPartition, parseFetchResponse } from './fetch-response.ts'
import { readRecordBatches } from './record-batches.ts'

/** What a real broker sent: see the README of the folder. */
function fetched(name: string): readonly FetchedPartition[] {
  const file = new URL(`../../tests/fixtures/fetch/${name}.base64`, import.meta.url)
  const { throttleMs, errorCode, partitions } = parseFetchResponse(Buffer.from(readFileSync(file, 'latin1'), 'base64'))
  expect([throttleMs, errorCode]).toEqual([0, 0])
  return partitions
}

function read(name: string, from = 0): { readonly records: RunRecord[]; readonly next: number } {
  const [partition] = fetched(name)
  if (!partition) throw new Error('expected a partition')
  const { pieces, next } = readRecordBatches(partition.records, { from, aborted: partition.aborted })
  const records = pieces.flatMap((piece) => {
    if (piece.kind === 'unreadable') throw new Error(piece.reason)
    return Array.from({ length: piece.run.count }, (_, n) => recordAt(piece.run, n))
  })
  return { records, next }
}

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])("records of Kafka's own producer with %s are read", (codec) => {
  const { records, next } = read(`java-${codec}`)
  expect(records).toHaveLength(30)
  for (const [n, record] of records.entries()) {
    expect(record).toEqual({
      offset: n,
      timestamp: expect.any(Number),
      key: Buffer.from(`key-${n}`),
      value: Buffer.from(`{"node_id":"node-1","metrics":{"cpu_usage":71.3}} ${n}`),
      headers: { unit: Buffer.from('percent'), n: Buffer.from(String(n)) },
    })
    expect(new Date(record.timestamp).getUTCFullYear()).toBe(2026)
  }
  expect(next).toBe(30)
})

test('committed records are read, aborted ones and markers are not', () => {
  const shown = ({ records, next }: ReturnType<typeof read>): unknown[] => [
    ...records.map(({ offset, value }) => `${offset} ${String(value)}`),
    next,
  ]
  expect(shown(read('transactions'))).toEqual(['2 committed 2', '3 plain 3', '7 committed 7', 9])
  expect(shown(read('transactions-from-5', 5))).toEqual(['7 committed 7', 9])
})

test("the broker's time counts where the topic says so, else the producer's", () => {
  const appended = read('append-time').records.map(({ timestamp }) => new Date(timestamp).getUTCFullYear())
  expect(appended).toEqual([2026, 2026])
  expect(read('kafkajs').records).toEqual([
    { offset: 0, timestamp: 5_000, key: Buffer.from('k'), value: null, headers: { name: Buffer.from('value') } },
    { offset: 1, timestamp: 4_000, key: null, value: Buffer.from('größe') },
  ])
})

test('a response at its limit ends within a batch', () => {
  const cut = fetched('cut').map(({ topic, records, aborted }) => {
    const { next, needsBytes } = readRecordBatches(records, { from: 0, aborted })
    return [topic, records.length, next, needsBytes]
  })
  expect(cut).toEqual([
    ['java-none', 2_551, 30, undefined],
    ['kafkajs', 0, 0, undefined],
    ['transactions', 200, 3, undefined],
  ])
})

test('an offset behind the end of the log is an error code', () => {
  expect(fetched('out-of-range')).toMatchObject([{ errorCode: 1, highWatermark: -1, records: Buffer.alloc(0) }])
})
