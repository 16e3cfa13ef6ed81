import type { CacheUsage } from '#shared/ipc/app-views.ts'
import { formatBytes } from '#shared/format/number.ts'
import { formatDate, type TimeStyle } from '#shared/format/time.ts'
import { dayMs, hourMs, minuteMs } from '#shared/format/time-units.ts'
import { bytesPerDay } from '#shared/retention/retention.ts'

export interface ForecastContext {
  /** Epoch ms. */
  readonly now: number
  /** The limit of age. */
  readonly keepDays: number
  readonly style: (at: number) => TimeStyle
}

/** What happens to the oldest samples, before it happens. */
export function forecastText(usage: CacheUsage, { now, keepDays, style }: ForecastContext): string {
  const { fullAt, firstToGo, oldest, limit } = usage
  const date = (at: number): string => formatDate(at, style(at))
  const most = formatBytes(limit)
  if (oldest === null) return 'Nothing is stored yet.'
  const rate = rateOf(usage, now, style)
  if (fullAt === null || firstToGo === null) {
    const age = `Samples go when they are older than ${daysText(keepDays)}`
    return rate === 0
      ? `${age}, or when ${most} are full.`
      : `${age}. At ${formatBytes(rate)} a day, ${most} are not full before.`
  }
  if (fullAt <= now + hourMs)
    return `${most} are full: as new samples come, the oldest chunks go, now those of ${date(firstToGo)}.`
  const until = oldest + keepDays * dayMs > fullAt ? '; nothing goes before' : ''
  return `At ${formatBytes(rate)} a day, ${most} are full on ${date(fullAt)}. From then on the oldest chunks go, beginning with ${date(firstToGo)}${until}.`
}

/** What compacting would do. */
export function compactText({ free, wal }: CacheUsage): string {
  const back = free + wal
  if (back < 1_000_000) return 'There is nothing to give back now.'
  return `Gives about ${formatBytes(back)} back to the disk. Monitoring goes on.`
}

/** What a deletion takes. `connection`: name of the one in use. */
export function deleteText(connection: string, usage: CacheUsage | undefined): string {
  const size = usage === undefined ? '' : `, ${formatBytes(usage.total)} in all`
  return (
    `Samples, alerts and rejected records of ${connection} are deleted${size}. ` +
    'Thresholds and queued actions stay. ReMo then reads again from the start position of the connection.'
  )
}

/** Bytes of the last days until today, without gaps between them. */
export function lastDays(usage: CacheUsage, { now, style }: Pick<ForecastContext, 'now' | 'style'>, count = 14) {
  const bytes = new Map(usage.days.map(({ day, bytes }) => [day, bytes]))
  return Array.from({ length: count }, (_, i) => {
    const day = formatDate(now - (count - 1 - i) * dayMs, style(now))
    return { day, bytes: bytes.get(day) ?? 0 }
  })
}

function rateOf({ days, oldest }: CacheUsage, now: number, style: ForecastContext['style']): number {
  const at = (day: string): number => {
    const utc = Date.parse(`${day}T00:00:00Z`)
    return utc - style(utc).offsetMinutes * minuteMs
  }
  return bytesPerDay({ now, oldest, days: days.map(({ day, bytes }) => ({ at: at(day), bytes })) })
}

function daysText(days: number): string {
  return days === 1 ? 'a day' : `${days} days`
}
