import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { encodeChunk } from '../chunk/chunk.ts'
import { chunkIdOf, secondOf } from '../chunk/chunk-id.ts'
import { databasePath } from '../connection.ts'
import { ConsoleStore } from '../console-store.ts'
import { migrateCache } from '../migrate-cache.ts'
import { aPartBatch, aPartSample } from '../part-builders.ts'
import { ReadStore } from '../read-store.ts'
import { readRange } from '../../read/read-range.ts'
import { aBatchWrite, aFolder, startAt } from '../store-builders.ts'
import { migrations } from './migrations.ts'

let folder: ReturnType<typeof aFolder>
beforeEach(() => {
  folder = aFolder()
})
afterEach(() => folder.dispose())

/** Records of one node, a second apart, with the values `from`, `from + 1`, … */
function blob(from: number, count: number): Buffer {
  const at = Float64Array.from({ length: count }, (_, i) => startAt + (from + i) * 1000)
  return encodeChunk({ metrics: [1], at, columns: [at.map((_, i) => from + i)] }, 0)
}

/** One commit of the journal as the version before wrote it: a record of node 1 with metric 1. */
function journalOfFormat2(second: number): Buffer {
  const time = Buffer.alloc(9)
  time.writeDoubleLE(startAt + second * 1000, 1)
  const topic = Buffer.from('metrics')
  // Topic, partition 0, 1 record; node step 1 with a list of its own, [1]; offset; time; value in hundredths.
  return Buffer.concat([
    Buffer.from([2, topic.length]),
    topic,
    Buffer.from([0, 1, 5, 0, 1, 1, ...varint(2 * second)]),
    time,
    Buffer.from([...varint(2 * second * 100 + 1)]),
  ])
}

function* varint(value: number): Generator<number> {
  let rest = value
  for (; rest >= 0x80; rest >>>= 7) yield (rest & 0x7f) | 0x80
  yield rest
}

it('a cache of the version before keeps chunks, saved heads, the journal and states, and its nodes get parts', () => {
  const db = new Database(databasePath(folder.dir))
  db.pragma('journal_mode = WAL')
  migrateCache(db, migrations.slice(0, 13))
  const state = JSON.stringify({ rule: null, episode: { phase: 'ok' }, noData: { phase: 'ok' }, last: null })
  db.exec(`INSERT INTO metric VALUES (1, 'cpu_usage', '%'), (2, 'b', '');
    INSERT INTO node VALUES (1, 'alpha', 'Alpha', 99, 0, 1, 100, 1, 99, 300), (2, 'beta', 'Beta', 0, 0, 0, 0, 0, 0, 0);
    INSERT INTO series VALUES (1, 1, '${state}')`)
  db.prepare('INSERT INTO chunk VALUES (?, ?, 100, 100, ?)').run(
    chunkIdOf(1, secondOf(startAt)),
    startAt + 99_000,
    blob(0, 100),
  )
  db.prepare('INSERT INTO head VALUES (1, 2, 0, ?)').run(blob(100, 20))
  db.prepare('INSERT INTO journal VALUES (3, ?, ?)').run(journalOfFormat2(120), Buffer.alloc(0))
  db.close()

  const { store, notices } = ConsoleStore.open(folder.dir, startAt)
  const reader = ReadStore.open(folder.dir)
  const request = { nodeId: 'alpha', metrics: ['cpu_usage'], from: startAt, to: startAt + 1e6, points: 1000 }
  const chart = () => readRange(reader, store.samples.heads('alpha'), request)[0]?.last
  const seconds = Float64Array.from({ length: 121 }, (_, i) => i)
  expect([notices, chart()]).toEqual([[], seconds])
  expect(store.samples.latest().map(({ id, name, values }) => [id, name, values])).toEqual([['alpha', 'Alpha', [120]]])
  expect(store.samples.series().map(({ nodeId, metric, state: { last } }) => [nodeId, metric, last?.at])).toEqual([
    ['alpha', 'cpu_usage', startAt + 120_000],
    ['alpha', '', startAt + 120_000],
  ])

  const disk = aPartSample({ nodeId: 'alpha', nodeName: 'Alpha 2', at: startAt + 200_000 })
  store.commitBatch(aBatchWrite({ samples: [aPartBatch([disk])] }))
  expect(chart()).toEqual(seconds)
  expect(reader.nodes()).toEqual([
    { id: 'alpha', name: 'Alpha 2' },
    { id: 'beta', name: 'Beta' },
  ])
  reader.close()
  store.close()
})
