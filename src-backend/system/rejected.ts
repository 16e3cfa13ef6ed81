import { z } from 'zod'
import { listRejectedOperation } from '#shared/rest/system.ts'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { type RejectedCursorValues, type RejectedRecordRow, readRejected } from './rejected-repo.ts'

/** Arrival time (microseconds, as text), topic, partition, offset. */
const RejectedCursor = z.tuple([
  z.string().regex(/^\d{1,16}$/),
  z.string().regex(/^[\w.-]{1,249}$/),
  z.int().min(0).max(2_147_483_647),
  z.string().regex(/^\d{1,18}$/),
])

export function rejectedRoutes(): ApiRoute[] {
  return [
    apiRoute(listRejectedOperation, async ({ query: { cursor, limit }, pool }) => {
      const records = await readRejected(pool, cursor === undefined ? null : placeIn(cursor), limit + 1)
      const { shown, next } = pageOf(records, limit, rejectedCursor)
      return { body: shown.map(rejectedItem), next }
    }),
  ]
}

function placeIn(cursor: string): RejectedCursorValues {
  const [micros, topic, partition, offset] = decodeCursor(cursor, RejectedCursor)
  return { micros, topic, partition, offset }
}

function rejectedCursor({ place: { micros, topic, partition, offset } }: RejectedRecordRow): Array<string | number> {
  return [micros, topic, partition, offset]
}

function rejectedItem({ place, atMs, code, reason, head }: RejectedRecordRow) {
  const { topic, partition, offset } = place
  const at = new Date(atMs).toISOString()
  return { topic, partition, offset: Number(offset), at, code, reason, head: head.toString('base64') }
}
