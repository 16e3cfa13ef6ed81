import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aSilence } from '#shared/silence/silence-builders.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { databasePath } from './connection.ts'
import { ConsoleStore } from './console-store.ts'
import { DatabaseTooNewError, StorageError, storageErrorOf } from './errors.ts'
import { migrateCache } from './migrate-cache.ts'
import { migrations } from './migrations/migrations.ts'
import { ReadStore, rangeCondition, withMetric } from './read-store.ts'
import { aBatchWrite, aFolder, aPosition, someSamples, startAt, defined } from './store-builders.ts'

let folder: ReturnType<typeof aFolder>
beforeEach(() => {
  folder = aFolder()
})
afterEach(() => folder.dispose())

function filled(): void {
  const { store } = ConsoleStore.open(folder.dir, startAt)
  store.commitBatch(aBatchWrite({ samples: someSamples(20_000), positions: [aPosition(20_000)] }))
  store.rules.save(aRule())
  store.meta.set('kafka.group', 'b')
  store.close()
}

describe('a damaged cache', () => {
  it('is moved aside and replaced by a new one, with a notice, if it is not a database', () => {
    writeFileSync(databasePath(folder.dir), 'this is not a database, whatever its name says'.repeat(300))
    writeFileSync(`${databasePath(folder.dir)}-wal`, 'nor is this a log')
    const { store, notices } = ConsoleStore.open(folder.dir, startAt)
    const aside = 'corrupt-2026-11-23T10-00-00.000Z'
    expect(readdirSync(join(folder.dir, aside))).toContain('remo.sqlite')
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatchObject({ id: 'cache-moved-aside', severity: 'warning' })
    expect(defined(notices[0]).text).toContain(aside)
    expect(defined(notices[0]).text).toContain('Check your thresholds')
    expect([store.positions(), store.samples.latest()]).toEqual([[], []])
    store.close()
  })

  it('passes its readable thresholds and settings on to the new one', () => {
    filled()
    // The last pages, which have chunks.
    const bytes = readFileSync(databasePath(folder.dir))
    bytes.fill(0xa5, bytes.length - 3 * 8192)
    writeFileSync(databasePath(folder.dir), bytes)
    writeFileSync(join(folder.dir, 'remo.sqlite.open'), '')
    const { store, notices } = ConsoleStore.open(folder.dir, startAt)
    expect(defined(notices[0]).text).toContain('Your thresholds were kept')
    expect([store.rules.all(), store.meta.get('kafka.group'), store.positions()]).toEqual([[aRule()], 'b', []])
    store.close()
  })

  it('is detected after a crash if the file was truncated', () => {
    filled()
    truncateSync(databasePath(folder.dir), 5 * 8192)
    writeFileSync(join(folder.dir, 'remo.sqlite.open'), '')
    const { store, notices } = ConsoleStore.open(folder.dir, startAt)
    expect(notices.map(({ id }) => id)).toEqual(['cache-moved-aside'])
    store.close()
  })

  it('passes its forgotten nodes on to the new one', () => {
    const { store } = ConsoleStore.open(folder.dir, startAt)
    const forgotten = { nodeId: 'a', by: 'kim', at: startAt, lastSeen: startAt - 1, readTo: [] }
    store.commitBatch(aBatchWrite({ samples: someSamples(3), forgottenNodes: [forgotten] }))
    store.close()
    const db = new Database(databasePath(folder.dir))
    db.exec(`UPDATE journal SET records = x'ff00'`)
    db.close()
    const again = ConsoleStore.open(folder.dir, startAt).store
    expect(again.forgottenNodes()).toMatchObject([forgotten])
    again.close()
  })

  it('passes the silences of this console on to the new one; Kafka still has those of a team', () => {
    const { store } = ConsoleStore.open(folder.dir, startAt)
    store.silences.save(aSilence())
    const ofTeam = aSilence({ id: '51e0ce00-0000-4000-8000-000000000002' })
    store.commitBatch(aBatchWrite({ samples: someSamples(3), silences: { records: [ofTeam], deleted: [] } }))
    store.close()
    const db = new Database(databasePath(folder.dir))
    db.exec(`UPDATE journal SET records = x'ff00'`)
    db.close()
    const again = ConsoleStore.open(folder.dir, startAt).store
    expect(again.silences.all(false)).toEqual([{ silence: aSilence(), version: 1 }])
    expect(again.silences.all(true)).toEqual([])
    again.close()
  })

  it('is detected if the journal has bytes that ReMo cannot have written', () => {
    const { store } = ConsoleStore.open(folder.dir, startAt)
    store.commitBatch(aBatchWrite({ samples: someSamples(3) }))
    store.close()
    const db = new Database(databasePath(folder.dir))
    db.exec(`UPDATE journal SET records = x'ff00'`)
    db.close()
    const again = ConsoleStore.open(folder.dir, startAt)
    expect(again.notices).toHaveLength(1)
    again.store.close()
  })
})

