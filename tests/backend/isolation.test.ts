import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { evaluate as Evaluate, evaluateAt as EvaluateAt } from '#shared/evaluation/evaluate.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import { AssignedPartitions } from '../../src-backend/ingest/assigned-partitions.ts'
import { NoDataEvaluator } from '../../src-backend/ingest/no-data-evaluator.ts'
import { readPositions } from '../../src-backend/ingest/positions-repo.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { ingestBatchOf } from '../../src-backend/ingest/write/ingest-batch.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { prepareRules } from '../../src-backend/rules/service.ts'
import { nullLog } from '../support/null-log.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

// A fault of one node or one record, of a kind that nobody foresaw, harms nothing else.

const broken = vi.hoisted(() => ({ nodes: new Set<string>() }))
vi.mock('#shared/evaluation/evaluate.ts', async (original) => {
  const real = await original<{ evaluate: typeof Evaluate; evaluateAt: typeof EvaluateAt }>()
  const check = ({ nodeId }: { nodeId: string }): void => {
    if (broken.nodes.has(nodeId)) throw new Error('no such thing')
  }
  const evaluate: typeof Evaluate = (state, series, index, reading) => {
    check(series)
    return real.evaluate(state, series, index, reading)
  }
  const evaluateAt: typeof EvaluateAt = (state, series, index, clock) => {
    check(series)
    return real.evaluateAt(state, series, index, clock)
  }
  return { ...real, evaluate, evaluateAt }
})

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await prepareRules(database.pool)
})
afterEach(async () => {
  broken.nodes.clear()
  await database.pool.query(`alter table node drop constraint if exists unforeseen`)
  await database.pool.query(`alter table alert drop constraint if exists unforeseen`)
})
afterAll(() => database.end())

const start = Date.now()

/** The table refuses the node with this id, as a constraint that was not thought of. */
const refuse = (table: 'node' | 'alert', nodeId: string) =>
  database.pool.query(`alter table ${table} add constraint unforeseen check (node_id <> '${nodeId}') not valid`)

function aReplica() {
  const { pool } = database
  const watch = new AssignedPartitions()
  const rules = new RuleIndexCache()
  let clock = start
  const noData = new NoDataEvaluator({ pool, rules, partitions: watch, transitions: () => undefined, log: nullLog })
  const writer = new IngestWriter({
    pool,
    caches: {
      rules,
      layouts: new Layouts(),
      days: new DayPartitions({ ensure: (days) => ensurePartitions(pool, days), rawDays: 14, now: Date.now }),
    },
    counters: { transaction: () => undefined },
    committed: ({ outcomes, nodes }) => {
      for (const { position } of outcomes) watch.moveTo(position)
      noData.recordsStored(nodes, clock)
    },
  })
  const write = async (topic: string, records: readonly RawRecord[]) => {
    watch.received({ topic, partition: 0 }, undefined, clock)
    const batch = ingestBatchOf(
      aRawBatch({ topic, partition: 0, records }),
      watch.position(topic, 0),
      new SampleScanner(),
    )
    if (batch) await writer.write(batch)
  }
  return { watch, noData, write, at: (now: number) => (clock = now) }
}

function record(nodeId: string, offset: number, at = start - 1000 + offset): RawRecord {
  const timestamp = new Date(at).toISOString()
  const value = JSON.stringify({ node_id: nodeId, node_name: nodeId, timestamp, metrics: { cpu_usage: 1 } })
  return { offset, timestamp: at, value: Buffer.from(value) }
}

async function nodesLike(prefix: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ node_id: string }>(
    `select node_id from node where node_id like $1 || '%' order by 1 limit 1000`,
    [prefix],
  )
  return rows.map(({ node_id }) => node_id)
}

async function rejectsOf(topic: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ line: string }>(
    `select "offset" || ' ' || code || ' ' || reason as line from rejected where topic = $1 order by "offset" limit 1000`,
    [topic],
  )
  return rows.map(({ line }) => line)
}

