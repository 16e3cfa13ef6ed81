/** Many operators change a few silences at the same time, repeat requests, and send late ones. */
import { hourMs } from '#shared/format/time-units.ts'
import { silenceCodec } from '#shared/codec/domain-codecs.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aMatcher } from '#shared/silence/silence-builders.ts'
import type { Silence } from '#shared/silence/silence.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silenceRoutes } from '../../src-backend/silences/routes.ts'
import { testApp, type TestApp } from '../support/backend-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => silenceRoutes({ longestDays: 30 }))
})
afterAll(() => app.end())

const Change = fc.record({
  kind: fc.constantFrom('create', 'create', 'update', 'update', 'expire'),
  n: fc.integer({ min: 1, max: 3 }),
  as: fc.constantFrom('operator', 'admin'),
  hours: fc.integer({ min: 1, max: 4 }),
  /** How long ago it was done, offline; hours. */
  ago: fc.option(fc.integer({ min: -1, max: 5 }), { nil: undefined }),
  ifMatch: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  key: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
})
type Change = typeof Change extends fc.Arbitrary<infer T> ? T : never

const start = Date.now()

function request({ kind, n, as, hours, ago, ifMatch, key }: Change) {
  const at = ago === undefined ? undefined : start - ago * hourMs
  const schedule = { kind: 'once', startsAt: start, endsAt: start + hours * hourMs }
  const body = {
    matchers: [aMatcher('node', '=', 'a')],
    schedule,
    comment: 'swap',
    ...(at === undefined ? {} : { at }),
  }
  const headers = {
    ...(ifMatch === undefined ? {} : { 'If-Match': `"${ifMatch}"` }),
    ...(key === undefined ? {} : { 'Idempotency-Key': `${kind}-${n}-${key}` }),
  }
  if (kind === 'create') return app.call<Silence>('post /api/silences', { as, headers, body: { id: anId(n), ...body } })
  if (kind === 'update') return app.call<Silence>(`put /api/silences/${anId(n)}`, { as, headers, body })
  const query = at === undefined ? '' : `?at=${at}`
  return app.call<Silence>(`delete /api/silences/${anId(n)}${query}`, { as, headers })
}

interface Kept {
  readonly id: string
  readonly version: number
  readonly silence: unknown
}

async function rows<T extends object>(sql: string): Promise<T[]> {
  return (await app.pool.query<T>(sql)).rows
}

test('versions grow by one, each with one record and one row of the audit, and the last record is what is stored', async () => {
  const property = fc.asyncProperty(fc.array(Change, { minLength: 1, maxLength: 30 }), async (changes) => {
    await app.pool.query('truncate silence, outbox, audit, idempotency')
    const answers = await Promise.all(changes.map(request))
    expect(answers.filter(({ status }) => ![200, 201, 404, 409].includes(status))).toEqual([])
    const stored = await rows<Kept>('select id, version, silence from silence order by id')
    const published = await rows<{ key: string; payload: unknown }>('select key, payload from outbox order by id')
    const audited = await rows<{ subject: string }>('select subject from audit order by id')
    for (const { id, version, silence } of stored) {
      const records = published.filter(({ key }) => key === `silence:${id}`).map(({ payload }) => payload)
      const versions = records.map((record) => (record as Silence).version)
      expect(versions).toEqual(Array.from({ length: version }, (_, i) => i + 1))
      expect(records.at(-1)).toEqual(silence)
      expect(audited.filter(({ subject }) => subject === id)).toHaveLength(version)
      expect(silenceCodec.decode(silence)).toMatchObject({ ok: true, value: { id, version } })
    }
    expect(published).toHaveLength(stored.reduce((sum, { version }) => sum + version, 0))
    // Whatever was answered as done is at most as new as what is stored.
    for (const { status, body } of answers.filter((answer) => answer.status < 300)) {
      const newest = stored.find(({ id }) => id === body.id)?.version ?? 0
      expect([status, body.version <= newest]).toEqual([status, true])
    }
  })
  await fc.assert(property, { numRuns: 60 })
})
