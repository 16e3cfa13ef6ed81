import { formatDuration } from '#shared/format/duration.ts'
import { dayMs, hourMs, minuteMs } from '#shared/format/time-units.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { draftProblems, type DraftProblem } from '#shared/silence/draft-problems.ts'
import { parseMatchers, type ParsedMatchers } from '#shared/silence/matcher-text.ts'
import { withRuleIds } from '#shared/silence/matcher-words.ts'
import type { Matcher, Silence, SilenceDraft, SilenceSchedule } from '#shared/silence/silence.ts'
import { fullMinute, momentHint, momentText, parseMoment, type MomentClock } from './moment-text.ts'

/** How long a silence lasts from now. */
export const presets = [
  { value: '30m', ms: 30 * minuteMs },
  { value: '1h', ms: hourMs },
  { value: '2h', ms: 2 * hourMs },
  { value: '4h', ms: 4 * hourMs },
  { value: '1d', ms: dayMs },
] as const
type Preset = (typeof presets)[number]['value']
export type When = Preset | 'until' | 'weekly'

/** The choices of the field, with their labels. */
export const whenOptions: ReadonlyArray<{ readonly value: When; readonly label: string }> = [
  ...presets.map(({ value, ms }) => ({ value, label: formatDuration(ms) })),
  { value: 'until', label: 'Until…' },
  { value: 'weekly', label: 'Weekly…' },
]

/** The text of each field, as it is typed. */
export interface SilenceForm {
  readonly matchers: readonly Matcher[]
  /** Matchers that are not added yet. They count as soon as they can be read. */
  readonly typed: string
  readonly when: When
  /** Of `until`. An empty start is now. */
  readonly from: string
  readonly until: string
  /** Of `weekly`. */
  readonly zone: string
  readonly days: readonly number[]
  readonly begins: string
  readonly ends: string
  readonly daysLater: number
  readonly comment: string
}

export type FormField = 'matchers' | 'from' | 'until' | 'zone' | 'days' | 'begins' | 'ends' | 'comment'
export type FormProblems = Partial<Record<FormField, string>>

/** `zone`: of the window, for a weekly schedule. */
export function newForm(zone: string, matchers: readonly Matcher[] = []): SilenceForm {
  const weekly = { zone, days: [], begins: '22:00', ends: '04:00', daysLater: 1 }
  return { matchers, typed: '', when: '2h', from: '', until: '', ...weekly, comment: '' }
}

export function formOf({ matchers, schedule, comment }: Silence, zone: string, clock: MomentClock): SilenceForm {
  const form = { ...newForm(zone, matchers), comment }
  if (schedule.kind === 'once') {
    const { startsAt, endsAt } = schedule
    return { ...form, when: 'until', from: momentText(startsAt, clock), until: momentText(endsAt, clock) }
  }
  const { days, from, to, daysLater } = schedule
  return { ...form, when: 'weekly', zone: schedule.zone, days, begins: from, ends: to, daysLater }
}

export interface FormContext {
  readonly clock: MomentClock
  readonly rules: readonly Rule[]
  /** A silence that does not come each week lasts at most this long. */
  readonly longestDays?: number
  /** Of the silence that is edited. */
  readonly opened?: SilenceSchedule | undefined
}

/** `schedule`: as far as it can be read. */
export type ReadForm =
  | { readonly ok: true; readonly draft: SilenceDraft; readonly schedule: SilenceSchedule }
  | { readonly ok: false; readonly problems: FormProblems; readonly schedule: SilenceSchedule | undefined }

/** What is typed in the field of matchers; `undefined`: nothing. */
export function readTyped({ typed }: SilenceForm): ParsedMatchers | undefined {
  return typed.trim() === '' ? undefined : parseMatchers(typed)
}

/** The matchers of the form: those that were added, and what is typed as far as it can be read. */
export function matchersOf(form: SilenceForm, rules: readonly Rule[]): readonly Matcher[] {
  const typed = readTyped(form)
  return withRuleIds([...form.matchers, ...(typed?.ok ? typed.matchers : [])], rules)
}

/** The most matchers of a silence. */
const mostMatchers = 16

export function readForm(form: SilenceForm, context: FormContext): ReadForm {
  const matchers = matchersOf(form, context.rules)
  const { schedule, problems } = form.when === 'weekly' ? readWeekly(form, context) : readOnce(form, context)
  const draft = { matchers: [...matchers], schedule, comment: form.comment.trim() }
  const all = { ...fieldProblems(draftProblems(draft, limitsFor(context)), matchers), ...problems }
  const ofMatchers = matchersProblem(form, matchers)
  if (ofMatchers !== undefined) all.matchers = ofMatchers
  if (Object.keys(all).length === 0) return { ok: true, draft, schedule }
  const { from, until, zone, days, begins, ends } = all
  const isRead = [from, until, zone, days, begins, ends].every((problem) => problem === undefined)
  return { ok: false, problems: all, schedule: isRead ? schedule : undefined }
}

