import { z } from 'zod'
import { knownOfEvent } from '#shared/codec/domain-codecs.ts'
import {
  acknowledgeAlertOperation,
  alertTimelineOperation,
  getAlertOperation,
  listAlertsOperation,
  unacknowledgeAlertOperation,
} from '#shared/rest/alerts.ts'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { alertItem } from './alert-item.ts'
import * as repo from './repo.ts'
import * as alerts from './service.ts'

/** Opening time in epoch ms, within PostgreSQL's range of times, and id. */
const AlertCursor = z.tuple([z.number().gte(-6e13).lte(8e15), z.uuid()])
const EventCursor = z.tuple([z.string().regex(/^\d{1,18}$/)])

export const alertRoutes = (): ApiRoute[] => [
  apiRoute(listAlertsOperation, async ({ query, pool, now }) => {
    const { node_id: nodeId, acknowledged, severity, phase, limit } = query
    const after = alertCursor(query.cursor)
    const rows = await repo.listAlerts(pool, { nodeId, acknowledged, severity, phase, after, now, limit: limit + 1 })
    const { shown, next } = pageOf(rows, limit, ({ alert }) => [alert.openedAt, alert.id])
    return { body: shown.map((row) => alertItem(row, now)), next }
  }),
  apiRoute(getAlertOperation, async ({ params, pool, now }) => {
    const row = await alerts.alertOf(pool, params.id)
    return { body: alertItem(row, now), version: row.version }
  }),
  apiRoute(alertTimelineOperation, async ({ params: { id: alertId }, query: { limit, cursor }, pool }) => {
    const [after] = cursor === undefined ? ['0'] : decodeCursor(cursor, EventCursor)
    await alerts.alertOf(pool, alertId)
    const rows = await repo.listEvents(pool, { alertId, after, limit: limit + 1 })
    const { shown, next } = pageOf(rows, limit, ({ id }) => [id])
    return { body: shown.flatMap(({ event }) => (event ? [knownOfEvent(event)] : [])), next }
  }),
  apiRoute(acknowledgeAlertOperation, async (call) => {
    const { comment = '', at, until } = call.body
    const request = { id: call.params.id, comment, at: msOf(at), until: msOf(until) }
    const { alert, ...outcome } = await call.tx((db) => alerts.acknowledgeAlert(db, request, call))
    return { body: { ...outcome, alert: alertItem(alert, call.now) } }
  }),
  apiRoute(unacknowledgeAlertOperation, async (call) => {
    const { by, at } = call.query
    const request = { id: call.params.id, by, at: msOf(at) }
    const { alert, ...outcome } = await call.tx((db) => alerts.unacknowledgeAlert(db, request, call))
    return { body: { ...outcome, alert: alertItem(alert, call.now) } }
  }),
]

function alertCursor(cursor: string | undefined): repo.AlertCursorValues | undefined {
  if (cursor === undefined) return undefined
  const [openedAt, id] = decodeCursor(cursor, AlertCursor)
  return { openedAt, id }
}

function msOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time)
}
