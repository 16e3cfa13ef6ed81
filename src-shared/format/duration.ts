import { unitSpace, unknownText } from './number.ts'
import { dayMs, hourMs, minuteMs, secondMs } from './time-units.ts'

const units = [
  { name: 'd', ms: dayMs },
  { name: 'h', ms: hourMs },
  { name: 'm', ms: minuteMs },
  { name: 's', ms: secondMs },
] as const

const unitMs: Readonly<Record<string, number>> = {
  y: 31_536_000_000,
  w: 604_800_000,
  d: dayMs,
  h: hourMs,
  m: minuteMs,
  s: secondMs,
  ms: 1,
}

/** 370000 → "6 m 10 s": the two largest units, whole seconds, cut and not rounded. Negative counts as zero. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return unknownText
  const first = units.findIndex((unit) => ms >= unit.ms)
  if (first === -1) return `0${unitSpace}s`
  const parts: string[] = []
  let rest = ms
  for (const unit of units.slice(first, first + 2)) {
    const count = Math.floor(rest / unit.ms)
    rest -= count * unit.ms
    if (count > 0) parts.push(`${count}${unitSpace}${unit.name}`)
  }
  return parts.join(' ')
}

/** 370000 → "6 m": one unit, for lists. */
export function formatDurationShort(ms: number | null | undefined): string {
  return formatDuration(ms).split(' ')[0] ?? unknownText
}

/** Countdown to a time, both in epoch ms: "42 m", "3 h 20 m", rounded up to minutes; "50 s" in the last one. */
export function timeLeft(until: number, now: number): string {
  const ms = Math.max(0, until - now)
  if (ms <= minuteMs) return formatDuration(Math.ceil(ms / secondMs) * secondMs)
  return formatDuration(Math.ceil(ms / minuteMs) * minuteMs)
}

/** For lag and age: 400 → "0.4 s". From ten seconds on as `formatDuration`. */
export function formatLag(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return unknownText
  return ms < 10_000 ? `${(Math.floor(Math.max(0, ms) / 100) / 10).toFixed(1)}${unitSpace}s` : formatDuration(ms)
}

/**
 * Milliseconds of a duration in Prometheus grammar: "2m", "1h30m", "90s", "250ms", "0". Units go from large to small,
 * each at most once; spaces are allowed. `undefined` for anything else.
 */
export function parseDuration(text: string): number | undefined {
  const compact = text.trim().replaceAll(/\s+/g, '')
  if (compact === '0') return 0
  const match = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(compact)
  if (compact === '' || match === null) return undefined
  const total = Object.values(unitMs).reduce((sum, ms, i) => sum + Number(match[i + 1] ?? 0) * ms, 0)
  return Number.isSafeInteger(total) ? total : undefined
}

/** Duration as an input field shows it: 5400 → "1h30m", 0 → "0". Whole seconds. */
export function durationInput(seconds: number): string {
  let rest = seconds
  let text = ''
  for (const { name, ms } of units) {
    const count = Math.floor((rest * 1000) / ms)
    rest -= (count * ms) / 1000
    if (count > 0) text += `${count}${name}`
  }
  return text === '' ? '0' : text
}
