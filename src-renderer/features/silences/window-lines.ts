import { formatDuration } from '#shared/format/duration.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import { nextClockChange, nextWindow, weeklyMinutes, windowAt, type SilenceWindow } from '#shared/silence/schedule.ts'
import type { SilenceSchedule } from '#shared/silence/silence.ts'
import { windowInWords, type TimeFormat } from './silence-text.ts'

type Weekly = Extract<SilenceSchedule, { kind: 'weekly' }>

export interface WindowLine {
  /** `Wed 25 Nov 22:00 to Thu 26 Nov 04:00, 6 h` */
  readonly text: string
  /** What a change of the clocks does to it. */
  readonly note?: string
}

/** So many windows show how the week goes on. */
const shown = 3

/** The windows from `now` (epoch ms) on, in words. A window in which clocks change is listed even if it is not near. */
export function nextWindowLines(schedule: Weekly, now: number, format: TimeFormat): readonly WindowLine[] {
  const windows: SilenceWindow[] = []
  const first = windowAt({ schedule }, now) ?? nextWindow({ schedule }, now)
  for (let window = first; window && windows.length < shown; window = nextWindow({ schedule }, window.until))
    windows.push(window)
  const wordsOf = (window: SilenceWindow): string => windowInWords(window, now, format)
  const lines = windows.map((window) => lineOf(window, schedule, wordsOf))
  const changed = windowOfChange(schedule, now)
  if (changed === undefined || windows.some(({ from }) => from === changed.from)) return lines
  const line = lineOf(changed, schedule, wordsOf)
  return line.note === undefined ? lines : [...lines, line]
}

/** The window in which the clocks change next. */
function windowOfChange(schedule: Weekly, now: number): SilenceWindow | undefined {
  const change = nextClockChange(schedule.zone, now)
  if (change === undefined) return undefined
  return windowAt({ schedule }, change) ?? windowAt({ schedule }, change - 1)
}

function lineOf(window: SilenceWindow, schedule: Weekly, wordsOf: (window: SilenceWindow) => string): WindowLine {
  const length = window.until - window.from
  const text = `${wordsOf(window)}, ${formatDuration(length)}`
  const change = nextClockChange(schedule.zone, window.from - 1)
  if (change === undefined || change > window.until) return { text }
  const differs = length - weeklyMinutes(schedule) * minuteMs
  if (differs === 0) return { text }
  const by = formatDuration(Math.abs(differs))
  return { text, note: `The clocks change in this window: it is ${by} ${differs > 0 ? 'longer' : 'shorter'}.` }
}
