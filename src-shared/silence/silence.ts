import { z } from 'zod'
import { longestPattern } from '../pattern/linear-pattern.ts'

/** Alertmanager's: is, is not, matches, does not match. A pattern matches the whole value (`compilePattern`). */
export const MatcherOperator = z.enum(['=', '!=', '=~', '!~'])
export type MatcherOperator = z.infer<typeof MatcherOperator>

/**
 * The labels that every alert has. A matcher can also name a tag of its metric: `path`. A label that an alert does not
 * have is empty, as in Alertmanager. A tag with the name of a label cannot be matched.
 */
export const matcherNames = ['node', 'node_name', 'metric', 'severity', 'rule', 'kind'] as const
export type MatcherName = (typeof matcherNames)[number]

/** Whether it is a label of every alert; otherwise it is a tag. */
export function isKnownLabel(name: string): name is MatcherName {
  return (matcherNames as readonly string[]).includes(name)
}

/** `rule` is the id of a rule. `metric` of an alert about a whole node is empty. */
export const Matcher = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.]{0,127}$/, 'expected a name of letters, digits, dots and underscores'),
  operator: MatcherOperator,
  value: z.string().max(longestPattern),
})
export type Matcher = z.infer<typeof Matcher>

/** Time of day by the wall clock of a zone: `22:00`. */
export const WallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day like 22:00')

/** Epoch ms, until the year 2223: zones are known, and every sum with it is a time. */
const moment = z.number().gte(0).lte(8e12)

/** From a time to a time. `endsAt` is exclusive. Epoch ms. */
const OnceSchedule = z.strictObject({ kind: z.literal('once'), startsAt: moment, endsAt: moment })

/**
 * A maintenance window that comes each week, on these days (ISO: 1 is Monday), by the wall clock of an IANA zone. It
 * ends at `to`, `daysLater` days after it began. Of two moments with one wall time, the first one counts. Within the gap
 * of clocks that are set forward, a window begins at the end of the gap, and ends as much later as they were set.
 */
const WeeklySchedule = z.strictObject({
  kind: z.literal('weekly'),
  zone: z.string().min(1).max(64),
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  from: WallTime,
  to: WallTime,
  daysLater: z.int().min(0).max(7),
  /** No window begins before, or is active from, these moments. Epoch ms. Absent: at once, for ever. */
  startsAt: moment.optional(),
  endsAt: moment.optional(),
})

export const SilenceSchedule = z.discriminatedUnion('kind', [OnceSchedule, WeeklySchedule])
export type SilenceSchedule = z.infer<typeof SilenceSchedule>

/** The editable part of a silence. An alert is silenced if all matchers match it while a window is active. */
export const SilenceDraft = z.strictObject({
  matchers: z.array(Matcher).min(1).max(16),
  schedule: SilenceSchedule,
  comment: z.string().min(1).max(500),
})
export type SilenceDraft = z.infer<typeof SilenceDraft>

/**
 * A silence. It is only about what an operator sees and gets: evaluation does not know it. `version` grows with each
 * change. Times are epoch ms, by the clock of the backend; without one, of the console.
 */
export const Silence = z.strictObject({
  ...SilenceDraft.shape,
  id: z.uuid(),
  version: z.int().min(1),
  createdBy: z.string().min(1).max(128),
  createdAt: moment,
  updatedBy: z.string().min(1).max(128),
  updatedAt: moment,
  /** A person ended it before its time. */
  expiredAt: moment.optional(),
})
export type Silence = z.infer<typeof Silence>
