import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { parseDuration } from '#shared/format/duration.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { Rule, Severity } from '#shared/rule/rule.ts'

/** `2m`, `1h30m`: seconds. */
const Duration = z.union([z.string(), z.literal(0)]).transform((text, context) => {
  const ms = parseDuration(String(text))
  if (ms !== undefined) return ms / 1000
  context.addIssue(`expected a duration like 2m, got ${text}`)
  return z.NEVER
})

/** A rule, or with `delete` and other keys a change of it. Keys as an operator knows them. */
const RuleKeys = z.strictObject({
  id: z.string(),
  metric: z.string().optional(),
  node: z.string().optional(),
  condition: z.enum(['above', 'below']).optional(),
  warning: z.number().nullable().optional(),
  critical: z.number().nullable().optional(),
  clear: z.number().nullable().optional(),
  for: Duration.optional(),
  hold: Duration.nullable().optional(),
  finds_flapping: z.boolean().optional(),
  no_data: Duration.nullable().optional(),
  offline: Duration.optional(),
  severity: Severity.optional(),
  enabled: z.boolean().optional(),
})
type RuleKeys = z.infer<typeof RuleKeys>

const ScenarioFile = z.strictObject({
  scenario: z.string(),
  interval: Duration,
  rules: z.array(RuleKeys).min(1),
  /** New versions of rules, from that event time on. What they do not name stays. */
  edits: z.array(z.strictObject({ at: Duration, ...RuleKeys.shape, delete: z.literal(true).optional() })).default([]),
  /** `node metric`: one value an interval, from the start on. */
  series: z.record(z.string().regex(/^\S+ \S+$/), z.coerce.string()),
  /** How long the clock goes on. By default until the last value. */
  until: Duration.optional(),
  acknowledge: z
    .array(
      z.strictObject({ at: Duration, node: z.string(), metric: z.string(), by: z.string(), end: Duration.optional() }),
    )
    .default([]),
  /** From `at` on, for so long; matchers in the grammar of Alertmanager. */
  silences: z.array(z.strictObject({ at: Duration, for: Duration, matchers: z.string(), by: z.string() })).default([]),
  /** In the order of time, then of nodes and metrics. */
  timeline: z.array(z.string()),
  popups: z.array(z.string()),
})
type ScenarioFile = z.infer<typeof ScenarioFile>

export interface Message {
  /** Since the start. */
  readonly second: number
  readonly node: string
  readonly metrics: Readonly<Record<string, number>>
}

/** One scenario, as every evaluator runs it. Seconds since the start. */
export interface Scenario extends Pick<ScenarioFile, 'acknowledge' | 'silences' | 'timeline' | 'popups'> {
  readonly file: string
  readonly title: string
  readonly messages: readonly Message[]
  readonly until: number
  /** Whether a series that was there has no value at the last interval. */
  readonly isMissing: (second: number) => boolean
  /** All versions of all rules, for a start at this time (epoch ms). */
  readonly rules: (startAt: number) => readonly Rule[]
}

/** All scenarios, by the names of their files. */
export function readScenarios(): readonly Scenario[] {
  const folder = new URL('files/', import.meta.url)
  return readdirSync(folder)
    .toSorted()
    .map((file) => scenarioOf(file, readFileSync(new URL(file, folder), 'utf8')))
}

function scenarioOf(file: string, text: string): Scenario {
  const parsed = ScenarioFile.safeParse(parse(text))
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`)
  const { scenario: title, interval, series, until, ...rest } = parsed.data
  const messages = messagesOf(series, interval)
  const end = Math.max(until ?? 0, ...messages.map(({ second }) => second))
  return {
    ...rest,
    file,
    title,
    messages,
    until: end,
    isMissing: (second) => isMissing(series, second / interval),
    rules: (startAt) => rulesOf(rest, startAt),
  }
}

/** One message a node and time, with the metrics that have a value then. */
function messagesOf(series: ScenarioFile['series'], interval: number): readonly Message[] {
  const byPlace = new Map<string, { second: number; node: string; metrics: Record<string, number> }>()
  for (const [name, text] of Object.entries(series)) {
    const [node = '', metric = ''] = name.split(' ')
    valuesIn(text).forEach((value, i) => {
      if (value === undefined) return
      const second = i * interval
      const message = byPlace.get(`${second} ${node}`) ?? { second, node, metrics: {} }
      message.metrics[metric] = value
      byPlace.set(`${second} ${node}`, message)
    })
  }
  return [...byPlace.values()].toSorted((a, b) => a.second - b.second || (a.node < b.node ? -1 : 1))
}

function isMissing(series: ScenarioFile['series'], at: number): boolean {
  return Object.values(series).some((text) => valuesIn(text)[Math.floor(at)] === undefined)
}

/** `50*3 97 _*2 60..90*4`: three times 50, once 97, two intervals without a value, four values from 60 to 90. */
function valuesIn(text: string): ReadonlyArray<number | undefined> {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((token) => {
      const match = /^(_|-?[\d.]+)(?:\.\.(-?[\d.]+))?(?:\*(\d+))?$/.exec(token)
      if (!match) throw new Error(`expected values like 50*3, got ${token}`)
      const [, first = '', last, times = '1'] = match
      if (first === '_') return Array.from({ length: Number(times) }, () => undefined)
      const [from, to] = [Number(first), Number(last ?? first)]
      const steps = Math.max(1, Number(times) - 1)
      return Array.from({ length: Number(times) }, (_, i) => from + ((to - from) * i) / steps)
    })
}

function rulesOf({ rules, edits }: Pick<ScenarioFile, 'rules' | 'edits'>, startAt: number): readonly Rule[] {
  const versions: Rule[] = []
  const newest = new Map<string, { keys: RuleKeys; version: number; number: number }>()
  for (const keys of rules) {
    const entry = { keys, version: 1, number: newest.size + 1 }
    newest.set(keys.id, entry)
    versions.push(ruleOf(entry, startAt - 60_000, false))
  }
  for (const { at, delete: isDeleted = false, ...change } of edits) {
    const before = newest.get(change.id)
    if (!before) throw new Error(`there is no rule ${change.id}`)
    const entry = { ...before, keys: { ...before.keys, ...change }, version: before.version + 1 }
    newest.set(change.id, entry)
    versions.push(ruleOf(entry, startAt + at * 1000, isDeleted))
  }
  return versions
}

interface RuleVersion {
  readonly keys: RuleKeys
  readonly version: number
  readonly number: number
}

function ruleOf({ keys, version, number }: RuleVersion, effectiveFrom: number, deleted: boolean): Rule {
  const { node, metric, offline, severity, enabled = true } = keys
  const scope = node === undefined ? { kind: 'all' } : { kind: 'node', nodeId: node }
  const head = {
    id: anId(number),
    version,
    deleted,
    effectiveFrom,
    updatedBy: 'kim',
    updatedAt: effectiveFrom,
    enabled,
    scope,
  }
  const own =
    offline === undefined
      ? { metric, ...levelsOf(keys) }
      : { kind: 'offline', seconds: offline, severity: severity ?? 'critical' }
  return Rule.parse(withoutUnset({ ...head, ...own }))
}

function levelsOf({
  condition = 'above',
  warning,
  critical,
  clear,
  hold,
  finds_flapping: findsFlapping,
  no_data,
  for: forSeconds = 0,
}: RuleKeys): object {
  const levels = { warning, critical, clear, holdSeconds: hold, findsFlapping, noDataSeconds: no_data }
  return { condition: condition === 'above' ? 'greater' : 'less', forSeconds, ...levels }
}

function withoutUnset(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
}
