import type { Rule } from '#shared/rule/rule.ts'
import { matchersText } from '#shared/silence/matcher-words.ts'
import type { SilenceDraft } from '#shared/silence/silence.ts'
import { timeStyleAt } from '../../live/time-style.svelte.ts'
import { momentInWords, weeklyText } from './silence-text.ts'

interface Difference {
  readonly what: 'Matchers' | 'When' | 'Why'
  readonly mine: string
  readonly other: string
}

/** Where two versions of a silence differ, in words. `now`: epoch ms. */
export function differences(
  mine: SilenceDraft,
  other: SilenceDraft,
  { rules, now }: { readonly rules: readonly Rule[]; readonly now: number },
): readonly Difference[] {
  const parts: readonly Difference[] = [
    { what: 'Matchers', mine: matchersText(mine.matchers, rules), other: matchersText(other.matchers, rules) },
    { what: 'When', mine: scheduleText(mine, now), other: scheduleText(other, now) },
    { what: 'Why', mine: mine.comment, other: other.comment },
  ]
  return parts.filter((part) => part.mine !== part.other)
}

/** `until 14:04 today`, `weekly, Wed 22:00 to Thu 04:00, Europe/Zurich`. */
export function scheduleText({ schedule }: Pick<SilenceDraft, 'schedule'>, now: number): string {
  if (schedule.kind === 'weekly') return `weekly, ${weeklyText(schedule)}, ${schedule.zone}`
  const format = { offsetAt: (at: number) => timeStyleAt(at).offsetMinutes, hour12: timeStyleAt(now).hour12 ?? false }
  const until = `until ${momentInWords(schedule.endsAt, now, format)}`
  return schedule.startsAt > now ? `from ${momentInWords(schedule.startsAt, now, format)} ${until}` : until
}
