import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import Database from 'better-sqlite3'
import { decode } from '#shared/metric/decode.ts'
import { columnsOf, type SampleColumns, SampleDirectory } from '#shared/metric/sample-columns.ts'
import type { Sample } from '#shared/metric/sample.ts'
import { emptyBatch } from '../src-main/store/batch-write.ts'
import { ConsoleStore } from '../src-main/store/console-store.ts'
import { measurePair, type BenchResult } from './measure.ts'

/** Records per transaction: a typical batch of a busy partition. */
const batchSize = 1_000

/** The store's transactions against SQLite that stores the same numbers as one plain blob each. */
export async function storeBench(values: readonly Buffer[], rounds: number, dir: string): Promise<BenchResult> {
  const directory = new SampleDirectory()
  const samples = values.map((value) => {
    const decoded = decode(value)
    if (!decoded.ok) throw new Error(decoded.reject.reason)
    return decoded.sample
  })
  const batches = Array.from({ length: Math.ceil(samples.length / batchSize) }, (_, index) =>
    samples.slice(index * batchSize, (index + 1) * batchSize),
  )
  const columns = batches.map((batch, index) =>
    columnsOf(
      batch,
      batch.map((_, i) => index * batchSize + i),
      directory,
    ),
  )
  return measurePair({
    name: 'store: commit of 1,000 records',
    unit: 'messages/s',
    limitName: 'one blob a batch',
    rounds,
    target: { atLeast: 0.3 },
    ours: () => inFolder(dir, (folder) => commitAll(folder, columns)),
    limit: () => inFolder(dir, (folder) => insertBlobs(folder, batches)),
  })
}

function commitAll(folder: string, batches: readonly SampleColumns[]): number {
  const { store } = ConsoleStore.open(folder, Date.now())
  let next = 0
  const begin = performance.now()
  for (const columns of batches) {
    next += columns.count
    const samples = [{ topic: 'bench', partition: 0, columns }]
    store.commitBatch({ ...emptyBatch, samples, positions: [{ topic: 'bench', partition: 0, next, last: null }] })
  }
  const seconds = (performance.now() - begin) / 1000
  store.close()
  return next / seconds
}

function insertBlobs(folder: string, batches: ReadonlyArray<readonly Sample[]>): number {
  const blobs = batches.map(plainBlob)
  const db = new Database(join(folder, 'blobs.db'))
  db.pragma('page_size = 8192')
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.exec('create table blob (id integer primary key, data blob not null)')
  const insert = db.prepare('insert into blob (data) values (?)')
  const begin = performance.now()
  for (const blob of blobs) insert.run(blob)
  const seconds = (performance.now() - begin) / 1000
  db.close()
  return batches.reduce((sum, batch) => sum + batch.length, 0) / seconds
}

/** Time and values of each sample, as 8-byte floats. */
function plainBlob(samples: readonly Sample[]): Buffer {
  const numbers = samples.flatMap((sample) => [sample.at, ...sample.values])
  return Buffer.from(Float64Array.from(numbers).buffer)
}

function inFolder(dir: string, work: (folder: string) => number): number {
  const folder = mkdtempSync(join(dir, 'store-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
