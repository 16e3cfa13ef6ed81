/** How a restored database corrects the consoles. The restore of a real server is in integration. */
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { Transition } from '#shared/alert/transition.ts'
import { forgottenNodeCodec, silenceCodec, topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import type { TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { mappingKey } from '#shared/metric/mapping/mapping-key.ts'
import { type ForgottenNode, forgottenNodeKey } from '#shared/team/forgotten-node.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { aSilence } from '#shared/silence/silence-builders.ts'
import { silenceKey } from '#shared/silence/silence-key.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { writeAlerts } from '../../src-backend/alerts/repo.ts'
import { applyTransitions } from '../../src-backend/alerts/service.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { compareWithPublished, isRestored } from '../../src-backend/outbox/compare-with-published.ts'
import { putMapping } from '../../src-backend/mappings/repo.ts'
import { appendOutbox, enqueueAlerts, enqueueTombstones } from '../../src-backend/outbox/enqueue.ts'
import { PublishedRecords } from '../../src-backend/outbox/published-records.ts'
import { isCompared, markCompared } from '../../src-backend/outbox/team-database.ts'
import { createRule } from '../../src-backend/rules/service.ts'
import { insertRule } from '../../src-backend/rules/repo.ts'
import { insertSilence } from '../../src-backend/silences/repo.ts'
import { createSilence } from '../../src-backend/silences/service.ts'
import { saveForgotten } from '../../src-backend/nodes/repo.ts'
import { pressMapping } from '../support/press-line.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'

const now = Date.UTC(2026, 10, 24)
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.end())
afterEach(async () => {
  await database.pool.query(
    'truncate outbox, rule, rule_version, alert, alert_event, forgotten_node, silence, mapping cascade',
  )
  await database.pool.query('update team_database set alert_versions_above = 0')
})

const alertOf = (n: number, value = 90) => anAlert({ id: anId(n), openedAt: now, value })
const waiting = async () => {
  const { rows } = await database.pool.query<{ key: string; payload: { version?: number } | null }>(
    'select key, payload from outbox order by key, id',
  )
  return rows.map(({ key, payload }) => [key, payload && (payload.version ?? 'rule')])
}
const compare = (published: PublishedRecords) => withTx(database.pool, (db) => compareWithPublished(db, published, now))

function publishedAlerts(
  ...records: ReadonlyArray<readonly [n: number, version: number, value?: number]>
): PublishedRecords {
  const published = new PublishedRecords()
  for (const [n, version, value] of records) {
    published.add('alerts', { key: anId(n), value: JSON.stringify({ version, alert: alertOf(n, value) }), headers: {} })
  }
  return published
}

test('alerts: same, newer in the database, older, other contents, unknown to either side', async () => {
  const stored = [1, 2, 3, 4, 5].map((n) => ({ version: 2, alert: alertOf(n) }))
  await withTx(database.pool, (db) => writeAlerts(db, stored))
  const found = await compare(publishedAlerts([1, 2], [2, 1], [3, 7], [4, 2, 91], [6, 9]))
  expect(found).toEqual({
    rules: [],
    unknownRules: [],
    alerts: [anId(3), anId(4)],
    unknownAlerts: [anId(6)],
    forgottenNodes: [],
    silences: [],
    unknownSilences: [],
    mappings: [],
    unknownMappings: [],
  })
  expect(await waiting()).toEqual([
    [anId(2), 2],
    [anId(3), 8],
    [anId(4), 3],
    [anId(5), 2],
    [anId(6), null],
  ])
})

test('an alert that comes back gets a version above the one that consoles know', async () => {
  await compare(publishedAlerts([6, 9]))
  const { id, ruleId, ruleVersion, nodeId, nodeName, metric } = alertOf(6)
  const opened = {
    ...{ kind: 'opened', alertKind: 'value', alertId: id, nodeId, nodeName, metric, severity: 'warning' },
    ...{ rule: { id: ruleId, version: ruleVersion }, condition: 'greater', threshold: 85, forSeconds: 0 },
    ...{ since: now, at: now, value: 90, provisional: false, series: { nodeId, metric } },
  } as unknown as Transition
  const [record] = await withTx(database.pool, (db) => applyTransitions(db, [opened]))
  expect(record?.version).toBe(10)
})

test('queued rows are no sign of a restore, and are not published twice', async () => {
  const record = { version: 3, alert: alertOf(1) }
  await withTx(database.pool, async (db) => {
    await writeAlerts(db, [record])
    await enqueueAlerts(db, [record])
    await appendOutbox(db, [{ topic: 'remo-alerts', key: anId(2), payload: null }])
  })
  expect(isRestored(await compare(publishedAlerts([1, 2], [2, 5])))).toBe(false)
  expect(await waiting()).toEqual([
    [anId(1), 3],
    [anId(2), null],
  ])
})

test('a rule that is queued with a published version is published with the next one only', async () => {
  const published = new PublishedRecords()
  const there = { rule: aRule({ version: 2, warning: 82 }), earlier: [aRule()] }
  published.add('rules', { key: aRule().id, value: JSON.stringify(there), headers: {} })
  await withTx(database.pool, async (db) => {
    await insertRule(db, aRule())
    await appendOutbox(db, [{ topic: 'remo-rules', key: aRule().id, payload: { rule: aRule(), earlier: [] } }])
  })
  expect((await compare(published)).rules).toEqual([aRule().id])
  const { rows } = await database.pool.query<{ payload: { rule: unknown; earlier: unknown[] } }>(
    'select payload from outbox',
  )
  expect(rows.map(({ payload }) => payload)).toMatchObject([
    {
      rule: { version: 3, warning: 85 },
      earlier: [
        { version: 1, warning: 85 },
        { version: 2, warning: 82 },
      ],
    },
  ])
  expect(isRestored(await compare(published))).toBe(false)
})

test('no version is issued between a restore and the comparison', async () => {
  const actor = { accountId: 1, username: 'anna', role: 'admin' as const, familyId: anId(1) }
  const { version: _v, deleted: _d, id: _i, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...draft } = aRule()
  const create = () => withTx(database.pool, (db) => createRule(db, draft, { actor, now, requestId: 'r' }))
  await database.pool.query(`update team_database set compared_as = 'another server'`)
  await expect(create()).rejects.toMatchObject({ code: 'unavailable' })
  await markCompared(database.pool)
  expect(await isCompared(database.pool)).toBe(true)
  expect(await create()).toMatchObject({ version: 1 })
})

const nodeOf = (nodeId: string, at: number): ForgottenNode => {
  return { nodeId, by: 'anna', at, lastSeen: now, readTo: [{ topic: 'metrics-a', partition: 0, next: 7 }] }
}

test('forgotten nodes: same, queued, other contents, newer in the database, unknown to either side', async () => {
  const published = new PublishedRecords()
  const publish = (node: ForgottenNode) =>
    published.add('alerts', {
      key: forgottenNodeKey(node.nodeId),
      value: JSON.stringify(forgottenNodeCodec.encode(node)),
      headers: {},
    })
  for (const id of ['same', 'later-there', 'later-here', 'unknown', 'expired', 'gone']) publish(nodeOf(id, now))
  published.add('alerts', { key: forgottenNodeKey('gone'), value: null, headers: {} })
  await withTx(database.pool, async (db) => {
    await saveForgotten(db, nodeOf('same', now))
    await saveForgotten(db, { ...nodeOf('later-there', now - 5), readTo: [] })
    await saveForgotten(db, nodeOf('later-here', now + 5))
    await saveForgotten(db, nodeOf('unpublished', now))
    await enqueueTombstones(db, [forgottenNodeKey('expired')])
  })
  expect((await compare(published)).forgottenNodes).toEqual(['later-there', 'unknown'])
  const { rows } = await database.pool.query<{ key: string; payload: object | null }>(
    'select key, payload from outbox order by key, id',
  )
  expect(rows).toEqual([
    { key: 'node:expired', payload: null },
    { key: 'node:later-here', payload: expect.objectContaining({ at: now + 5 }) as object },
    { key: 'node:later-there', payload: expect.objectContaining({ at: now + 1, by: 'anna', readTo: [] }) as object },
    { key: 'node:unknown', payload: expect.objectContaining({ at: now + 1, lastSeen: 0, readTo: [] }) as object },
    { key: 'node:unpublished', payload: expect.objectContaining({ at: now }) as object },
  ])
  for (const { key, payload } of rows) {
    published.add('alerts', { key, value: payload && JSON.stringify(payload), headers: {} })
  }
  expect(isRestored(await compare(published))).toBe(false)
})

const silenceOf = (n: number, version: number, comment = 'disk swap') => aSilence({ id: anId(n), version, comment })

function publishedSilences(...silences: readonly Silence[]): PublishedRecords {
  const published = new PublishedRecords()
  for (const silence of silences) {
    const value = JSON.stringify(silenceCodec.encode(silence))
    published.add('alerts', { key: silenceKey(silence.id), value, headers: {} })
  }
  return published
}

test('silences: same, newer in the database, older, other contents, unknown to either side, deleted', async () => {
  await withTx(database.pool, async (db) => {
    for (const n of [1, 2, 3, 4, 5]) await insertSilence(db, silenceOf(n, 2))
    await enqueueTombstones(db, [silenceKey(anId(7))])
  })
  const published = publishedSilences(
    silenceOf(1, 2),
    silenceOf(2, 1),
    silenceOf(3, 7),
    silenceOf(4, 2, 'after the backup'),
    silenceOf(6, 9),
    silenceOf(7, 3),
    silenceOf(8, 1),
  )
  published.add('alerts', { key: silenceKey(anId(8)), value: null, headers: {} })
  published.add('alerts', { key: silenceKey(anId(9)), value: '{"version": 1}', headers: {} })
  const found = await compare(published)
  expect(found).toMatchObject({
    silences: [anId(3), anId(4)],
    unknownSilences: [anId(6)],
    alerts: [],
    unknownAlerts: [],
  })
  expect(await waiting()).toEqual([
    [silenceKey(anId(2)), 2],
    [silenceKey(anId(3)), 8],
    [silenceKey(anId(4)), 3],
    [silenceKey(anId(5)), 2],
    [silenceKey(anId(6)), null],
    [silenceKey(anId(7)), null],
  ])
  const { rows } = await database.pool.query<{ key: string; payload: object | null }>(
    'select key, payload from outbox order by id',
  )
  for (const { key, payload } of rows) {
    published.add('alerts', { key, value: payload && JSON.stringify(payload), headers: {} })
  }
  expect(isRestored(await compare(published))).toBe(false)
  const stored = await database.pool.query<{ version: number; inside: number }>(
    `select version, (silence ->> 'version')::int as inside from silence where version <> 2 order by id`,
  )
  expect(stored.rows).toEqual([
    { version: 8, inside: 8 },
    { version: 3, inside: 3 },
  ])
})

test('a silence that a console sends again after a restore gets a version above the one that consoles know', async () => {
  await compare(publishedSilences(silenceOf(6, 9)))
  const actor = { accountId: 1, username: 'kim', role: 'operator' as const, familyId: anId(1) }
  const { matchers, schedule, comment } = aSilence({ schedule: { kind: 'once', startsAt: now, endsAt: now + 1_000 } })
  const again = { id: anId(6), at: undefined, draft: { matchers, schedule, comment } }
  const author = { author: { actor, now, requestId: 'r' }, longestDays: 30 }
  expect(await withTx(database.pool, (db) => createSilence(db, again, author))).toMatchObject({ version: 10 })
})

const facts = { isFixed: false, updatedBy: 'kim', updatedAt: now, earlier: [] }
const mappingOf = (topic: string, version: number, change: Partial<TopicMapping> = {}): TopicMapping => {
  return { topic, version, effectiveFrom: now + version, mapping: pressMapping(topic), ...facts, ...change }
}

test('mappings: same, newer in the database, older, other contents, unknown to either side', async () => {
  const published = new PublishedRecords()
  const publish = (mapping: TopicMapping) =>
    published.add('alerts', {
      key: mappingKey(mapping.topic),
      value: topicMappingCodec.stringify(mapping),
      headers: {},
    })
  const after = (topic: string, version: number) =>
    mappingOf(topic, version, { mapping: pressMapping(topic, { prefix: 'after.the.backup.' }) })
  await withTx(database.pool, async (db) => {
    for (const topic of ['same', 'later-here', 'later-there', 'other-contents', 'unpublished']) {
      await putMapping(db, mappingOf(topic, 2))
    }
  })
  publish(mappingOf('same', 2))
  publish(mappingOf('later-here', 1))
  const { earlier: _, isFixed: __, topic: ___, ...first } = mappingOf('later-there', 6)
  publish({ ...after('later-there', 7), earlier: [first] })
  publish(after('other-contents', 2))
  publish(mappingOf('unknown', 9))
  published.add('alerts', { key: mappingKey('newer'), value: '{"topic":"newer","version":3,"needs":99}', headers: {} })
  const found = await compare(published)
  expect(found).toMatchObject({ mappings: ['later-there', 'other-contents'], unknownMappings: ['unknown'], alerts: [] })

  const { rows } = await database.pool.query<{ key: string; payload: TopicMapping }>(
    'select key, payload from outbox order by key, id',
  )
  const versions = rows.map(({ payload }) => [
    payload.topic,
    payload.version,
    payload.earlier.map((one) => one.version),
  ])
  expect(versions).toEqual([
    ['later-here', 2, []],
    ['later-there', 8, [6, 7]],
    ['other-contents', 3, [2]],
    ['unknown', 10, [9]],
    ['unpublished', 2, []],
  ])
  const of = (topic: string) => rows.find(({ payload }) => payload.topic === topic)?.payload
  // what consoles read by in between stays; what the database has is in effect from now on
  expect(of('later-there')).toMatchObject({
    mapping: pressMapping('later-there'),
    updatedBy: 'ReMo',
    effectiveFrom: now + 2_007,
    earlier: [{}, { mapping: { prefix: 'after.the.backup.' } }],
  })
  expect(of('unknown')).toMatchObject({ mapping: null, earlier: [{ mapping: { topic: 'unknown' } }] })
  for (const { key, payload } of rows) {
    published.add('alerts', { key, value: JSON.stringify(payload), headers: {} })
  }
  expect(isRestored(await compare(published))).toBe(false)
})
