import Database from 'better-sqlite3'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Codec } from '#shared/codec/codec.ts'
import { actionCodec, ruleCodec } from '#shared/codec/domain-codecs.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import { databaseName, databasePath } from './connection.ts'

/**
 * Moves the database with its log into a folder of its own and returns the folder. The three files only mean
 * something together: https://sqlite.org/howtocorrupt.html
 */
export function moveDamagedCache(dir: string, now: number): string {
  const folder = join(dir, `corrupt-${new Date(now).toISOString().replaceAll(':', '-')}`)
  mkdirSync(folder, { recursive: true })
  for (const name of [databaseName, `${databaseName}-wal`, `${databaseName}-shm`]) {
    const from = join(dir, name)
    if (existsSync(from)) renameSync(from, join(folder, name))
  }
  return folder
}

/** What exists nowhere else and can still be read. */
export interface SalvagedData {
  readonly rules: readonly Rule[]
  readonly meta: ReadonlyArray<readonly [key: string, value: string]>
  /** What the backend has not heard of yet, oldest first. */
  readonly actions: readonly OperatorAction[]
  /** Whether something could not be read. */
  readonly incomplete: boolean
}

/** Reads thresholds, settings and what waits for the backend out of a damaged database, as far as they can be read. */
export function salvage(folder: string): SalvagedData {
  const rules: Rule[] = []
  const meta: Array<readonly [string, string]> = []
  const actions: OperatorAction[] = []
  let db: Database.Database | null = null
  try {
    db = new Database(databasePath(folder), { fileMustExist: true })
    for (const row of db.prepare<[], { key: string; value: string }>('SELECT key, value FROM meta').iterate()) {
      meta.push([row.key, row.value])
    }
    let incomplete = take(db, 'SELECT data FROM rule', ruleCodec, rules)
    const queue = actionQueue(db)
    if (queue !== undefined && take(db, queue, actionCodec, actions)) incomplete = true
    return { rules, meta, actions, incomplete }
  } catch {
    // The file is damaged, so any failure is possible, and what was read until then is what there is.
    return { rules, meta, actions, incomplete: true }
  } finally {
    db?.close()
  }
}

/** @returns whether a row was left out */
// eslint-disable-next-line max-params -- a query, how to read its rows, and where to
function take<T>(db: Database.Database, query: string, codec: Codec<T>, into: T[]): boolean {
  let isLeftOut = false
  for (const data of db.prepare<[], string>(query).pluck().iterate()) {
    const read = codec.parse(data)
    if (read.ok) into.push(read.value)
    else isLeftOut = true
  }
  return isLeftOut
}

/** The file may be of any version: one of before the backend has no actions, one of 0.1 has them under another name. */
function actionQueue(db: Database.Database): string | undefined {
  if (hasTable(db, 'operator_action')) return 'SELECT data FROM operator_action WHERE sent = 0 ORDER BY seq'
  return hasTable(db, 'action') ? 'SELECT data FROM action WHERE told = 0 ORDER BY seq' : undefined
}

function hasTable(db: Database.Database, name: string): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name) !== undefined
}
