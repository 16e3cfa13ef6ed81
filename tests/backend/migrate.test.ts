import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkSchema, migrateSchema, readMigrations } from '../../src-backend/db/schema-migrations.ts'
import { migrationOf } from '../../src-backend/db/migrations.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.end())

test('an up-to-date database is left alone, by many at the same time', async () => {
  const results = await Promise.all([1, 2, 3].map(() => migrateSchema(database.pool)))
  await checkSchema(database.pool)
  expect(results).toEqual([[], [], []])
})

test('the server refuses an empty database, and the migration fills it', async () => {
  await database.pool.query('drop schema public cascade')
  await database.pool.query('create schema public')
  await expect(checkSchema(database.pool)).rejects.toThrow(/lacks 0001_people\.sql/)
  const [first, second] = await Promise.all([migrateSchema(database.pool), migrateSchema(database.pool)])
  const names = readMigrations().map(({ name }) => name)
  expect([...first, ...second].sort()).toEqual(names)
  await checkSchema(database.pool)
})

test('a database of a newer backend and a changed migration are refused with a sentence', async () => {
  const all = readMigrations()
  await expect(checkSchema(database.pool, all.slice(0, 3))).rejects.toThrow(/newer than this backend: it has 000/)
  const changed = all.map((migration, i) => (i === 0 ? { ...migration, hash: 'other' } : migration))
  await expect(migrateSchema(database.pool, changed)).rejects.toThrow(
    /0001_people\.sql was changed after it was applied/,
  )
})

test('a failed migration leaves nothing behind', async () => {
  const all = readMigrations()
  const broken = migrationOf('9999_broken.sql', 'create table half (id integer); select 1/0;')
  await expect(migrateSchema(database.pool, [...all, broken])).rejects.toThrow(/division by zero/)
  const { rows } = await database.pool.query(`select to_regclass('half') as half`)
  expect(rows).toEqual([{ half: null }])
})

test('--wait changes nothing and ends with 0 when another process has migrated', async () => {
  await database.pool.query('drop schema public cascade')
  await database.pool.query('create schema public')
  const waiting = migrateProgram('--wait')
  await expect.poll(waiting.output).toMatch(/"stopsReplicas":false.*waiting for these migrations to be applied/)
  const { rows } = await database.pool.query(`select to_regclass('migration') as migration`)
  expect([rows, waiting.child.exitCode]).toEqual([[{ migration: null }], null])
  await migrateSchema(database.pool)
  expect(await waiting.exited).toBe(0)
})

test('--wait waits for a database that is away, and ends at SIGTERM', async () => {
  const waiting = migrateProgram('--wait', 'postgres://remo:x@127.0.0.1:1/remo')
  await expect.poll(waiting.output).toContain('PostgreSQL does not answer; waiting')
  waiting.child.kill('SIGTERM')
  expect(await waiting.exited).toBe(143)
})

/** migrate.ts as a container runs it. */
function migrateProgram(flag: string, databaseUrl = database.url) {
  const program = join(import.meta.dirname, '../../src-backend/migrate.ts')
  const child = spawn(process.execPath, [program, flag], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
      JWT_SECRET_KEY: randomBytes(36).toString('base64'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  return { child, output: () => output, exited }
}