function limitsFor({ clock: { now }, longestDays }: FormContext): Parameters<typeof draftProblems>[1] {
  return longestDays === undefined ? { now } : { now, longestDays }
}

function matchersProblem(form: SilenceForm, matchers: readonly Matcher[]): string | undefined {
  const typed = readTyped(form)
  if (typed && !typed.ok) return typed.problem
  if (matchers.length === 0) return 'Add a matcher, for example node=~"web-.*".'
  return matchers.length > mostMatchers ? `A silence has at most ${mostMatchers} matchers.` : undefined
}

const fieldOf: Readonly<Record<string, FormField>> = {
  'schedule.endsAt': 'until',
  'schedule.zone': 'zone',
  'schedule.to': 'ends',
  comment: 'comment',
}

/** Each problem at its field. A matcher is named, because several may be wrong. */
function fieldProblems(found: readonly DraftProblem[], matchers: readonly Matcher[]): FormProblems {
  const problems: FormProblems = {}
  for (const { path, message } of found) {
    const matcher = matchers[Number(/^matchers\.(\d+)$/.exec(path)?.[1] ?? NaN)]
    const field = matcher ? 'matchers' : fieldOf[path]
    if (field) problems[field] ??= matcher ? `${matcher.name}: ${message}` : message
  }
  return problems
}

interface ReadSchedule {
  readonly schedule: SilenceSchedule
  readonly problems: FormProblems
}

function readOnce(form: SilenceForm, context: FormContext): ReadSchedule {
  const { clock, opened } = context
  const begun = Math.min(opened?.kind === 'once' ? opened.startsAt : clock.now, clock.now)
  const preset = presets.find(({ value }) => value === form.when)
  if (preset === undefined) return readMoments(form, begun, context)
  return { schedule: { kind: 'once', startsAt: begun, endsAt: fullMinute(clock.now + preset.ms) }, problems: {} }
}

/** `begun`: the start, if its field is empty. */
function readMoments(form: SilenceForm, begun: number, { clock, opened }: FormContext): ReadSchedule {
  const once = opened?.kind === 'once' ? opened : undefined
  const startsAt = form.from.trim() === '' ? begun : readMoment(form.from, once?.startsAt, clock)
  const endsAt = readMoment(form.until, once?.endsAt, clock)
  const problems: FormProblems = {}
  if (startsAt === undefined) problems.from = momentHint
  if (endsAt === undefined) problems.until = momentHint
  const end = endsAt ?? clock.now + hourMs
  return { schedule: { kind: 'once', startsAt: startsAt ?? Math.min(begun, end - 1), endsAt: end }, problems }
}

/** What was not changed keeps its seconds, which the field does not show. */
function readMoment(text: string, kept: number | undefined, clock: MomentClock): number | undefined {
  return kept !== undefined && text === momentText(kept, clock) ? kept : parseMoment(text, clock)
}

function readWeekly(form: SilenceForm, { opened }: FormContext): ReadSchedule {
  const [from, to] = [wallTime(form.begins), wallTime(form.ends)]
  const problems: FormProblems = {}
  if (form.days.length === 0) problems.days = 'Choose the days on which it begins.'
  if (from === undefined) problems.begins = 'Write a time like 22:00.'
  if (to === undefined) problems.ends = 'Write a time like 04:00.'
  const limits = opened?.kind === 'weekly' ? limitsOf(opened) : {}
  const days = [...form.days].sort((a, b) => a - b)
  const window = { days, from: from ?? '00:00', to: to ?? '23:59', daysLater: form.daysLater }
  return { schedule: { kind: 'weekly', zone: form.zone, ...window, ...limits }, problems }
}

function limitsOf({ startsAt, endsAt }: SilenceSchedule): { startsAt?: number; endsAt?: number } {
  return { ...(startsAt === undefined ? {} : { startsAt }), ...(endsAt === undefined ? {} : { endsAt }) }
}

/**
 * Times of a weekly window, with the day on which it ends: the same one if the end is later than the begin. So 02:30 to
 * 04:00 is not a window of a day and more. A window of several days keeps them.
 */
export function withTimes(form: SilenceForm, times: Partial<Pick<SilenceForm, 'begins' | 'ends'>>): SilenceForm {
  const next = { ...form, ...times }
  const [from, to] = [wallTime(next.begins), wallTime(next.ends)]
  if (form.daysLater > 1 || from === undefined || to === undefined) return next
  return { ...next, daysLater: to > from ? 0 : 1 }
}

/** `9:00` → `09:00`; `undefined` for what is no time of day. */
function wallTime(text: string): string | undefined {
  const [, hour = '', minute = ''] = /^\s*(\d{1,2}):(\d{2})\s*$/.exec(text) ?? []
  if (hour === '' || Number(hour) > 23 || Number(minute) > 59) return undefined
  return `${hour.padStart(2, '0')}:${minute}`
}
