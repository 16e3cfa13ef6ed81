import { expect, test } from 'vitest'
import { dayMs, hourMs } from '../format/time-units.ts'
import { draftProblems } from './draft-problems.ts'
import { aMatcher, aWeekly } from './silence-builders.ts'
import type { SilenceDraft, SilenceSchedule } from './silence.ts'

const now = 1_800_000_000_000
const draft = (change: Partial<SilenceDraft> = {}): SilenceDraft => ({
  matchers: [aMatcher('node', '=', 'node-1')],
  schedule: { kind: 'once', startsAt: now, endsAt: now + 2 * hourMs },
  comment: 'disk swap',
  ...change,
})
const once = (startsAt: number, endsAt: number): SilenceSchedule => ({ kind: 'once', startsAt, endsAt })

test.each<[Partial<SilenceDraft>, string, string]>([
  [{ matchers: [aMatcher('node', '=', 'a'), aMatcher('node', '=~', '(a')] }, 'matchers.1', 'Missing closing ): (a'],
  [{ schedule: once(now + 2, now + 1) }, 'schedule.endsAt', 'The end must be after the start.'],
  [{ schedule: once(now - 2, now - 1) }, 'schedule.endsAt', 'The end must be in the future.'],
  [{ schedule: once(now, now + 30 * dayMs + 1) }, 'schedule.endsAt', 'A silence lasts at most 30 days.'],
  [
    { schedule: aWeekly({ zone: 'Mars/Base' }) },
    'schedule.zone',
    'Mars/Base is no time zone. Use a name like Europe/Zurich.',
  ],
  [{ schedule: aWeekly({ to: '02:00' }) }, 'schedule.to', 'The window must end after it begins.'],
  [{ schedule: aWeekly({ daysLater: 7 }) }, 'schedule.to', 'A weekly window lasts at most a week.'],
  [
    { schedule: aWeekly({ startsAt: now + 2, endsAt: now + 1 }) },
    'schedule.endsAt',
    'The end must be after the start.',
  ],
  [{ comment: '  ' }, 'comment', 'Write why, for your team.'],
])('%o: %s', (change, path, message) => {
  expect(draftProblems(draft(change), { now })).toEqual([{ path, message }])
})

test('what is right has no problem', () => {
  expect(draftProblems(draft(), { now })).toEqual([])
  expect(draftProblems(draft({ schedule: aWeekly({ from: '00:00', to: '00:00', daysLater: 7 }) }), { now })).toEqual([])
  // One that began long ago may be extended.
  expect(draftProblems(draft({ schedule: once(now - 40 * dayMs, now + dayMs) }), { now })).toEqual([])
})
