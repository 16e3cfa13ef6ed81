import { z } from 'zod'
import { parseDuration } from '../format/duration.ts'
import { minuteMs } from '../format/time-units.ts'

/** A year. `beginning` is for more. */
const mostMinutes = 366 * 24 * 60

/**
 * Where a new cache begins to read the partitions that exist at its first start. Stored positions are never moved by it.
 * `minutes`: the records of the last minutes, by their Kafka timestamps.
 */
export const StartAt = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latest') }),
  z.strictObject({
    kind: z.literal('minutes'),
    minutes: z
      .int('expected whole minutes')
      .min(1, 'expected at least 1 minute')
      .max(mostMinutes, 'expected at most 366 days'),
  }),
  z.strictObject({ kind: z.literal('beginning') }),
])
export type StartAt = z.output<typeof StartAt>

/** It shows what led to the present, and is read within seconds. */
export const defaultStartAt: StartAt = { kind: 'minutes', minutes: 60 }

const expectation = 'expected latest, earliest, or a duration in whole minutes such as 60m'

/**
 * As text, for KAFKA_AUTO_OFFSET_RESET: `latest`, `earliest` (or `beginning`), as Kafka's consumers name them, or the
 * duration of what to read, in Prometheus grammar.
 */
export const StartAtText = z.string().transform((text, ctx): StartAt => {
  const word = text.trim().toLowerCase()
  if (word === 'latest') return { kind: 'latest' }
  if (word === 'earliest' || word === 'beginning') return { kind: 'beginning' }
  const parsed = StartAt.safeParse({ kind: 'minutes', minutes: (parseDuration(word) ?? 0) / minuteMs })
  if (parsed.success) return parsed.data
  ctx.addIssue(expectation)
  return z.NEVER
})
