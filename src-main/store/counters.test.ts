import Database from 'better-sqlite3'
import { cpSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { CounterRow } from '#shared/metric/formats/counter-row.ts'
import { databasePath } from './connection.ts'
import { ConsoleStore } from './console-store.ts'
import { aPartBatch, aPartSample, type PartSample } from './part-builders.ts'
import { aBatchWrite, aFolder, aSample, defined, startAt } from './store-builders.ts'
import { aCachePerTest } from './test-cache.ts'

const cache = aCachePerTest()
const net = { part: 'net{interface=eth0}', names: [], values: [], counters: ['in', 'out'] }

function commitRaw(
  second: number,
  raw: readonly number[],
  { partition = 0, ...more }: Partial<PartSample> & { readonly partition?: number } = {},
): void {
  const sample = aPartSample({ ...net, at: startAt + second * 1000, raw, ...more })
  cache.store.commitBatch(aBatchWrite({ samples: [aPartBatch([sample], { partition, from: second })] }))
}

/** Batches of another node, so that the journal is cut. */
function others(batches: number, from: number): void {
  for (let i = from; i < from + batches; i++) {
    cache.store.commitBatch(aBatchWrite({ samples: [aSample({ nodeId: 'other', at: startAt + i, values: [i] })] }))
  }
}

function valuesOf(rows: readonly CounterRow[]): unknown[] {
  return rows.map(({ topic, partition, nodeId, part, values }) => [topic, partition, nodeId, part, [...values]])
}

function count(table: 'counter' | 'journal'): number {
  const db = new Database(databasePath(cache.dir), { readonly: true })
  const rows = defined(db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get())
  db.close()
  return rows
}

it('the newest raw values are known after a restart: in each partition, with the step to them', () => {
  commitRaw(0, [100, 2 ** 53])
  commitRaw(10, [350, 2 ** 53 + 2])
  commitRaw(20, [0.5, 7], { partition: 1 })
  // A total is made again: the same time replaces the value.
  commitRaw(10, [351, 2 ** 53 + 4])
  const counter = (raw: number, second: number, stepMs: number) => ({ raw, at: startAt + second * 1000, stepMs })
  const expected = [
    [
      'metrics',
      0,
      'web-1',
      net.part,
      [
        ['in', counter(351, 10, 10_000)],
        ['out', counter(2 ** 53 + 4, 10, 10_000)],
      ],
    ],
    [
      'metrics',
      1,
      'web-1',
      net.part,
      [
        ['in', counter(0.5, 20, 0)],
        ['out', counter(7, 20, 0)],
      ],
    ],
  ]
  expect(valuesOf(cache.store.counterRows())).toEqual(expected)
  cache.reopen()
  expect(valuesOf(cache.store.counterRows())).toEqual(expected)
  expect(cache.store.samples.head('web-1', net.part)?.at).toEqual(new Float64Array(0))
})

it('counters that go on cost no row; those of a part that stopped are stored once, before the journal is cut', () => {
  for (let second = 0; second < 900; second++) {
    commitRaw(second, [second, 2 * second], { names: ['rate'], values: [second] })
    if (second > 300) others(1, second)
  }
  expect([count('counter'), count('journal') < 1000]).toEqual([0, true])
  const rows = valuesOf(cache.store.counterRows())
  cache.reopen({ rows: 10, bytes: 1e4 })
  others(100, 900)
  expect(count('counter')).toBe(1)
  cache.reopen()
  expect(valuesOf(cache.store.counterRows())).toEqual(rows)
})

it('a journal or a row of counters that is cut off at any byte is damage, and ReMo starts with a new cache', () => {
  commitRaw(0, [100, 2 ** 53])
  commitRaw(10, [1e300, 3])
  cache.close()
  const folder = aFolder()
  const opened = (change: (db: Database.Database) => void): string[] => {
    cpSync(databasePath(cache.dir), databasePath(folder.dir))
    const db = new Database(databasePath(folder.dir))
    change(db)
    db.close()
    const { store, notices } = ConsoleStore.open(folder.dir, startAt)
    store.close()
    return notices.map(({ id }) => id)
  }
  expect(opened(() => undefined)).toEqual([])
  const source = new Database(databasePath(cache.dir))
  const records = defined(source.prepare<[], Buffer>('SELECT records FROM journal').pluck().get())
  source.close()
  // The first byte alone is a batch without records.
  for (let length = 2; length < records.length; length++) {
    const cut = records.subarray(0, length)
    expect(opened((db) => db.prepare('UPDATE journal SET records = ? WHERE seq = 1').run(cut))).toEqual([
      'cache-moved-aside',
    ])
  }
  const row = (part: number, data: Buffer) => (db: Database.Database) =>
    db.prepare(`INSERT INTO counter VALUES (?, 'metrics', 0, 1, ?)`).run(part, data)
  for (const data of ['', '02', '0101', '010100000000'])
    expect(opened(row(1, Buffer.from(data, 'hex')))).toEqual(['cache-moved-aside'])
  expect(opened(row(99, Buffer.of(1)))).toEqual(['cache-moved-aside'])
  folder.dispose()
})
