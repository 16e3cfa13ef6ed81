import { afterAll, beforeAll, expect, test } from 'vitest'
import { anId } from '#shared/rule/rule-builders.ts'
import { isOfflineRule, metricOfRule, type MetricRule, type Rule } from '#shared/rule/rule.ts'
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
import { nullLog } from '../support/null-log.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await prepareRules(database.pool)
})
afterAll(() => database.end())

const noDataMs = offlineSeconds(stockRules(0)) * 1000
const start = Date.now()

async function storeRule(pool: TestDatabase['pool'], rule: Rule): Promise<void> {
  const { id, version, scope } = rule
  const nodeId = scope.kind === 'node' ? scope.nodeId : null
  await pool.query('insert into rule (id, node_id, metric, version, deleted) values ($1, $2, $3, $4, false)', [
    id,
    nodeId,
    metricOfRule(rule),
    version,
  ])
  await pool.query('insert into rule_version (rule_id, version, rule) values ($1, $2, $3)', [id, version, rule])
}

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
    log: nullLog,
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
    // eslint-disable-next-line max-params -- a record in short
    write: async (nodeId: string, partition: number, offset: number, secondsBehind = 0, metric = 'cpu_usage') => {
      const timestamp = new Date(clock - secondsBehind * 1000).toISOString()
      const value = Buffer.from(
        JSON.stringify({ node_id: nodeId, node_name: nodeId, timestamp, metrics: { [metric]: 1 } }),
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

const openOfflineAlerts = (...nodeIds: string[]) => alertsOf('offline', nodeIds)

async function alertsOf(kind: string, nodeIds: readonly string[]): Promise<string[]> {
  const { rows } = await database.pool.query<{ line: string }>(
    `select node_id || ' ' || phase as line from alert
     where alert ->> 'kind' = $2 and (cardinality($1::text[]) = 0 or node_id = any($1)) order by 1 limit 100`,
    [nodeIds, kind],
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
    if (n * 10_000 < noDataMs) expect(await openOfflineAlerts()).toEqual([])
  }
  expect(await openOfflineAlerts()).toEqual(['stops firing'])
  expect([...a.opened, ...b.opened]).toEqual(['opened offline stops'])
  await a.write('stops', 1, 1)
  expect(await openOfflineAlerts()).toEqual(['stops resolved'])
})

test('a metric that stops while its node goes on opens no data, also by a rule of the node without the field', async () => {
  const { pool } = database
  const replica = aReplica('part')
  const own = { ...(stockRules(0)[0] as MetricRule), id: anId(7), scope: { kind: 'node', nodeId: 'part' } } as const
  const { noDataSeconds: _, ...override } = own
  await storeRule(pool, override)
  await replica.write('part', 0, 0)
  let offset = 1
  for (let second = 5; second <= 60; second += 5) {
    replica.at(start + second * 1000)
    await replica.write('part', 0, offset++, 0, 'memory_usage')
    replica.ends(offset, 0)
    await replica.noData.tick(start + second * 1000)
    if (second < 60) expect(await alertsOf('no-data', ['part'])).toEqual([])
  }
  expect(await alertsOf('no-data', ['part'])).toEqual(['part firing'])
  await replica.write('part', 0, offset)
  expect(await alertsOf('no-data', ['part'])).toEqual(['part resolved'])
  expect(await openOfflineAlerts('part')).toEqual([])
})

test('a node that sends each 90 seconds is offline after three intervals, on any replica', async () => {
  const a = aReplica('slow')
  for (let n = 0; n < 5; n++) {
    a.at(start + n * 90_000)
    await a.write('slow', 0, n)
    a.ends(n + 1, 0)
    if (n < 2) continue
    for (const second of [30, 60, 89]) {
      a.at(start + n * 90_000 + second * 1000)
      a.ends(n + 1, 0)
      a.watch.received({ topic: 'slow', partition: 1 }, undefined, start + n * 90_000 + second * 1000)
      await a.noData.tick(start + n * 90_000 + second * 1000)
    }
  }
  const last = start + 4 * 90_000
  const b = aReplica('slow')
  await b.noData.load()
  b.watch.setPositions([a.watch.position('slow', 0)].flatMap((each) => each ?? []))
  const tick = async (seconds: number) => {
    b.at(last + seconds * 1000)
    b.ends(5, 0)
    b.watch.received({ topic: 'slow', partition: 1 }, undefined, last + seconds * 1000)
    await b.noData.tick(last + seconds * 1000)
    return openOfflineAlerts('slow')
  }
  expect([await tick(0), await tick(269)]).toEqual([[], []])
  expect(await tick(270)).toEqual(['slow firing'])
})

test('a node of version 0.1.0 without a state of its own is watched from its metrics', async () => {
  const replica = aReplica('upgraded')
  await replica.write('old', 0, 0)
  await database.pool.query(`update node set series = series - '' where node_id = 'old'`)
  await replica.noData.load()
  replica.ends(1, 0)
  await replica.noData.tick(start)
  replica.at(start + noDataMs)
  replica.ends(1, 0)
  replica.watch.received({ topic: 'upgraded', partition: 1 }, undefined, start + noDataMs)
  await replica.noData.tick(start + noDataMs)
  expect(await openOfflineAlerts('old')).toEqual(['old firing'])
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
  expect(await openOfflineAlerts('late')).toEqual([])
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
  expect(await openOfflineAlerts('behind')).toEqual([])
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
    if (n < 7) expect(await openOfflineAlerts('on', 'off')).toEqual([])
  }
  expect(await openOfflineAlerts('on', 'off')).toEqual(['off firing'])
})

test('while the log end offsets are old, as after sleep, missing data is not evaluated', () => {
  const { watch, at, ends } = aReplica('slept')
  at(start)
  ends(0, 0)
  const awake = start + 3_600_000
  watch.received({ topic: 'slept', partition: 0 }, undefined, awake)
  expect(watch.knownUntil(awake)).toBeUndefined()
})

function offlineSeconds(rules: readonly Rule[]): number {
  for (const rule of rules) if (isOfflineRule(rule)) return rule.seconds
  throw new Error('no rule for offline nodes')
}

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