describe('a record', () => {
  test('that a constraint refuses is rejected alone, whatever else is stored with it', async () => {
    await refuse('node', 'a-poison')
    const { write } = aReplica()
    const ids = Array.from({ length: 9 }, (_, i) => (i === 5 ? 'a-poison' : `a-${i}`))
    await Promise.all([
      write(
        'a-own',
        ids.map((id, i) => record(id, i)),
      ),
      write('a-other', [record('a-other', 0)]),
    ])
    expect(await nodesLike('a-')).toEqual([...ids.filter((id) => id !== 'a-poison'), 'a-other'].sort())
    expect(await rejectsOf('a-own')).toEqual([
      expect.stringMatching(/^5 not-stored value: cannot be stored: .*unforeseen/),
    ])
    expect((await readPositions(database.pool)).find(({ topic }) => topic === 'a-own')?.next).toBe(9)
  })

  test('whose evaluation throws is rejected alone, and its node goes on once it no longer does', async () => {
    const { write } = aReplica()
    broken.nodes.add('b-poison')
    const ids = ['b-1', 'b-poison', 'b-2', 'b-poison', 'b-3']
    await Promise.all([
      write(
        'b-own',
        ids.map((id, i) => record(id, i)),
      ),
      write('b-other', [record('b-other', 0)]),
    ])
    expect(await nodesLike('b-')).toEqual(['b-1', 'b-2', 'b-3', 'b-other'])
    expect(await rejectsOf('b-own')).toEqual(
      [1, 3].map((offset) => `${offset} not-stored value: cannot be stored: no such thing`),
    )
    broken.nodes.clear()
    await write('b-own', [record('b-poison', 5)])
    expect(await nodesLike('b-poison')).toEqual(['b-poison'])
  })

  test('after a hundred in a row stops its partition, which then reads on, and no other', async () => {
    const { write } = aReplica()
    broken.nodes.add('c-poison')
    const records = Array.from({ length: 150 }, (_, i) => record('c-poison', i))
    const [own, other] = await Promise.allSettled([write('c-own', records), write('c-other', [record('c-other', 0)])])
    expect([own.status, other.status]).toEqual(['rejected', 'fulfilled'])
    expect(await nodesLike('c-')).toEqual(['c-other'])
    expect(await rejectsOf('c-own')).toHaveLength(100)
    await write('c-own', [...records, record('c-own', 150)])
    expect([await nodesLike('c-'), (await rejectsOf('c-own')).length]).toEqual([['c-other', 'c-own'], 150])
  })
})

describe('the evaluation of missing data', () => {
  const offline = async (prefix: string): Promise<string[]> => {
    const { rows } = await database.pool.query<{ node_id: string }>(
      `select node_id from alert where alert ->> 'kind' = 'offline' and phase = 'firing' and node_id like $1 || '%'
       order by 1 limit 100`,
      [prefix],
    )
    return rows.map(({ node_id }) => node_id)
  }

  /** Nodes that stop, and 70 s of the clock, every 10 s. */
  async function aSilentFleet(prefix: string) {
    const replica = aReplica()
    const topic = `${prefix}fleet`
    replica.watch.assign([{ topic, partition: 0 }])
    const nodes = ['1', '2', 'poison', '3', '4'].map((id) => prefix + id)
    await replica.write(
      topic,
      nodes.map((id, i) => record(id, i, start)),
    )
    const pass = async (from: number, seconds: number): Promise<void> => {
      for (let second = from; second <= from + seconds; second += 10) {
        const now = start + second * 1000
        replica.at(now)
        // Others send, so the log is known.
        replica.watch.received({ topic: 'others', partition: 0 }, undefined, now)
        replica.watch.setEnds([{ topic, partition: 0, start: 0, end: nodes.length }], now)
        await replica.noData.tick(now)
      }
    }
    return { ...replica, pass }
  }

  test('leaves out a node for which it throws, and takes it back after a minute', async () => {
    const { noData, pass } = await aSilentFleet('d-')
    broken.nodes.add('d-poison')
    await pass(0, 80)
    expect([await offline('d-'), noData.leftOut]).toEqual([['d-1', 'd-2', 'd-3', 'd-4'], 1])
    broken.nodes.clear()
    await pass(90, 70)
    expect([await offline('d-'), noData.leftOut]).toEqual([['d-1', 'd-2', 'd-3', 'd-4', 'd-poison'], 0])
  })

  test('leaves out a node whose alert the database refuses', async () => {
    const { noData, pass } = await aSilentFleet('e-')
    await refuse('alert', 'e-poison')
    await pass(0, 80)
    expect([await offline('e-'), noData.leftOut]).toEqual([['e-1', 'e-2', 'e-3', 'e-4'], 1])
    await database.pool.query(`alter table alert drop constraint unforeseen`)
    await pass(90, 70)
    expect([await offline('e-'), noData.leftOut]).toEqual([['e-1', 'e-2', 'e-3', 'e-4', 'e-poison'], 0])
  })
})
