import { z } from 'zod'
import { FieldMapping, TopicMapping } from '../metric/mapping/field-mapping.ts'
import { defineOperation } from './operation.ts'
import { bodyProblems } from './problems.ts'

const TopicParam = z.object({ topic: FieldMapping.shape.topic })
const Body = z.strictObject(FieldMapping.omit({ topic: true }).shape)

export const listMappingsOperation = defineOperation({
  method: 'get',
  path: '/api/mappings',
  access: 'viewer',
  tag: 'mappings',
  summary: 'How JSON of its own shape is read, one for each topic, sorted by topic; times in epoch ms',
  ok: { status: 200, body: z.array(TopicMapping) },
  errors: [],
})

export const saveMappingOperation = defineOperation({
  method: 'put',
  path: '/api/mappings/:topic',
  access: 'operator',
  tag: 'mappings',
  summary: 'Read the records of a topic by this mapping, from 2 s after now on',
  headers: ['if-match', 'idempotency-key'],
  params: TopicParam,
  body: { schema: Body },
  ok: { status: 200, body: TopicMapping, etag: true },
  errors: [...bodyProblems, 'version_conflict', 'mapping_fixed', 'too_many_mappings', 'idempotency_mismatch'],
})

export const removeMappingOperation = defineOperation({
  method: 'delete',
  path: '/api/mappings/:topic',
  access: 'operator',
  tag: 'mappings',
  summary: 'Read the records of a topic by no mapping, from 2 s after now on',
  headers: ['if-match', 'idempotency-key'],
  params: TopicParam,
  ok: { status: 200, body: TopicMapping, etag: true },
  errors: ['mapping_not_found', 'version_conflict', 'mapping_fixed', 'idempotency_mismatch'],
})
