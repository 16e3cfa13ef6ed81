import { afterAll, beforeAll, expect, test } from 'vitest'
import { stockRules } from '#shared/rule/stock-rules.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { AssignedPartitions } from '../../src-backend/ingest/assigned-partitions.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { ingestBatchOf } from '../../src-backend/ingest/write/ingest-batch.ts'
import { NoDataEvaluator } from '../../src-backend/ingest/no-data-evaluator.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { forgetNode } from '../../src-backend/nodes/forget-node.ts'
import { prepareRules } from '../../src-backend/rules/service.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await prepareRules(database.pool)
})
afterAll(() => database.end())

const noDataMs = (stockRules(0)[0]?.noDataSeconds ?? 0) * 1000
const start = Date.now()

/** One replica with both partitions of a topic; its clock is a number. */
function aReplica(topic = 'quiet', partitions = [0, 1]) {
  const { pool } = database
  const watch = new AssignedPartitions()
  const rules = new RuleIndexCache()
  const opened: string[] = []
  const evaluator = new NoDataEvaluator({
    pool,
    rules,
    partitions: watch,
    transitions: (all) =>
      opened.push(...all.map(({ kind, alertKind, series }) => `${kind} ${alertKind} ${series.nodeId}`)),
  })
  const days = new DayPartitions({ ensure: (starts) => ensurePartitions(pool, starts), rawDays: 14, now: Date.now })
  let clock = start
  const writer = new IngestWriter({
    pool,
    caches: { rules, layouts: new Layouts(), days },
    counters: { transaction: () => undefined },
    committed: ({ outcomes, nodes }) => {
      for (const { position } of outcomes) watch.moveTo(position)
      watch.received({ topic, partition: 0 }, undefined, clock)
      evaluator.recordsStored(nodes, clock)
    },
  })
  watch.assign(partitions.map((partition) => ({ topic, partition })))
  return {
    opened,
    noData: evaluator,
    watch,
    at: (now: number) => (clock = now),
    /** A record of now, or of so many seconds ago according to the clock of its node. */
    write: async (nodeId: string, partition: number, offset: number, secondsBehind = 0) => {
      const timestamp = new Date(clock - secondsBehind * 1000).toISOString()
      const value = Buffer.from(
        JSON.stringify({ node_id: nodeId, node_name: nodeId, timestamp, metrics: { cpu_usage: 1 } }),
      )
      const records = [{ offset, timestamp: clock, value }]
      const batch = ingestBatchOf(
        aRawBatch({ topic, partition, records }),
        watch.position(topic, partition),
        new SampleScanner(),
      )
      if (batch) await writer.write(batch)
    },
    ends: (first: number, second: number) =>
      watch.setEnds(
        [
          { topic, partition: 0, start: 0, end: first },
          { topic, partition: 1, start: 0, end: second },
        ],
        clock,
      ),
  }
}

async function openNoDataAlerts(...nodeIds: string[]): Promise<string[]> {
  const { rows } = await database.pool.query<{ line: string }>(
    `select node_id || ' ' || phase as line from alert
     where alert ->> 'kind' = 'no-data' and (cardinality($1::text[]) = 0 or node_id = any($1)) order by 1 limit 100`,
    [nodeIds],
  )
  return rows.map(({ line }) => line)
}

test('a node without data opens one alert, whichever replicas check, and its next record resolves it', async () => {
  const a = aReplica()
  a.ends(0, 0)
  await a.write('talks', 0, 0)
  await a.write('stops', 1, 0)
  const b = aReplica()
  await b.noData.load()
  b.watch.setPositions([a.watch.position('quiet', 0), a.watch.position('quiet', 1)].flatMap((each) => each ?? []))
  for (let n = 1; n <= 13; n++) {
    a.at(start + n * 10_000)
    b.at(start + n * 10_000)
    await a.write('talks', 0, n)
    a.ends(n + 1, 1)
    b.watch.setPositions([a.watch.position('quiet', 0), a.watch.position('quiet', 1)].flatMap((each) => each ?? []))
    b.ends(n + 1, 1)
    await Promise.all([a.noData.tick(start + n * 10_000), b.noData.tick(start + n * 10_000)])
    if (n * 10_000 < noDataMs) expect(await openNoDataAlerts()).toEqual([])
  }
  expect(await openNoDataAlerts()).toEqual(['stops firing'])
  expect([...a.opened, ...b.opened]).toEqual(['opened no-data stops'])
  await a.write('stops', 1, 1)
  expect(await openNoDataAlerts()).toEqual(['stops resolved'])
})