it('has a marker file while it is open, and leaves only the database when it is closed', () => {
  const { store } = ConsoleStore.open(folder.dir, startAt)
  expect(existsSync(join(folder.dir, 'remo.sqlite.open'))).toBe(true)
  store.close()
  expect(readdirSync(folder.dir)).toEqual(['remo.sqlite'])
})

describe('the cache of a newer version', () => {
  function setFormat(db: Database.Database): void {
    db.pragma(`user_version = ${migrations.length + 1}`)
  }

  /** Hashes of all files of the folder, by name. */
  function bytes(): Record<string, string> {
    const hash = (name: string) =>
      createHash('sha256')
        .update(readFileSync(join(folder.dir, name)))
        .digest('hex')
    return Object.fromEntries(readdirSync(folder.dir).map((name) => [name, hash(name)]))
  }

  function expectRefused(): void {
    const before = bytes()
    expect(() => ConsoleStore.open(folder.dir, startAt)).toThrow(DatabaseTooNewError)
    expect(() => ConsoleStore.open(folder.dir, startAt)).toThrow('Start the newer ReMo')
    expect(bytes()).toEqual(before)
  }

  it('is refused with advice, and no byte changes', () => {
    filled()
    const db = new Database(databasePath(folder.dir))
    setFormat(db)
    db.close()
    expectRefused()
    expect(() => ReadStore.open(folder.dir)).toThrow(DatabaseTooNewError)
  })

  it('is refused if only the log of a crash has the newer format', () => {
    filled()
    const crashed = mkdtempSync(join(tmpdir(), 'remo-crashed-'))
    const db = new Database(databasePath(folder.dir))
    db.pragma('wal_autocheckpoint = 0')
    setFormat(db)
    db.exec('CREATE TABLE of_the_next_version (a)')
    cpSync(folder.dir, crashed, { recursive: true })
    db.close()
    rmSync(folder.dir, { recursive: true })
    renameSync(crashed, folder.dir)
    writeFileSync(join(folder.dir, 'remo.sqlite.open'), '')
    expect(readdirSync(folder.dir).sort()).toEqual([
      'remo.sqlite',
      'remo.sqlite-shm',
      'remo.sqlite-wal',
      'remo.sqlite.open',
    ])
    expectRefused()
  })

  it('is not moved aside if it is damaged, because the newer version may read more of it', () => {
    filled()
    const db = new Database(databasePath(folder.dir))
    setFormat(db)
    db.close()
    truncateSync(databasePath(folder.dir), 5 * 8192)
    writeFileSync(join(folder.dir, 'remo.sqlite.open'), '')
    expectRefused()
  })

  it('is opened if the newer format was never committed', () => {
    filled()
    const crashed = mkdtempSync(join(tmpdir(), 'remo-crashed-'))
    const db = new Database(databasePath(folder.dir))
    db.pragma('wal_autocheckpoint = 0')
    db.exec('CREATE TABLE of_this_version (a)')
    const committed = statSync(`${databasePath(folder.dir)}-wal`).size
    setFormat(db)
    cpSync(folder.dir, crashed, { recursive: true })
    db.close()
    rmSync(folder.dir, { recursive: true })
    renameSync(crashed, folder.dir)
    truncateSync(`${databasePath(folder.dir)}-wal`, committed + 12)
    ConsoleStore.open(folder.dir, startAt).store.close()
  })
})

it('cannot be opened for reading before the writer creates it', () => {
  expect(() => ReadStore.open(folder.dir)).toThrow()
  new Database(databasePath(folder.dir)).exec('CREATE TABLE other (a)').close()
  expect(() => ReadStore.open(folder.dir)).toThrow(`not ${migrations.length} yet`)
})

describe('a commit that fails', () => {
  it('leaves memory and file unchanged, and can be repeated', () => {
    const { store } = ConsoleStore.open(folder.dir, startAt)
    const samples = someSamples(1000)
    store.commitBatch(aBatchWrite({ samples: samples.slice(0, 400), positions: [aPosition(400)] }))
    const before = [store.samples.head('node-1'), store.samples.latest(), store.stats().samples, store.positions()]
    const db = new Database(databasePath(folder.dir))
    db.exec(`CREATE TRIGGER refuse BEFORE UPDATE ON position BEGIN SELECT raise(ABORT, 'no'); END`)
    const second = aBatchWrite({ samples: samples.slice(400), positions: [aPosition(1000)] })
    expect(() => store.commitBatch(second)).toThrow('no')
    expect([store.samples.head('node-1'), store.samples.latest(), store.stats().samples, store.positions()]).toEqual(
      before,
    )
    db.exec('DROP TRIGGER refuse')
    db.close()
    store.commitBatch(second)
    const after = [store.samples.head('node-1'), store.samples.latest(), store.stats().samples, store.positions()]
    store.close()
    const again = ConsoleStore.open(folder.dir, startAt).store
    expect([again.samples.head('node-1'), again.samples.latest(), again.stats().samples, again.positions()]).toEqual(
      after,
    )
    expect(again.stats().samples).toBe(1000)
    again.close()
  })

  it('distinguishes a full disk, a failing disk and other errors', () => {
    const received = (code: string): unknown => storageErrorOf(new Database.SqliteError('text', code))
    expect(received('SQLITE_FULL')).toMatchObject({ kind: 'full' })
    expect(received('SQLITE_IOERR_WRITE')).toMatchObject({ kind: 'io' })
    expect(received('SQLITE_CONSTRAINT')).not.toBeInstanceOf(StorageError)
  })
})

