/** Records of a mapped topic become rows, and consoles and replicas read them alike. */
import fc from 'fast-check'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import type { FieldMapping, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { type MappingIndex, mappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import { mappingKey } from '#shared/metric/mapping/mapping-key.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { TopicSources } from '../../src-backend/ingest/topic-sources.ts'
import { applyMappingsFile } from '../../src-backend/mappings/apply-file.ts'
import { mappingRoutes } from '../../src-backend/mappings/routes.ts'
import { removeMapping, saveMapping } from '../../src-backend/mappings/service.ts'
import { nodeRoutes } from '../../src-backend/nodes/routes.ts'
import { prepareRules } from '../../src-backend/rules/service.ts'
import { sourceRoutes } from '../../src-backend/system/sources.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import { testApp, type TestApp } from '../support/backend-app.ts'
import { consoleValuesOf } from '../support/console-values.ts'
import { pressMapping, pressRecord } from '../support/press-line.ts'
import { storedValuesOf, TestReplica } from '../support/test-replica.ts'

let app: TestApp
let pool: Pool
beforeAll(async () => {
  app = await testApp(() => [...mappingRoutes(), ...nodeRoutes(), ...sourceRoutes()])
  pool = app.pool
  await prepareRules(pool)
})
afterAll(() => app.end())

const author = (now = Date.now()) => ({ actor: app.accounts.operator, requestId: 'r', now })
const save = (mapping: FieldMapping, now = Date.now()) =>
  withTx(pool, (db) => saveMapping(db, { topic: mapping.topic, ifMatch: undefined, mapping }, author(now)))

async function aReplica(): Promise<TestReplica> {
  const replica = new TestReplica(pool)
  await replica.refresh()
  return replica
}

/** The records of `remo-alerts` about the topic, as a console has them after the newest one. */
async function mappingsOfConsole(topic: string): Promise<MappingIndex> {
  const { rows } = await pool.query<{ payload: unknown }>('select payload from outbox where key = $1 order by id', [
    mappingKey(topic),
  ])
  const decoded = topicMappingCodec.decode(rows.at(-1)?.payload)
  return mappingIndex([], decoded.ok ? [decoded.value] : [])
}

/** A record each second from 3 s before the mapping is in effect until 3 s after. */
function around({ effectiveFrom }: TopicMapping, serial: string, from = 0): RawRecord[] {
  return [-3, -2, -1, 0, 1, 2, 3].map((second, n) =>
    pressRecord(from + n, { serial, at: effectiveFrom + second * 1000, kN: 400 + n, oil: 60 + n }),
  )
}

test('records of a mapped topic become rows, in each replica from the same record on', async () => {
  const [a, b] = [await aReplica(), await aReplica()]
  await a.read('press-line', 0, [pressRecord(0, { serial: 'P-1', at: Date.now() - 5_000, kN: 1, oil: 2 })])
  await b.refresh()
  const saved = await save(pressMapping('press-line'))
  const records = around(saved, 'P-1', 1)
  await b.read('press-line', 0, records)
  const values = await storedValuesOf(pool, 'P-1')
  expect(values.filter(({ metric }) => metric === 'press.force').map(({ at, value }) => [at, value])).toEqual(
    [0, 1, 2, 3].map((second) => [saved.effectiveFrom + second * 1000, 403 + second]),
  )
  expect(values).toEqual(
    consoleValuesOf([{ topic: 'press-line', records }], 'P-1', await mappingsOfConsole('press-line')),
  )
  const nodes = (await app.call<Array<{ node_id: string }>>('get /api/nodes', { as: 'viewer' })).body
  expect(nodes.map(({ node_id }) => node_id)).toContain('P-1')
})

test('the sources say that a topic is read by a mapping, and what it does not find', async () => {
  const replica = await aReplica()
  await withTx(pool, (db) => applyMappingsFile(db, [pressMapping('hall')], Date.now()))
  const other = { offset: 3, timestamp: Date.now(), value: Buffer.from('{"order":"A-17"}') }
  const reading = { serial: 'P-2', at: Date.now(), kN: 1, oil: 2 }
  const empty = { offset: 4, timestamp: Date.now(), value: Buffer.from('{"machine":{"serial":"P-2"},"readings":[]}') }
  const broken = {
    ...pressRecord(2, reading),
    value: Buffer.from('{"machine":{"serial":[]},"readings":[{"kind":"oil","v":1}]}'),
  }
  await replica.read('hall', 0, [pressRecord(0, reading), pressRecord(1, { ...reading, kN: 5 }), broken, other, empty])
  const sources = new TopicSources()
  for (const tally of replica.tallies) sources.add(tally)
  await sources.write(pool, Date.now())
  const list = (await app.call<Array<{ topic: string }>>('get /api/sources', { as: 'viewer' })).body
  expect(list.find(({ topic }) => topic === 'hall')).toMatchObject({
    formats: [{ format: 'mapping', records: 2 }],
    passed_over: [
      { reason: 'no-numbers', records: 1, detail: null },
      {
        reason: 'not-metrics',
        records: 1,
        detail: 'your mapping finds neither machine.serial nor readings[*]',
      },
    ],
  })
  const { rows } = await pool.query<{ reason: string }>(`select reason from rejected where topic = 'hall'`)
  expect(rows).toEqual([{ reason: expect.stringContaining('your mapping, machine.serial: ') as string }])
})

interface Step {
  /** Of the clock since the step before, ms. */
  readonly pass: number
  readonly does: 'save' | 'other' | 'remove' | 'read' | 'restart'
  readonly replica: number
  readonly count: number
}
const steps = fc.array(
  fc.record<Step>({
    pass: fc.constantFrom(0, 1, 500, 1_500, 2_000, 2_001, 10_000),
    does: fc.constantFrom('save', 'other', 'remove', 'read', 'read', 'read', 'restart'),
    replica: fc.nat(1),
    count: fc.constantFrom(1, 3, 10),
  }),
  { minLength: 5, maxLength: 25 },
)

test('whenever a mapping changes, replicas store what a console reads', { timeout: 120_000 }, async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const topic = `shared-${run++}`
      const serial = `P-${topic}`
      const records: RawRecord[] = []
      let [clock, stored] = [Date.now() - 600_000, 0]
      const replicas = [await aReplica(), await aReplica()]
      for (const { pass, does, replica, count } of [...all, { pass: 0, does: 'read', replica: 0, count: 1_000 }]) {
        clock += pass
        if (does === 'save') await save(pressMapping(topic), clock)
        if (does === 'other') await save(pressMapping(topic, { prefix: 'p.' }), clock)
        const change = { topic, ifMatch: undefined }
        // nothing to remove is no failure here
        if (does === 'remove') await withTx(pool, (db) => removeMapping(db, change, author(clock))).catch(() => 0)
        if (does === 'restart') replicas[replica] = new TestReplica(pool)
        if (does !== 'read') continue
        // No record is ahead of the clock, as in a log that is read at its end.
        for (let n = 0; n < 3; n++) {
          records.push(pressRecord(records.length, { serial, at: clock - 20 + n * 10, kN: clock % 1000, oil: n }))
        }
        const next = records.slice(stored, stored + count)
        stored += next.length
        const reader = replicas[replica] as TestReplica
        await reader.refresh()
        if (next.length > 0) await reader.read(topic, 0, next)
      }
      const console = consoleValuesOf([{ topic, records }], serial, await mappingsOfConsole(topic))
      expect(await storedValuesOf(pool, serial)).toEqual(console)
    }),
    { numRuns: 30 },
  )
})
