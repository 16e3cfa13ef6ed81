import { z } from 'zod'
import { defineOperation } from './operation.ts'
import { pageQuery, Time } from './fields.ts'

export const healthOperation = defineOperation({
  method: 'get',
  path: '/health',
  access: 'public',
  tag: 'system',
  summary: 'Liveness of this replica and the state of its dependencies',
  ok: {
    status: 200,
    body: z.strictObject({
      status: z.literal('healthy'),
      timestamp: Time,
      postgres: z.enum(['up', 'down']),
      kafka: z.enum(['up', 'down']),
      /** Jobs of the database whose last run failed, on any replica; absent while PostgreSQL is down. */
      failing_jobs: z.array(z.string()).optional(),
      version: z.string(),
    }),
  },
  errors: [],
})

/** 503 (`unavailable`) while PostgreSQL is unreachable or this replica shuts down. */
export const readyOperation = defineOperation({
  method: 'get',
  path: '/ready',
  access: 'public',
  tag: 'system',
  summary: 'Readiness of this replica',
  ok: { status: 200, body: z.strictObject({ status: z.literal('ready'), timestamp: Time }) },
  errors: [],
})

/** The name that Kubernetes and Go programs use. */
export const healthzOperation = defineOperation({
  ...healthOperation,
  path: '/healthz',
  summary: 'Same as GET /health',
})

/** The name that Kubernetes and Go programs use. */
export const readyzOperation = defineOperation({ ...readyOperation, path: '/readyz', summary: 'Same as GET /ready' })

export const versionOperation = defineOperation({
  method: 'get',
  path: '/version',
  access: 'public',
  tag: 'system',
  summary: 'Version of this replica and the Git commit that it was built from',
  /** `revision`: `unknown` if it was not built from Git. */
  ok: { status: 200, body: z.strictObject({ version: z.string(), revision: z.string() }) },
  errors: [],
})

export const listRejectedOperation = defineOperation({
  method: 'get',
  path: '/api/rejected',
  access: 'viewer',
  tag: 'system',
  summary: 'Rejected Kafka records, newest first, with the reason and the first 1 KB (base64)',
  query: z.object(pageQuery),
  ok: {
    status: 200,
    body: z.array(
      z.strictObject({
        topic: z.string(),
        partition: z.int(),
        offset: z.int(),
        at: Time,
        code: z.string(),
        reason: z.string(),
        head: z.string(),
      }),
    ),
    pages: true,
  },
  errors: [],
})
