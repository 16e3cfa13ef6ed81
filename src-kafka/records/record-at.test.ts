import { expect, test } from 'vitest'
import { readRecordBatches } from '../wire/record-batches.ts'
import { aRecordBatch, type RecordToWrite } from '../wire/wire-builders.ts'
import { recordAt } from './record-at.ts'

function written(...records: RecordToWrite[]): unknown[] {
  const bytes = aRecordBatch({ baseOffset: 40, baseTimestamp: 1_000, records })
  const [piece] = readRecordBatches(bytes, { from: 0, aborted: [] }).pieces
  if (piece?.kind !== 'records') throw new Error('expected records')
  return records.map((_, index) => recordAt(piece.run, index))
}

test('a record has its key, value and headers', () => {
  const value = Buffer.from('value')
  expect(
    written(
      {
        key: 'key',
        value,
        headers: [
          ['database', 'id'],
          ['größe', Buffer.alloc(300, 1)],
        ],
        after: 5,
      },
      { key: null, value: null },
      { key: '', value: '' },
    ),
  ).toEqual([
    {
      offset: 40,
      timestamp: 1_005,
      key: Buffer.from('key'),
      value,
      headers: { database: Buffer.from('id'), größe: Buffer.alloc(300, 1) },
    },
    { offset: 41, timestamp: 1_000, key: null, value: null },
    { offset: 42, timestamp: 1_000, key: Buffer.alloc(0), value: Buffer.alloc(0) },
  ])
})

test('of equal header names the last one counts, a null value is left out, and any name is a plain property', () => {
  const headers = [
    ['a', '1'],
    ['a', '2'],
    ['b', null],
    ['__proto__', 'x'],
  ] as const
  const [record] = written({ value: 'v', headers }) as Array<{ headers: Record<string, Buffer> }>
  expect(Object.entries(record?.headers ?? {})).toEqual([
    ['a', Buffer.from('2')],
    ['__proto__', Buffer.from('x')],
  ])
})
