import { z } from 'zod'
import { defineOperation } from './operation.ts'
import { Time } from './fields.ts'

/** What the records of one topic are read as, counted over all replicas since the topic is known. Some seconds old. */
export const TopicSource = z.strictObject({
  topic: z.string(),
  /** Records with values, by format such as `telegraf-json`; most first. A newer replica may know other ones. */
  formats: z.array(z.strictObject({ format: z.string(), records: z.int(), last_at: Time })),
  /** Records without values that are no errors, by reason. `detail`: a few words about the newest one. */
  passed_over: z.array(
    z.strictObject({ reason: z.string(), records: z.int(), last_at: Time, detail: z.string().nullable() }),
  ),
  /** Series that are not stored: how many of the newest batch, and of which node and tag. */
  bounds: z.array(z.strictObject({ bound: z.string(), series: z.int(), last_at: Time, detail: z.string().nullable() })),
  /** Nodes without totals, because their records come from several partitions: give them a key. */
  nodes_without_totals: z.int(),
})
export type TopicSource = z.infer<typeof TopicSource>

export const listSourcesOperation = defineOperation({
  method: 'get',
  path: '/api/sources',
  access: 'viewer',
  tag: 'system',
  summary: 'What the records of each topic are read as, for at most 1,000 topics, sorted by name',
  ok: { status: 200, body: z.array(TopicSource) },
  errors: [],
})
