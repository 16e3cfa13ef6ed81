import { dayMs } from '../format/time-units.ts'
import { matcherProblem } from './matchers.ts'
import { isZone, weeklyMinutes } from './schedule.ts'
import type { SilenceDraft, SilenceSchedule } from './silence.ts'

/** Default of the longest silence, days. */
export const defaultLongestDays = 30

/** The longest weekly window, minutes. */
const weekMinutes = 7 * 24 * 60

/** A problem at its place: `matchers.0`, `schedule.endsAt`, `comment`. One sentence. */
export interface DraftProblem {
  readonly path: string
  readonly message: string
}

/** @param longestDays a silence that does not repeat may last this long */
export function draftProblems(
  { matchers, schedule, comment }: SilenceDraft,
  { now, longestDays = defaultLongestDays }: { readonly now: number; readonly longestDays?: number },
): readonly DraftProblem[] {
  const ofMatchers = matchers.flatMap((matcher, i) => {
    const message = matcherProblem(matcher)
    return message === undefined ? [] : [{ path: `matchers.${i}`, message }]
  })
  const ofComment = comment.trim() === '' ? [{ path: 'comment', message: 'Write why, for your team.' }] : []
  return [...ofMatchers, ...scheduleProblems(schedule, { now, longestDays }), ...ofComment]
}

function scheduleProblems(
  schedule: SilenceSchedule,
  { now, longestDays }: { readonly now: number; readonly longestDays: number },
): DraftProblem[] {
  const { startsAt = -Infinity, endsAt = Infinity } = schedule
  const problems: DraftProblem[] = []
  const add = (field: string, message: string): unknown => problems.push({ path: `schedule.${field}`, message })
  if (endsAt <= startsAt) add('endsAt', 'The end must be after the start.')
  else if (endsAt <= now) add('endsAt', 'The end must be in the future.')
  if (schedule.kind === 'once') {
    const isLong = endsAt - Math.max(startsAt, now) > longestDays * dayMs
    if (isLong) add('endsAt', `A silence lasts at most ${longestDays} ${longestDays === 1 ? 'day' : 'days'}.`)
    return problems
  }
  if (!isZone(schedule.zone)) add('zone', `${schedule.zone} is no time zone. Use a name like Europe/Zurich.`)
  const minutes = weeklyMinutes(schedule)
  if (minutes <= 0) add('to', 'The window must end after it begins.')
  else if (minutes > weekMinutes) add('to', 'A weekly window lasts at most a week.')
  return problems
}
