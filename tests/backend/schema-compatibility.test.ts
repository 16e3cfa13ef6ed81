/** Two neighboring versions on one database: which of them may work on it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkSchema, migrateSchema, planMigration, readMigrations } from '../../src-backend/db/schema-migrations.ts'
import { type Migration, migrationOf, numberOf } from '../../src-backend/db/migrations.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'

const nowhere = '127.0.0.1:1'
const ours = readMigrations()
const newest = numberOf(ours.at(-1)?.name ?? '')

/** Added by a made-up next version. */
const compatible = migrationOf(
  '9998_next.sql',
  `-- replicas-since: ${String(newest).padStart(4, '0')}\nalter table node add column next_version jsonb;`,
)
const incompatible = migrationOf('9999_break.sql', '-- replicas-since: 9999\nselect 1;')

test('each migration after 0.1.0 says which replicas can work with it', () => {
  const undeclared = ours.filter(({ name, sql }) => numberOf(name) > 4 && !/^-- replicas-since: \d{4}$/m.test(sql))
  expect(undeclared.map(({ name }) => name)).toEqual([])
})

test('a migration without that line needs replicas that know it', () => {
  expect(migrationOf('0007_silent.sql', 'select 1').replicasSince).toBe(7)
  expect(migrationOf('0007_spoken.sql', '-- replicas-since: 0006\nselect 1').replicasSince).toBe(6)
  expect(() => migrationOf('0007_wrong.sql', '-- replicas-since: 0008\nselect 1')).toThrow(/0007_wrong\.sql/)
})

describe('a database that a newer version has migrated', () => {
  let database: TestDatabase
  let backend: BackendProcess | undefined
  const migrateTo = (...next: readonly Migration[]) => migrateSchema(database.pool, [...ours, ...next])
  const start = () => startBackendProcess({ databaseUrl: database.url, bootstrap: nowhere, env: { REMO_DEMO: 'true' } })
  const said = (text: string) => backend?.log.filter((line) => line.includes(text)) ?? []

  beforeEach(async () => {
    database = await testDatabase()
    return async () => {
      await backend?.kill()
      backend = undefined
      await database.end()
    }
  })

  test('compatibly is served by a replica of this version, and by its migration program', async () => {
    await migrateTo(compatible)
    expect(await checkSchema(database.pool)).toEqual(['9998_next.sql'])
    expect(await migrateSchema(database.pool)).toEqual([])
    backend = await start()
    await backend.untilReady()
    await expect.poll(() => said('9998_next.sql')).toHaveLength(1)
  })

  test('incompatibly is refused at the start with a sentence', async () => {
    await migrateTo(compatible, incompatible)
    await expect(migrateSchema(database.pool)).rejects.toThrow(
      /it has 9999_break\.sql, which this version cannot work with/,
    )
    backend = await start()
    expect(await backend.exited).toBe(1)
    expect(said('The database is newer than this backend: it has 9999_break.sql')).toHaveLength(1)
  })

  test('is served by neighbors only: an older version refuses migrations that only the version in between can work with', async () => {
    const between = migrationOf('9997_between.sql', `-- replicas-since: ${String(newest).padStart(4, '0')}\nselect 1`)
    const last = migrationOf('9998_last.sql', '-- replicas-since: 9997\nselect 1')
    await migrateTo(between, last)
    expect(await checkSchema(database.pool, [...ours, between])).toEqual(['9998_last.sql'])
    await expect(checkSchema(database.pool)).rejects.toThrow(/it has 9998_last\.sql/)
  })

  test('while a replica runs: if compatible, the replica continues; if not, it stops its work and says so', async () => {
    backend = await start()
    await backend.untilReady()
    await migrateTo(compatible)
    await expect.poll(() => said('a newer backend has migrated the database')).toHaveLength(1)
    expect((await backend.fetch('/ready')).status).toBe(200)
    await migrateTo(compatible, incompatible)
    await expect.poll(async () => (await backend?.fetch('/ready'))?.status).toBe(503)
    const sentence = /it has 9999_break\.sql, which this version cannot work with/
    expect(await (await backend.fetch('/ready')).text()).toMatch(sentence)
    const login = await backend.fetch('/api/auth/login', { method: 'POST', body: new URLSearchParams() })
    expect([login.status, await login.text()]).toEqual([503, expect.stringMatching(sentence)])
    expect((await backend.fetch('/health')).status).toBe(200)
    expect(said('this replica stops its work')).toHaveLength(1)
    expect(await backend.stop()).toBe(143)
  })

  test('announces before an incompatible migration that replicas must stop, but not on a new database', async () => {
    const announced: Array<readonly [string, boolean]> = []
    const progress = {
      applying: ({ name }: Migration, stops: boolean) => announced.push([name, stops]),
      newer: () => undefined,
    }
    const plan = [
      { migration: '9998_next.sql', stopsReplicas: false },
      { migration: '9999_break.sql', stopsReplicas: true },
    ]
    expect(await planMigration(database.pool, [...ours, compatible, incompatible])).toEqual(plan)
    await migrateSchema(database.pool, [...ours, compatible, incompatible], progress)
    expect(announced).toEqual([
      ['9998_next.sql', false],
      ['9999_break.sql', true],
    ])
    announced.length = 0
    await database.pool.query('drop schema public cascade; create schema public')
    await migrateSchema(database.pool, ours, progress)
    expect(announced).toEqual(ours.map(({ name }) => [name, false]))
  })
})

describe('a database of 0.1.0, whose table of migrations has no compatibility column', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
    await database.pool.query('alter table migration drop column replicas_since')
  })
  afterAll(() => database.end())

  test('is served, and gets the column with the next migration', async () => {
    expect(await checkSchema(database.pool)).toEqual([])
    await migrateSchema(database.pool, [...ours, compatible])
    const { rows } = await database.pool.query('select name, replicas_since from migration order by name desc limit 1')
    expect(rows).toEqual([{ name: '9998_next.sql', replicas_since: newest }])
  })
})
