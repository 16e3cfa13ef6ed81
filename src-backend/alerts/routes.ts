import { z } from 'zod'
import { knownOfEvent } from '#shared/codec/domain-codecs.ts'
import {
  acknowledgeAlertOperation,
  alertFactsOperation,
  type AlertItem,
  alertTimelineOperation,
  assignAlertOperation,
  commentAlertOperation,
  getAlertOperation,
  listAlertsOperation,
  unacknowledgeAlertOperation,
} from '#shared/rest/alerts.ts'
import type { Db } from '../db/db.ts'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { OpenSilences } from '../silences/open-silences.ts'
import { alertItem, type AlertRow } from './alert-item.ts'
import { alertSearch, factItems, withHistory } from './history.ts'
import { type AlertCursorValues, type AlertFilter, listAlerts } from './list-repo.ts'
import { assignAlert, commentAlert } from './notes.ts'
import * as repo from './repo.ts'
import * as alerts from './service.ts'

/** Opening time in epoch ms, within PostgreSQL's range of times, and id. */
const AlertCursor = z.tuple([z.number().gte(-6e13).lte(8e15), z.uuid()])
const EventCursor = z.tuple([z.string().regex(/^\d{1,18}$/)])

/** The items of alerts, with the silences that match them now. */
type ItemsOf = (db: Db, rows: readonly AlertRow[], now: number) => Promise<AlertItem[]>

export function alertRoutes(): ApiRoute[] {
  const open = new OpenSilences()
  const itemsOf: ItemsOf = async (db, rows, now) => {
    const silences = await open.index(db, now)
    return rows.map((row) => {
      const silencedBy = silences.silencesOf(row.alert, now).map(({ id }) => id)
      return alertItem(row, { now, silencedBy })
    })
  }
  return [...readRoutes(itemsOf), ...changeRoutes(itemsOf)]
}

const readRoutes = (itemsOf: ItemsOf): ApiRoute[] => [
  apiRoute(listAlertsOperation, async ({ query, pool, now }) => {
    const { shown, next } = await alertPage(pool, query, now)
    const items = await itemsOf(pool, shown, now)
    const isHistory = query.from !== undefined || query.to !== undefined
    return { body: isHistory ? await withHistory(pool, shown, items) : items, next }
  }),
  apiRoute(alertFactsOperation, async ({ query, pool, now }) => {
    const { shown, next } = await alertPage(pool, query, now)
    return { body: await factItems(pool, shown), next }
  }),
  apiRoute(getAlertOperation, async ({ params, pool, now }) => {
    const row = await alerts.alertOf(pool, params.id)
    const [item] = await withHistory(pool, [row], await itemsOf(pool, [row], now))
    return { body: item as AlertItem, version: row.version }
  }),
  apiRoute(alertTimelineOperation, async ({ params: { id: alertId }, query: { limit, cursor }, pool }) => {
    const [after] = cursor === undefined ? ['0'] : decodeCursor(cursor, EventCursor)
    await alerts.alertOf(pool, alertId)
    const rows = await repo.listEvents(pool, { alertId, after, limit: limit + 1 })
    const { shown, next } = pageOf(rows, limit, ({ id }) => [id])
    return { body: shown.flatMap(({ event }) => (event ? [knownOfEvent(event)] : [])), next }
  }),
]

function changeRoutes(itemsOf: ItemsOf): ApiRoute[] {
  /** In the transaction of the change: a second connection could be the one that another request waits for. */
  const withItem = async <T extends { readonly alert: AlertRow }>(db: Db, result: T, now: number) => {
    const [item] = await itemsOf(db, [result.alert], now)
    return { ...result, alert: item as AlertItem }
  }
  return [
    apiRoute(acknowledgeAlertOperation, async (call) => {
      const { comment = '', at, until } = call.body
      const request = { id: call.params.id, comment, at: msOf(at), until: msOf(until) }
      const body = await call.tx(async (db) => withItem(db, await alerts.acknowledgeAlert(db, request, call), call.now))
      return { body }
    }),
    apiRoute(unacknowledgeAlertOperation, async (call) => {
      const { by, at } = call.query
      const request = { id: call.params.id, by, at: msOf(at) }
      const body = await call.tx(async (db) =>
        withItem(db, await alerts.unacknowledgeAlert(db, request, call), call.now),
      )
      return { body }
    }),
    apiRoute(commentAlertOperation, async (call) => {
      const { comment, at } = call.body
      const request = { id: call.params.id, comment, at: msOf(at) }
      return { body: await call.tx(async (db) => withItem(db, await commentAlert(db, request, call), call.now)) }
    }),
    apiRoute(assignAlertOperation, async (call) => {
      const { to, comment = '', at } = call.body
      const request = { id: call.params.id, to, comment, at: msOf(at) }
      return { body: await call.tx(async (db) => withItem(db, await assignAlert(db, request, call), call.now)) }
    }),
  ]
}

type AlertQuery = z.output<(typeof listAlertsOperation)['query']>

/** One page of a list of alerts, newest first. */
async function alertPage(db: Db, query: AlertQuery, now: number) {
  const rows = await listAlerts(db, { ...filterOf(query, now), limit: query.limit + 1 })
  return pageOf(rows, query.limit, ({ alert }) => [alert.openedAt, alert.id])
}

function filterOf(query: AlertQuery, now: number): AlertFilter {
  const { node_id: nodeId, acknowledged, severity, phase, metric, rule_id: ruleId, worst, outcome, limit } = query
  const times = { from: msOf(query.from), to: msOf(query.to), now }
  const search = alertSearch(query.text)
  const after = alertCursor(query.cursor)
  return { nodeId, acknowledged, severity, phase, metric, ruleId, worst, outcome, limit, ...times, search, after }
}

function alertCursor(cursor: string | undefined): AlertCursorValues | undefined {
  if (cursor === undefined) return undefined
  const [openedAt, id] = decodeCursor(cursor, AlertCursor)
  return { openedAt, id }
}

function msOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time)
}
