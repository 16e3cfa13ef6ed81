import { z } from 'zod'
import { knownOfSilence } from '#shared/codec/domain-codecs.ts'
import type { Silence } from '#shared/silence/silence.ts'
import {
  createSilenceOperation,
  expireSilenceOperation,
  getSilenceOperation,
  listSilencesOperation,
  updateSilenceOperation,
} from '#shared/rest/silences.ts'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import * as silences from './service.ts'

/** Time of creation in epoch ms, within PostgreSQL's range of times, and id. */
const SilenceCursor = z.tuple([z.number().gte(-6e13).lte(8e15), z.uuid()])

export const silenceRoutes = (limits: silences.SilenceLimits): ApiRoute[] => [
  apiRoute(listSilencesOperation, async ({ query: { limit, cursor, ended }, pool, now }) => {
    const [createdAt = 0, id = ''] = cursor === undefined ? [] : decodeCursor(cursor, SilenceCursor)
    const after = cursor === undefined ? undefined : { createdAt, id }
    const found = await silences.silencesAfter(pool, { ended, after, limit: limit + 1, now })
    const { shown, next } = pageOf(found, limit, (last) => [last.createdAt, last.id])
    return { body: shown.map(knownOfSilence), next }
  }),
  apiRoute(getSilenceOperation, async ({ params, pool }) => answer(await silences.silenceOf(pool, params.id))),
  apiRoute(createSilenceOperation, async (call) => {
    const { id, at, ...draft } = call.body
    const author = { author: call, ...limits }
    return answer(await call.tx((db) => silences.createSilence(db, { id, at, draft }, author)))
  }),
  apiRoute(updateSilenceOperation, async (call) => {
    const { at, ...draft } = call.body
    const change = { id: call.params.id, ifMatch: call.ifMatch, at, draft }
    return answer(await call.tx((db) => silences.changeSilence(db, change, { author: call, ...limits })))
  }),
  apiRoute(expireSilenceOperation, async (call) => {
    const change = { id: call.params.id, ifMatch: call.ifMatch, at: call.query.at }
    return answer(await call.tx((db) => silences.expireSilence(db, change, call)))
  }),
]

function answer(silence: Silence): { readonly body: Silence; readonly version: number } {
  return { body: knownOfSilence(silence), version: silence.version }
}
