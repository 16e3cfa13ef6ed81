import { expect, test } from 'vitest'
import { aRule } from '#shared/rule/rule-builders.ts'
import { aMatcher, aSilence, aWeekly } from '#shared/silence/silence-builders.ts'
import { formOf, newForm, readForm, type SilenceForm, withTimes } from './silence-form.ts'

const now = Date.parse('2026-11-24T11:04:00Z')
const clock = { now, offsetAt: () => 60 }
const minute = 60_000
const node = aMatcher('node', '=', 'node-1')
const form = (change: Partial<SilenceForm> = {}): SilenceForm => ({
  ...newForm('Europe/Zurich', [node]),
  comment: 'deploy',
  ...change,
})
const read = (change: Partial<SilenceForm>, opened?: Parameters<typeof readForm>[1]['opened']) =>
  readForm(form(change), { clock, rules: [aRule()], opened })
const problems = (change: Partial<SilenceForm>) => {
  const result = read(change)
  return result.ok ? {} : result.problems
}
const draft = (change: Partial<SilenceForm>, opened?: Parameters<typeof readForm>[1]['opened']) => {
  const result = read(change, opened)
  return result.ok ? result.draft : undefined
}

test('without a choice it lasts two hours from now', () => {
  expect(draft({})).toEqual({
    matchers: [node],
    schedule: { kind: 'once', startsAt: now, endsAt: now + 120 * minute },
    comment: 'deploy',
  })
})

test('an end has full minutes, as it is shown', () => {
  const result = readForm(form({ when: '30m' }), { clock: { ...clock, now: now + 31_000 }, rules: [] })
  expect(result.schedule).toMatchObject({ endsAt: now + 31 * minute })
})

test('a start and an end can be moments; an empty start is now', () => {
  expect(draft({ when: 'until', until: '14:30' })?.schedule).toEqual({
    kind: 'once',
    startsAt: now,
    endsAt: Date.parse('2026-11-24T13:30:00Z'),
  })
  expect(draft({ when: 'until', from: '2026-11-28 06:00', until: '2026-11-28 08:00' })?.schedule).toEqual({
    kind: 'once',
    startsAt: Date.parse('2026-11-28T05:00:00Z'),
    endsAt: Date.parse('2026-11-28T07:00:00Z'),
  })
})

test('what is typed counts, added or not; the name of a rule becomes its id', () => {
  const typed = '{rule="CPU usage", severity="critical"}'
  expect(draft({ typed })?.matchers).toEqual([
    node,
    aMatcher('rule', '=', aRule().id),
    aMatcher('severity', '=', 'critical'),
  ])
})

test('a window of each week', () => {
  const weekly = { when: 'weekly', days: [4, 3], begins: '9:00', ends: '04:00', daysLater: 1 } as const
  expect(draft(weekly)?.schedule).toEqual(aWeekly({ days: [3, 4], from: '09:00', to: '04:00', daysLater: 1 }))
})

test.each<[Partial<SilenceForm>, object]>([
  [{ comment: '  ' }, { comment: 'Write why, for your team.' }],
  [{ matchers: [] }, { matchers: 'Add a matcher, for example node=~"web-.*".' }],
  [{ typed: 'node' }, { matchers: 'Expected =, !=, =~ or !~; the text ends.' }],
  [{ typed: 'node=~"web-("' }, { matchers: 'node: Missing closing ): web-(' }],
  [{ typed: 'sevrity=critical' }, { matchers: expect.stringContaining('Did you mean severity?') }],
  [{ matchers: Array.from({ length: 17 }, () => node) }, { matchers: 'A silence has at most 16 matchers.' }],
  [{ when: 'until', until: '2026-11-24 11:00' }, { until: 'The end must be after the start.' }],
  [{ when: 'until', from: '3h', until: '2h' }, { until: 'The end must be after the start.' }],
  [{ when: 'until', until: '31d' }, { until: expect.stringContaining('at most 30 days') }],
  [{ when: 'until', until: 'soon' }, { until: expect.stringContaining('A time like 14:30') }],
  [{ when: 'until', from: 'soon', until: '2h' }, { from: expect.stringContaining('A time like 14:30') }],
  [{ when: 'weekly' }, { days: 'Choose the days on which it begins.' }],
  [
    { when: 'weekly', days: [7], begins: 'x', ends: '' },
    { begins: 'Write a time like 22:00.', ends: 'Write a time like 04:00.' },
  ],
  [{ when: 'weekly', days: [7], zone: 'Atlantis/Capital' }, { zone: expect.stringContaining('is no time zone') }],
  [{ when: 'weekly', days: [7], daysLater: 0 }, { ends: 'The window must end after it begins.' }],
  [
    { when: 'weekly', days: [7], begins: '01:00', ends: '04:00', daysLater: 7 },
    { ends: 'A weekly window lasts at most a week.' },
  ],
])('%j has its problem at its field', (change, expected) => expect(problems(change)).toEqual(expected))

test('an unchanged silence stays the same, with the seconds that its fields do not show', () => {
  const schedule = { kind: 'once', startsAt: now - 31_500, endsAt: now + 7_231_500 } as const
  const silence = aSilence({ schedule })
  expect(draft(formOf(silence, 'UTC', clock), schedule)).toEqual({
    matchers: silence.matchers,
    schedule,
    comment: silence.comment,
  })
})

test('a preset moves the end of an active silence, and not its start', () => {
  const opened = { kind: 'once', startsAt: now - 60 * minute, endsAt: now + minute } as const
  expect(draft({ when: '1h' }, opened)?.schedule).toEqual({ ...opened, endsAt: now + 60 * minute })
})

test('a weekly silence keeps its limits', () => {
  const schedule = aWeekly({ startsAt: now, endsAt: now + 30 * 24 * 60 * minute })
  expect(draft(formOf(aSilence({ schedule }), 'UTC', clock), schedule)?.schedule).toEqual(schedule)
})

test('the longest silence is a setting', () => {
  const short = readForm(form({ when: '1d' }), { clock, rules: [], longestDays: 1 })
  expect(short.ok).toBe(true)
  expect(readForm(form({ when: 'until', until: '25h' }), { clock, rules: [], longestDays: 1 })).toMatchObject({
    problems: { until: 'A silence lasts at most 1 day.' },
  })
})

test.each([
  [{ begins: '02:30' }, 0],
  [{ begins: '22:00', ends: '06:00' }, 1],
  [{ begins: '9:00', ends: '17:00' }, 0],
  [{ begins: '22:0' }, 1],
])('the times %o of a weekly window end so many days later: %s', (times, days) => {
  expect(withTimes(form(), times)).toMatchObject({ ...times, daysLater: days })
})

test('a window of several days keeps them', () => {
  expect(withTimes(form({ daysLater: 3 }), { begins: '01:00' }).daysLater).toBe(3)
})
