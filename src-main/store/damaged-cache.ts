import Database from 'better-sqlite3'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Codec } from '#shared/codec/codec.ts'
import { actionCodec, forgottenNodeCodec, ruleCodec, silenceCodec } from '#shared/codec/domain-codecs.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { Silence } from '#shared/silence/silence.ts'
import type { ForgottenNode } from '#shared/team/forgotten-node.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import { databaseName, databasePath } from './connection.ts'

/**
 * Moves the database and its log into a new folder and returns the folder. The three files are only valid together:
 * https://sqlite.org/howtocorrupt.html
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

/** Rows that exist nowhere else, as far as they are readable. */
export interface SalvagedData {
  readonly rules: readonly Rule[]
  readonly meta: ReadonlyArray<readonly [key: string, value: string]>
  /** Actions not sent to the backend yet, oldest first. */
  readonly actions: readonly OperatorAction[]
  readonly forgottenNodes: readonly ForgottenNode[]
  /** Those of this console itself: Kafka still has those of a backend. */
  readonly silences: readonly Silence[]
  /** Alerts that nobody has looked at, and when they opened. */
  readonly unseen: ReadonlyArray<readonly [id: string, openedAt: number]>
  /** Whether some rows were unreadable. */
  readonly incomplete: boolean
}

/** Reads thresholds, settings, forgotten nodes, silences and queued actions from a damaged database, as far as they are readable. */
export function salvage(folder: string): SalvagedData {
  const rules: Rule[] = []
  const meta: Array<readonly [string, string]> = []
  const actions: OperatorAction[] = []
  const forgottenNodes: ForgottenNode[] = []
  const silences: Silence[] = []
  const unseen: Array<readonly [string, number]> = []
  let db: Database.Database | null = null
  try {
    db = new Database(databasePath(folder), { fileMustExist: true })
    for (const row of db.prepare<[], { key: string; value: string }>('SELECT key, value FROM meta').iterate()) {
      meta.push([row.key, row.value])
    }
    let incomplete = take(db, 'SELECT data FROM rule', ruleCodec, rules)
    const queue = actionQueue(db)
    if (queue !== undefined && take(db, queue, actionCodec, actions)) incomplete = true
    const forgotten = 'SELECT data FROM forgotten_node'
    if (hasTable(db, 'forgotten_node') && take(db, forgotten, forgottenNodeCodec, forgottenNodes)) incomplete = true
    const own = 'SELECT data FROM silence WHERE is_team = 0'
    if (hasTable(db, 'silence') && take(db, own, silenceCodec, silences)) incomplete = true
    if (hasTable(db, 'unseen')) {
      const rows = db.prepare<[], { id: string; at: number }>('SELECT alert_id AS id, opened_at AS at FROM unseen')
      for (const { id, at } of rows.iterate()) unseen.push([id, at])
    }
    return { rules, meta, actions, forgottenNodes, silences, unseen, incomplete }
  } catch {
    // The file is damaged, so any error is possible. Rows read before the error count.
    return { rules, meta, actions, forgottenNodes, silences, unseen, incomplete: true }
  } finally {
    db?.close()
  }
}

/** @returns whether a row was unreadable */
// eslint-disable-next-line max-params -- a query, the codec of its rows, and the list to fill
function take<T>(db: Database.Database, query: string, codec: Codec<T>, into: T[]): boolean {
  let isLeftOut = false
  for (const data of db.prepare<[], string>(query).pluck().iterate()) {
    const read = codec.parse(data)
    if (read.ok) into.push(read.value)
    else isLeftOut = true
  }
  return isLeftOut
}

/** The file may have any format: before format 5 there are no actions; in format 5 the table is `action`. */
function actionQueue(db: Database.Database): string | undefined {
  if (hasTable(db, 'operator_action')) return 'SELECT data FROM operator_action WHERE sent = 0 ORDER BY seq'
  return hasTable(db, 'action') ? 'SELECT data FROM action WHERE told = 0 ORDER BY seq' : undefined
}

function hasTable(db: Database.Database, name: string): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name) !== undefined
}