describe('migrations', () => {
  const renamedIn6 = /(shared_rule|partition_begin|action|reject)(_by_alert|_\d)?$/

  function schemaOf(db: Database.Database): unknown[] {
    return db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all()
  }

  it('give the same schema in one run and step by step', () => {
    const atOnce = new Database(':memory:')
    migrateCache(atOnce, migrations)
    const stepwise = new Database(':memory:')
    migrations.forEach((_, index) => migrateCache(stepwise, migrations.slice(0, index + 1)))
    expect(schemaOf(stepwise)).toEqual(schemaOf(atOnce))
    expect(atOnce.pragma('user_version', { simple: true })).toBe(migrations.length)
  })

  it.each(migrations.map(({ name, version }) => [name, version] as const))(
    '%s migrates the previous version',
    (_, version) => {
      const db = new Database(':memory:')
      migrateCache(db, migrations.slice(0, version - 1))
      // 0006 renames; its own test covers the rows.
      // Version 9 adds a column to a table; 0014 makes another one of it, and its own test covers the rows.
      const isRenamed = ({ name }: { name: string }) =>
        (version === 6 && renamedIn6.test(name)) ||
        (version === 9 && name === 'node') ||
        (version === 14 && /^(sqlite_autoindex_)?node(_1)?$/.test(name))
      const before = (schemaOf(db) as Array<{ name: string }>).filter((part) => !isRenamed(part))
      migrateCache(db, migrations.slice(0, version))
      expect(schemaOf(db)).toEqual(expect.arrayContaining(before))
      expect(schemaOf(db).length).toBeGreaterThan(before.length)
    },
  )

  it('stop at the last complete version when one fails', () => {
    const db = new Database(':memory:')
    const broken = {
      version: 2,
      name: '0002-broken',
      up: (on: Database.Database) => on.exec('CREATE TABLE a (b); oops'),
    }
    expect(() => migrateCache(db, [defined(migrations[0]), broken])).toThrow('oops')
    expect(db.pragma('user_version', { simple: true })).toBe(1)
    expect(schemaOf(db)).not.toContainEqual(expect.objectContaining({ name: 'a' }))
  })

  it('mark each table as rebuildable or owned', () => {
    const texts = migrations.map(({ up }) => {
      let text = ''
      up({ exec: (sql: string) => (text += sql) } as unknown as Database.Database)
      return text
    })
    const tables = texts.join('').split('CREATE TABLE').slice(0, -1)
    expect(tables.filter((before) => !/-- (rebuildable|owned)[^\n]*\n\s*$/.test(before))).toEqual([])
  })
})

describe('queries of every batch and every chart', () => {
  it.each([
    [
      'range',
      `SELECT data FROM chunk WHERE ${rangeCondition}`,
      'SEARCH chunk USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
    ],
    [
      'parts of a metric',
      `SELECT no FROM part WHERE ${withMetric} ORDER BY no`,
      'INDEX sqlite_autoindex_part_1 (node_id=?); CORRELATED SCALAR SUBQUERY 1; ' +
        'SEARCH part_metric USING PRIMARY KEY (part=? AND metric=?)',
    ],
    ['newest chunk', 'SELECT data FROM chunk WHERE id BETWEEN 1 AND 2 ORDER BY id DESC LIMIT 1', 'INTEGER PRIMARY KEY'],
    ['journal cut', 'DELETE FROM journal WHERE seq < 5', 'SEARCH journal USING INTEGER PRIMARY KEY (rowid<?)'],
    ['position', `SELECT next FROM position WHERE topic = '' AND partition = 0`, 'SEARCH position USING PRIMARY KEY'],
    [
      'firing alerts',
      `SELECT data FROM alert WHERE phase = 'firing' ORDER BY opened_at DESC`,
      'USING INDEX alert_by_phase',
    ],
    ['timeline', `SELECT data FROM alert_event WHERE alert_id = ''`, 'USING INDEX sqlite_autoindex_alert_event_1'],
  ])('%s uses its index', (_, sql, plan) => {
    const { store } = ConsoleStore.open(folder.dir, startAt)
    const db = new Database(databasePath(folder.dir), { readonly: true })
    const steps = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll('?', '1')}`).all()
    db.close()
    store.close()
    expect(steps.map(({ detail }) => detail).join('; ')).toContain(plan)
  })
})