test('while a partition lags, or no node has records, missing data is not evaluated', async () => {
  const replica = aReplica()
  const later = start + 1_000_000
  replica.at(later)
  await replica.noData.load()
  replica.ends(100, 100)
  expect(replica.watch.knownUntil(later)).toBeUndefined()
  const positions = [0, 1].map((partition) => ({ topic: 'quiet', partition, next: 100, last: null }))
  replica.watch.setPositions(positions)
  expect(replica.watch.knownUntil(later)).toBeUndefined()
  replica.at(later + 15_000)
  replica.ends(101, 100)
  replica.watch.setPositions(positions.map((position) => ({ ...position, next: 101 })))
  expect(replica.watch.knownUntil(later + 15_000)).toBe(later + 15_000)
  expect(replica.watch.knownUntil(later + 45_000)).toBeUndefined()
  replica.watch.forgetEnds()
  expect(replica.watch.knownUntil(later + 15_000)).toBeUndefined()
})

test('a node whose clock was set back has data while its records arrive, however late', async () => {
  const replica = aReplica('set-back')
  await replica.write('late', 0, 0)
  for (let n = 1; n <= 8; n++) {
    replica.at(start + n * 10_000)
    await replica.write('late', 0, n, 90)
    replica.ends(n + 1, 0)
    await replica.noData.tick(start + n * 10_000)
  }
  expect(await openNoDataAlerts('late')).toEqual([])
})

test('a node that returns at the moment of the evaluation has data, however far its clock is behind', async () => {
  const [a, b] = [aReplica('back'), aReplica('back')]
  await a.write('behind', 0, 0, 100)
  a.ends(1, 0)
  await a.noData.tick(start)
  for (const replica of [a, b]) replica.at(start + noDataMs)
  b.watch.setPositions([a.watch.position('back', 0)].flatMap((each) => each ?? []))
  a.ends(1, 0)
  await b.write('behind', 0, 1, 100)
  a.watch.received({ topic: 'back', partition: 0 }, undefined, start + noDataMs)
  await a.noData.tick(start + noDataMs)
  expect(await openNoDataAlerts('behind')).toEqual([])
})

test('a clock that is set back neither causes nor hides a no-data alert', async () => {
  const replica = aReplica('backwards')
  const hourMs = 3_600_000
  replica.at(start + hourMs)
  await replica.write('on', 0, 0, 3600)
  await replica.write('off', 1, 0, 3600)
  replica.ends(1, 1)
  await replica.noData.tick(start + hourMs)
  for (let n = 1; n <= 8; n++) {
    replica.at(start + n * 10_000)
    await replica.write('on', 0, n)
    if (n > 1) replica.ends(n + 1, 1)
    await replica.noData.tick(start + n * 10_000)
    if (n < 7) expect(await openNoDataAlerts('on', 'off')).toEqual([])
  }
  expect(await openNoDataAlerts('on', 'off')).toEqual(['off firing'])
})

test('while the log end offsets are old, as after sleep, missing data is not evaluated', () => {
  const { watch, at, ends } = aReplica('slept')
  at(start)
  ends(0, 0)
  const awake = start + 3_600_000
  watch.received({ topic: 'slept', partition: 0 }, undefined, awake)
  expect(watch.knownUntil(awake)).toBeUndefined()
})

test('a forgotten node is not missed, and stays forgotten', async () => {
  const a = aReplica('sold')
  a.at(start)
  a.ends(0, 0)
  await a.write('sold-1', 0, 0)
  await a.write('sold-2', 1, 0)
  const actor = { accountId: 1, username: 'ada', role: 'admin', familyId: '' } as const
  await withTx(database.pool, (db) => forgetNode(db, 'sold-2', { actor, now: start, requestId: '' }))
  for (let n = 1; n <= 13; n++) {
    a.at(start + n * 10_000)
    await a.write('sold-1', 0, n)
    a.ends(n + 1, 1)
    await a.noData.tick(start + n * 10_000)
  }
  expect(a.opened).toEqual([])
  const { rows } = await database.pool.query(
    `select node_id, forgotten_at is not null as forgotten from node where node_id like 'sold%' order by 1`,
  )
  expect(rows).toEqual([
    { node_id: 'sold-1', forgotten: false },
    { node_id: 'sold-2', forgotten: true },
  ])
})
