import { draftProblems, type DraftProblem } from '#shared/silence/draft-problems.ts'
import type { SilenceDraft, SilenceSchedule } from '#shared/silence/silence.ts'
import { apiError } from '../http/problem.ts'

interface Limits {
  /** When the operator made it, epoch ms: a console may send it after its end. */
  readonly at: number
  readonly longestDays: number
}

/** @throws ApiError `invalid_request` with each problem and its place */
export function refuseDraft(draft: SilenceDraft, { at, longestDays }: Limits): void {
  const unwritable = unwritableTexts(draft)
  const found = unwritable.length > 0 ? unwritable : draftProblems(draft, { now: at, longestDays })
  if (found.length === 0) return
  const issues = found.map(({ path, message }) => ({ path: `body.${path}`, message }))
  throw apiError('invalid_request', found[0]?.message ?? '', { issues })
}

/** JSON can contain NUL and unpaired surrogates, PostgreSQL cannot. */
function unwritableTexts({ matchers, comment, schedule }: SilenceDraft): DraftProblem[] {
  const texts = [
    ...matchers.map(({ value }, i) => ({ path: `matchers.${i}.value`, text: value })),
    { path: 'comment', text: comment },
    { path: 'schedule.zone', text: schedule.kind === 'weekly' ? schedule.zone : '' },
  ]
  return texts
    .filter(({ text }) => text.includes('\0') || !text.isWellFormed())
    .map(({ path }) => ({ path, message: 'The text must be valid Unicode without NUL.' }))
}

/**
 * The draft by the clock of the backend. A silence that begins at once on a console whose clock is ahead begins at once
 * everywhere.
 * @param at by the clock of the console, epoch ms
 */
export function byOwnClock(draft: SilenceDraft, at: number | undefined, now: number): SilenceDraft {
  const { schedule } = draft
  if (at === undefined || at <= now || schedule.startsAt === undefined || schedule.startsAt > at) return draft
  const moved: SilenceSchedule = { ...schedule, startsAt: Math.min(schedule.startsAt, now) }
  return { ...draft, schedule: moved }
}
