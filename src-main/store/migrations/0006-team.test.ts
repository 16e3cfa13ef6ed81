import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { migrateCache } from '../migrate-cache.ts'
import { migrations } from './migrations.ts'

it('a cache of format 5 keeps its rows under the new names', () => {
  const db = new Database(':memory:')
  migrateCache(db, migrations.slice(0, 5))
  db.exec(`
    INSERT INTO shared_rule VALUES ('r', 2, '{"id":"r"}');
    INSERT INTO partition_begin VALUES ('metrics-a', 3, 77);
    INSERT INTO action VALUES (4, 'a', 'alert', 1, '{"id":"a"}');
    INSERT INTO reject VALUES (9, 'metrics-a', 3, 78, 5.5, 'not-json', 'no', x'7b');
    INSERT INTO rule VALUES ('r', 1, '{}');
  `)
  migrateCache(db, migrations)
  const rows = (table: string): unknown[] => db.prepare(`SELECT * FROM ${table}`).all()
  expect(rows('team_rule')).toEqual([{ id: 'r', version: 2, data: '{"id":"r"}' }])
  expect(rows('partition_start')).toEqual([{ topic: 'metrics-a', partition: 3, first_offset: 77 }])
  expect(rows('operator_action')).toEqual([{ seq: 4, id: 'a', alert_id: 'alert', sent: 1, data: '{"id":"a"}' }])
  expect(rows('rejected_record')).toEqual([
    {
      seq: 9,
      topic: 'metrics-a',
      partition: 3,
      record_offset: 78,
      at: 5.5,
      code: 'not-json',
      reason: 'no',
      first_bytes: Buffer.from('{'),
    },
  ])
  expect(rows('rule')).toHaveLength(1)
  expect(rows('deferred_record')).toEqual([])
  db.close()
})
