import { connectedWithinMs } from '#shared/rest/consoles.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../http/route.ts'
import {
  type ConsoleFacts,
  type ConsoleFilter,
  type ConsoleRow,
  countConnected,
  countKnown,
  deleteBeyond,
  deleteGone,
  deleteShown,
  deleteShownCritical,
  findShownCritical,
  listConsoleRows,
  saveHeartbeat,
  saveShown,
  type ShownRow,
} from './repo.ts'

/** A shared account of a control room has fewer. One more replaces the one that was seen last. */
const mostConsoles = 100
/** Reported by one account within a day. A console that reads before the backend has a few. */
const mostUnknown = 5_000
/** Without a heartbeat. */
const goneAfterDays = 30

export interface Heartbeat extends ConsoleFacts {
  readonly id: string
  readonly shown: readonly ShownRow[]
  /** Epoch ms. */
  readonly now: number
}

/**
 * Notes that a console is connected and what it showed. Not a change by a person, so it is not in the audit. Two consoles
 * with one id and different users are different consoles.
 * @returns how many of the shown alerts are stored, and how many are not
 */
export async function noteHeartbeat(
  db: Db,
  { id, shown, now, ...facts }: Heartbeat,
  { accountId }: Pick<Actor, 'accountId'>,
): Promise<{ readonly known: number; readonly unknown: number }> {
  const key = { accountId, id }
  const isNew = await saveHeartbeat(db, key, { ...facts, withinMs: connectedWithinMs })
  if (isNew) await deleteBeyond(db, accountId, mostConsoles)
  if (shown.length === 0) return { known: 0, unknown: 0 }
  const ids = [...new Set(shown.map(({ alertId }) => alertId.toLowerCase()))]
  const known = await countKnown(db, ids)
  // The clock of a console may be ahead.
  const rows = shown.map((row) => ({ ...row, at: Math.min(row.at, now) }))
  await saveShown(db, key, { shown: rows, mostUnknown })
  return { known, unknown: ids.length - known }
}

export function consolesAfter(db: Db, filter: Omit<ConsoleFilter, 'withinMs'>): Promise<ConsoleRow[]> {
  return listConsoleRows(db, { ...filter, withinMs: connectedWithinMs })
}

/** How many consoles are connected, by the clock of the database. */
export function connectedConsoles(db: Db): Promise<number> {
  return countConnected(db, connectedWithinMs)
}

/** Deletes consoles that are gone for 30 days. @returns how many, at most `limit` */
export function deleteGoneConsoles(db: Db, limit: number): Promise<number> {
  return deleteGone(db, { days: goneAfterDays, limit })
}

/** Deletes reports of alerts that do not fire. @returns how many, at most `limit` */
export const deleteOldShown: typeof deleteShown = deleteShown

export const shownAsCritical: typeof findShownCritical = findShownCritical

/** These alerts are no longer critical. If they become so again, consoles have to show that too. */
export const forgetShownAsCritical: typeof deleteShownCritical = deleteShownCritical
