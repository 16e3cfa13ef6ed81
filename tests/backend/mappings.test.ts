/** What a team has for a topic: changes by people, and by a file. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import { type FieldMapping, mostMappings, type TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { Problem } from '#shared/rest/problems.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { applyMappingsFile } from '../../src-backend/mappings/apply-file.ts'
import { mappingRoutes } from '../../src-backend/mappings/routes.ts'
import { mostMappedTopics } from '../../src-backend/mappings/service.ts'
import { enqueueAll, enqueueCurrent } from '../../src-backend/outbox/enqueue.ts'
import { type ApiRequest, problemIn, testApp, type TestApp } from '../support/backend-app.ts'
import { pressMapping } from '../support/press-line.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => mappingRoutes())
})
afterAll(() => app.end())
beforeEach(async () => {
  await app.pool.query('truncate mapping, outbox, audit, idempotency, stream_position')
  await app.pool.query('update team_database set alert_versions_above = 0')
})

const topic = 'press-line'
const press = pressMapping(topic)
const bodyOf = ({ topic: _, ...body }: FieldMapping) => body
const body = bodyOf(press)

const save = (of = topic, change: object = {}, { as = 'operator', ...extra }: ApiRequest = {}) =>
  app.call<TopicMapping>(`put /api/mappings/${of}`, { as, body: { ...body, ...change }, ...extra })
const remove = (of = topic, { as = 'operator', ...extra }: ApiRequest = {}) =>
  app.call<TopicMapping>(`delete /api/mappings/${of}`, { as, ...extra })
const list = async () => (await app.call<TopicMapping[]>('get /api/mappings', { as: 'viewer' })).body
const ifMatch = (version: number) => ({ headers: { 'If-Match': `"${version}"` } })
const applyFile = (file: readonly FieldMapping[] | undefined, now = Date.now()) =>
  withTx(app.pool, (db) => applyMappingsFile(db, file, now))

async function queued() {
  const { rows } = await app.pool.query<{ key: string; payload: object | null }>(
    `select key, payload from outbox where topic = 'remo-alerts' order by id`,
  )
  return rows
}

async function audited() {
  const { rows } = await app.pool.query<{ actor: string; action: string; before: unknown; after: unknown }>(
    'select actor, action, before, after from audit order by id',
  )
  return rows
}

test('a mapping is saved, changed and removed: three versions, three records, three rows of the audit', async () => {
  const before = Date.now()
  const saved = await save()
  expect([saved.status, saved.headers.get('etag')]).toEqual([200, '"1"'])
  expect(saved.body).toMatchObject({ topic, version: 1, isFixed: false, mapping: press, updatedBy: 'operator' })
  expect(saved.body.effectiveFrom).toBeGreaterThanOrEqual(before + 2_000)
  expect(saved.body.earlier).toEqual([])
  const changed = await save(topic, { prefix: 'p.' }, { as: 'admin', ...ifMatch(1) })
  expect(changed.body).toMatchObject({ version: 2, mapping: { ...press, prefix: 'p.' }, updatedBy: 'admin' })
  expect(changed.body.effectiveFrom).toBeGreaterThanOrEqual(saved.body.effectiveFrom + 2_000)
  expect(changed.body.earlier).toMatchObject([{ version: 1, mapping: press, updatedBy: 'operator' }])
  expect(await list()).toEqual([changed.body])
  const removed = await remove(topic, ifMatch(2))
  expect(removed.body).toMatchObject({ version: 3, mapping: null, earlier: [{ version: 1 }, { version: 2 }] })
  expect(await list()).toEqual([])

  const records = await queued()
  expect(records).toEqual(
    [saved.body, changed.body, removed.body].map((one) => ({
      key: 'mapping:press-line',
      payload: { ...one, needs: 6, needsVersion: '0.2' },
    })),
  )
  expect(topicMappingCodec.decode(records[2]?.payload, 5)).toMatchObject({ unread: { kind: 'needs-newer' } })
  expect(await audited()).toEqual([
    { actor: 'operator', action: 'mapping.saved', before: null, after: press },
    { actor: 'admin', action: 'mapping.saved', before: press, after: { ...press, prefix: 'p.' } },
    { actor: 'operator', action: 'mapping.removed', before: { ...press, prefix: 'p.' }, after: null },
  ])
})

test('a viewer reads mappings and changes none', async () => {
  await save()
  const tried = [await save(topic, {}, { as: 'viewer' }), await remove(topic, { as: 'viewer' })]
  expect(tried.map(problemIn)).toEqual(tried.map(() => [403, 'forbidden']))
  expect((await list()).map(({ version }) => version)).toEqual([1])
})

test('the same mapping again changes nothing, whatever version it names, as when a response was lost', async () => {
  const first = await save()
  const again = await save(topic, {}, ifMatch(7))
  expect([again.status, again.body]).toEqual([200, first.body])
  const key = { headers: { 'Idempotency-Key': crypto.randomUUID() } }
  const removed = await remove(topic, key)
  expect((await remove(topic, key)).body).toEqual(removed.body)
  expect([(await queued()).length, (await audited()).length]).toEqual([2, 2])
})

test('an edit of an older version is a conflict that names the current one', async () => {
  await save()
  await save(topic, { prefix: 'p.' }, { as: 'admin' })
  for (const refused of [await save(topic, { prefix: 'q.' }, ifMatch(1)), await remove(topic, ifMatch(1))]) {
    expect(problemIn(refused)).toEqual([409, 'version_conflict'])
    expect(refused.body).toMatchObject({
      version: 2,
      detail: 'admin changed this mapping. Version 2 is the current one.',
    })
  }
  await remove(topic)
  const gone = await save(topic, {}, ifMatch(2))
  expect(gone.body).toMatchObject({ version: 3, detail: expect.stringContaining('operator removed') as string })
  expect(problemIn(await save('other', {}, ifMatch(1)))).toEqual([409, 'version_conflict'])
  expect((await save(topic, {}, ifMatch(3))).body).toMatchObject({ version: 4, mapping: press })
})

test('of simultaneous changes of one version, one wins', async () => {
  await save()
  const all = await Promise.all(Array.from({ length: 10 }, (_, n) => save(topic, { prefix: `p${n}.` }, ifMatch(1))))
  expect(all.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 9 }, () => 409)])
  expect((await list())[0]?.version).toBe(2)
})

test('what is not there cannot be removed', async () => {
  expect(problemIn(await remove('nothing'))).toEqual([404, 'mapping_not_found'])
  await save()
  await remove()
  const again = await remove()
  expect([problemIn(again), (again.body as unknown as Problem).detail]).toEqual([
    [404, 'mapping_not_found'],
    'operator removed it.',
  ])
})

test('each problem of a mapping is named at its place, and nothing is stored', async () => {
  for (const [change, path] of [
    [{ node: 'a..b' }, 'body.node'],
    [{ node: '' }, 'body.node'],
    [{ name: 'x[*]' }, 'body.name'],
    [{ prefix: 'a{b' }, 'body.prefix'],
    [{ topic }, 'body.topic'],
    [{ node: 'a\0b' }, 'body.node'],
    [{ house: { cpu_usage: '\ud800' } }, 'body.house.cpu_usage'],
    [{ house: { speed: 'x' } }, 'body.house.speed'],
  ] as const) {
    const refused = await save(topic, change)
    expect(problemIn(refused)).toEqual([400, 'invalid_request'])
    expect((refused.body as unknown as Problem).issues?.map((issue) => issue.path)).toEqual([path])
  }
  expect(problemIn(await save('no%20topic'))).toEqual([400, 'invalid_request'])
  expect([await list(), await queued(), await audited()]).toEqual([[], [], []])
})

async function fill(count: number, mapping: (of: string) => FieldMapping | null): Promise<void> {
  const facts = { version: 1, effectiveFrom: 0, updatedBy: 'kim', updatedAt: 0 }
  const records = Array.from({ length: count }, (_, n) => {
    const of = `topic-${n}`
    return topicMappingCodec.stringify({ topic: of, isFixed: false, ...facts, mapping: mapping(of), earlier: [] })
  })
  await app.pool.query(
    `insert into mapping (topic, version, record)
     select record ->> 'topic', 1, record from unnest($1::jsonb[]) as record`,
    [records],
  )
}

test('as many topics as the contract says can have a mapping, and a change of one is no more', async () => {
  await fill(mostMappings, pressMapping)
  expect(problemIn(await save())).toEqual([409, 'too_many_mappings'])
  expect((await save('topic-3', { prefix: 'q.' })).status).toBe(200)
  await remove('topic-5')
  expect((await save()).status).toBe(200)
})

test('topics without a mapping any more are kept, so their number is bounded', async () => {
  await fill(mostMappedTopics, () => null)
  expect(problemIn(await save())).toEqual([409, 'too_many_mappings'])
  expect((await save('topic-3')).body).toMatchObject({ version: 2, mapping: { topic: 'topic-3' } })
})

test('a record has at most twenty earlier versions, the newest ones', async () => {
  for (let n = 0; n < 25; n++) await save(topic, { prefix: `p${n}.` })
  const [{ version, earlier } = { version: 0, earlier: [] }] = await list()
  expect([version, earlier.map((one) => one.version)]).toEqual([25, Array.from({ length: 20 }, (_, n) => n + 5)])
})

test('a topic that a restored database has forgotten gets a version above those of consoles', async () => {
  await app.pool.query('update team_database set alert_versions_above = 40')
  expect((await save()).body.version).toBe(41)
})

test('no version is issued between a restore and the comparison', async () => {
  const { rows } = await app.pool.query<{ compared_as: string }>('select compared_as from team_database')
  await app.pool.query(`update team_database set compared_as = 'another server'`)
  expect(problemIn(await save())).toEqual([503, 'unavailable'])
  await app.pool.query('update team_database set compared_as = $1', [rows[0]?.compared_as])
  expect((await save()).status).toBe(200)
})

test('topics that were lost get the mappings again, also those that were removed', async () => {
  await save()
  await save('other')
  await remove('other')
  const all = await queued()
  const newest = [all[2], all[0]]
  await enqueueAll(app.pool, 'remo-alerts')
  expect(await queued()).toEqual(newest)
  await app.pool.query('delete from outbox')
  await enqueueCurrent(app.pool, { topic: 'remo-alerts', keys: ['mapping:other', 'mapping:unknown'] })
  expect(await queued()).toEqual([all[2]])
})

test('a mapping of a newer version is not changed, and the request says why', async () => {
  await save()
  await app.pool.query(`update mapping set record = record || '{"needs": 99, "needsVersion": "0.9"}'`)
  for (const refused of [await save(topic, { prefix: 'q.' }), await remove()]) {
    expect(problemIn(refused)).toEqual([503, 'unavailable'])
    expect(refused.body).toMatchObject({
      detail: 'The mapping of press-line needs ReMo 0.9 or newer. This replica is older: upgrade it.',
    })
  }
  await applyFile([press])
  expect((await queued()).length).toBe(1)
})

test('keys of a newer version are kept by an edit, and are not in the API', async () => {
  await save()
  await app.pool.query(`update mapping set record = record || '{"next": {"since": 1}}'`)
  expect(Object.keys((await save(topic, { prefix: 'q.' })).body)).not.toContain('next')
  expect((await queued()).at(-1)?.payload).toMatchObject({ version: 2, next: { since: 1 } })
})

test('mappings of a file are fixed: they take the place of what somebody saved, and nobody changes them', async () => {
  await save()
  await applyFile([press, pressMapping('other')])
  expect(await list()).toMatchObject([
    { topic: 'other', version: 1, isFixed: true, updatedBy: 'file' },
    { topic, version: 2, isFixed: true, updatedBy: 'file', earlier: [{ version: 1, updatedBy: 'operator' }] },
  ])
  for (const refused of [await save(), await save(topic, { prefix: 'q.' }), await remove('other')]) {
    expect(problemIn(refused)).toEqual([409, 'mapping_fixed'])
  }
  expect((await save('third')).status).toBe(200)
  expect((await audited()).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'operator mapping.saved',
    'file mapping.saved',
    'file mapping.saved',
    'operator mapping.saved',
  ])
})

test('any number of replicas apply the file at once, and again at each start: one version', async () => {
  const file = [press, pressMapping('other')]
  await Promise.all(Array.from({ length: 8 }, () => applyFile(file)))
  await applyFile(file)
  expect((await list()).map(({ version }) => version)).toEqual([1, 1])
  expect((await queued()).length).toBe(2)
})

test('a topic that left the file has no mapping any more; without a file, all stay and can be changed', async () => {
  await save('own')
  await applyFile([press, pressMapping('other')])
  await applyFile([press])
  expect((await list()).map((one) => [one.topic, one.isFixed])).toEqual([
    ['own', false],
    [topic, true],
  ])
  expect((await queued()).at(-1)?.payload).toMatchObject({ topic: 'other', mapping: null, isFixed: false, version: 2 })
  expect((await save('other')).body).toMatchObject({ version: 3 })
  await applyFile(undefined)
  await applyFile(undefined)
  expect((await list()).map((one) => [one.topic, one.isFixed, one.version])).toEqual([
    ['other', false, 3],
    ['own', false, 1],
    [topic, false, 2],
  ])
  expect((await remove()).status).toBe(200)
})

test('a file holds for all records of a topic that nobody has read, else from 2 s after now on', async () => {
  const now = Date.now()
  await app.pool.query(`insert into stream_position (topic, partition, next) values ('read', 0, 5)`)
  await applyFile([press, pressMapping('read')], now)
  expect((await list()).map((one) => [one.topic, one.effectiveFrom])).toEqual([
    [topic, 0],
    ['read', now + 2_000],
  ])
})
