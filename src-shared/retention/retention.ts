import { dayMs, hourMs } from '../format/time-units.ts'

/** How long the cache keeps samples: the limit that is reached first counts. */
export interface Retention {
  readonly days: number
  /** Database and write-ahead log. */
  readonly bytes: number
}

/** Twice the longest range on screen. */
export const defaultRetention: Retention = { days: 14, bytes: 2e9 }

/** How a cache stays within its bytes. */
export interface SpaceLimits {
  /** The database may take this much before the oldest chunks go. */
  readonly data: number
  /** Of it, so that each deletion makes room for a while. */
  readonly slack: number
  /** Longest write-ahead log, and longest journal. */
  readonly log: number
}

const longestLog = 64 * 1024 * 1024

/**
 * A write-ahead log of an eighth, at most 64 MB; 2 % for what comes between two looks, a second apart. The journal,
 * too, is at most an eighth: it is not deleted by age.
 */
export function spaceLimits({ bytes }: Pick<Retention, 'bytes'>): SpaceLimits {
  const log = Math.floor(Math.min(longestLog, bytes / 8))
  return { data: Math.floor(bytes - log - bytes / 50), slack: Math.floor(Math.min(bytes / 200, longestLog / 8)), log }
}

/** What to do next to stay within the limit. `empty log`: the files only become shorter when it is empty. */
export type SpaceStep =
  { readonly kind: 'drop' | 'give back'; readonly bytes: number } | { readonly kind: 'empty log' | 'none' }

/**
 * @param sizes bytes: pages in use, free pages, the write-ahead log, and all files
 * @returns first what must go, then what the files give back. Within the limit, free pages stay for new data
 */
export function nextStep(
  sizes: { readonly data: number; readonly free: number; readonly wal: number; readonly onDisk: number },
  retention: Pick<Retention, 'bytes'>,
): SpaceStep {
  const { data, slack } = spaceLimits(retention)
  if (sizes.data > data) return { kind: 'drop', bytes: sizes.data - data + slack }
  const over = sizes.onDisk - retention.bytes
  if (over > 0 && sizes.free > 0) return { kind: 'give back', bytes: Math.min(over, sizes.free) }
  return { kind: over > 0 && sizes.wal > 0 ? 'empty log' : 'none' }
}

/** Samples of one day of event time. `at`: its first moment, epoch ms. */
export interface DayBytes {
  readonly at: number
  readonly bytes: number
}

export interface FullFacts {
  /** Epoch ms. */
  readonly now: number
  readonly retention: Retention
  /** Pages in use, bytes. */
  readonly data: number
  /** Oldest first, without days that have nothing. */
  readonly days: readonly DayBytes[]
  /** Event time of the oldest sample, epoch ms; `null` without one. */
  readonly oldest: number | null
}

/** When the limit of size is reached, and the event time of what goes first then; epoch ms. */
export interface FullForecast {
  readonly fullAt: number | null
  readonly firstToGo: number | null
}

/** Less is no rate. */
const leastMeasuredMs = 600_000

/**
 * Follows the cache from now on, in steps of an hour: it grows at today's rate, and loses what gets too old.
 * `fullAt` is `null` if the limit of age is reached first, or if nothing is known of the rate.
 */
export function forecastFull(facts: FullFacts): FullForecast {
  const { now, retention, days, oldest } = facts
  const { data: room } = spaceLimits(retention)
  const keptMs = retention.days * dayMs
  const perStep = bytesPerDay(facts) / 24
  let data = facts.data
  let next = 0
  for (let at = now; oldest !== null && at <= now + keptMs; at += hourMs, data += perStep) {
    for (; isTooOld(days[next], at - keptMs); next++) data -= days[next]?.bytes ?? 0
    if (data >= room) return { fullAt: at, firstToGo: Math.max(oldest, at - keptMs, days[next]?.at ?? oldest) }
  }
  return { fullAt: null, firstToGo: null }
}

/** Whether the whole day is before `oldest`, epoch ms. */
function isTooOld(day: DayBytes | undefined, oldest: number): boolean {
  return day !== undefined && day.at + dayMs <= oldest
}

/** Bytes a day by the samples of today and yesterday; 0 if there are less than ten minutes of them. */
export function bytesPerDay({ now, days, oldest }: Pick<FullFacts, 'now' | 'days' | 'oldest'>): number {
  const recent = days.filter(({ at }) => at > now - 2 * dayMs && at <= now)
  const from = Math.max(recent[0]?.at ?? now, oldest ?? now)
  const ms = now - from
  return ms < leastMeasuredMs ? 0 : (recent.reduce((sum, { bytes }) => sum + bytes, 0) / ms) * dayMs
}
