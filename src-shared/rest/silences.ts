import { z } from 'zod'
import { Silence, SilenceDraft } from '../silence/silence.ts'
import { defineOperation } from './operation.ts'
import { booleanParam, EpochMs, epochMsParam, pageQuery, UuidParam } from './fields.ts'
import { bodyProblems } from './problems.ts'

/** When the operator did it, if offline, by the clock of the console: at most 7 days ago. A later time than now becomes now. */
const at = EpochMs.optional()

export const listSilencesOperation = defineOperation({
  method: 'get',
  path: '/api/silences',
  access: 'viewer',
  tag: 'silences',
  summary: 'Silences, newest first; times in epoch ms, as in remo-alerts',
  /** `ended`: only those that have ended, or only the others. The backend deletes one 90 days after its end. */
  query: z.object({ ...pageQuery, ended: booleanParam.optional() }),
  ok: { status: 200, body: z.array(Silence), pages: true },
  errors: [],
})

export const getSilenceOperation = defineOperation({
  method: 'get',
  path: '/api/silences/:id',
  access: 'viewer',
  tag: 'silences',
  summary: 'One silence',
  params: UuidParam,
  ok: { status: 200, body: Silence, etag: true },
  errors: ['silence_not_found'],
})

/**
 * A console makes silences offline, so it chooses the id. If the user has made the same silence with this id before, the
 * response is the same again; another one with this id is `silence_exists`.
 */
export const createSilenceOperation = defineOperation({
  method: 'post',
  path: '/api/silences',
  access: 'operator',
  tag: 'silences',
  summary: 'Create a silence. With an id of the client, a repeated request changes nothing',
  headers: ['idempotency-key'],
  body: { schema: z.strictObject({ id: z.uuid().optional(), at, ...SilenceDraft.shape }) },
  ok: { status: 201, body: Silence, etag: true },
  errors: [...bodyProblems, 'silence_exists', 'idempotency_mismatch'],
})

export const updateSilenceOperation = defineOperation({
  method: 'put',
  path: '/api/silences/:id',
  access: 'operator',
  tag: 'silences',
  summary: 'Change or extend a silence that has not ended',
  headers: ['if-match', 'idempotency-key'],
  params: UuidParam,
  body: { schema: z.strictObject({ at, ...SilenceDraft.shape }) },
  ok: { status: 200, body: Silence, etag: true },
  errors: [...bodyProblems, 'silence_not_found', 'silence_ended', 'version_conflict', 'idempotency_mismatch'],
})

export const expireSilenceOperation = defineOperation({
  method: 'delete',
  path: '/api/silences/:id',
  access: 'operator',
  tag: 'silences',
  summary: 'End a silence now. It stays in the list; one that has ended stays as it is',
  headers: ['if-match', 'idempotency-key'],
  params: UuidParam,
  /** As in the bodies. */
  query: z.object({ at: epochMsParam.optional() }),
  ok: { status: 200, body: Silence, etag: true },
  errors: ['silence_not_found', 'version_conflict', 'idempotency_mismatch'],
})
