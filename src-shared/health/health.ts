import { z } from 'zod'

/**
 * Whether the screen can be trusted. One value for tray, window and notifications.
 * - `live`: connected, records arrive, `behindMs` behind the newest record's event time.
 * - `catching-up`: connected, reading a backlog; evaluation is behind. The rate is absent until it is known; `leftMs` also
 *   while the backlog does not shrink.
 * - `blind`: the state of the nodes is unknown since `since` (epoch ms).
 * - `empty`: connected, but no topic matches the pattern, or no record was ever read.
 */
export const Health = z.union([
  z.strictObject({ kind: z.literal('live'), behindMs: z.number() }),
  z.strictObject({
    kind: z.literal('catching-up'),
    lagMessages: z.number(),
    behindMs: z.number(),
    messagesPerSecond: z.number().optional(),
    leftMs: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal('blind'),
    since: z.number(),
    cause: z.enum(['connecting', 'disconnected', 'no-records', 'storage', 'data-thread']),
    detail: z.string(),
    retryAt: z.number().optional(),
  }),
  z.strictObject({ kind: z.literal('empty'), pattern: z.string() }),
])
export type Health = z.infer<typeof Health>

/**
 * Age of one node's newest sample: fresh, stale after max(3 x its interval, 15 s), offline after 60 s. `ahead`: the
 * sample is from the future, so the clock of the node is wrong and its values are not current.
 */
export type Freshness = 'fresh' | 'stale' | 'offline' | 'ahead'
