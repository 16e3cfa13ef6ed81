import { z } from 'zod'
import { listThresholdsOperation, removeThresholdOperation, saveThresholdOperation } from '#shared/rest/thresholds.ts'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import * as thresholds from './service.ts'
import { thresholdItem } from './threshold-item.ts'

const ThresholdCursor = z.tuple([z.int32()])

export const thresholdRoutes = (): ApiRoute[] => [
  apiRoute(listThresholdsOperation, async ({ query: { node_id: nodeId, limit, cursor }, pool }) => {
    const [after] = cursor === undefined ? [0] : decodeCursor(cursor, ThresholdCursor)
    const rows = await thresholds.listThresholds(pool, { nodeId, after, limit: limit + 1 })
    const { shown, next } = pageOf(rows, limit, ({ number }) => [number])
    return { body: shown.map(thresholdItem), next }
  }),
  apiRoute(saveThresholdOperation, async (call) => {
    const { node_id: nodeId, metric_type: metric, threshold_value: value, condition } = call.body
    const simple = { nodeId, metric, value, condition, ifMatch: call.ifMatch }
    const threshold = await call.tx((db) => thresholds.saveThreshold(db, simple, call))
    return { body: threshold, version: threshold.version }
  }),
  apiRoute(removeThresholdOperation, async (call) => {
    const target = { number: call.params.id, ifMatch: call.ifMatch }
    await call.tx((db) => thresholds.removeThreshold(db, target, call))
    return { body: { message: 'Threshold deleted' } }
  }),
]
