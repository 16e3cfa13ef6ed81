import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anId, aRule } from '../rule/rule-builders.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import type { MetricRule, Rule } from '../rule/rule.ts'
import type { AlertRecord } from './team-records.ts'
import type { NodeAlert } from '../alert/alert.ts'
import { applyTransition } from '../alert/apply-transition.ts'
import { emptySeries, evaluate } from '../evaluation/evaluate.ts'
import {
  adoptEpisode,
  afterLateRules,
  evaluateWithBackend,
  beginsInDoubt,
  rejoinEpisode,
  takeOfficial,
} from '../evaluation/unknown-start.ts'
import {
  adoptAlert,
  isContradicted,
  isResolutionContradicted,
  isSameEpisode,
  mergeOfficialAlert,
} from './merge-alert.ts'
import { aReading, series, startAt } from '../evaluation/scenario.ts'
import type { Reading } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { SeriesState } from '../evaluation/series-state.ts'

/** Values a second apart, around the levels 4, 7 and 9, often for long between clear and warning. */
const readings = fc
  .array(fc.constantFrom(1, 3, 5, 5, 6, 8, 8, 10), { minLength: 1, maxLength: 60 })
  .map((list) => list.map((value, second) => aReading(second, value)))

const levels = fc.constantFrom(
  { warning: 7, critical: 9, clear: 4 },
  { warning: 5, critical: 9, clear: 4 },
  { warning: 7, critical: 8, clear: 4 },
  { warning: 9, critical: 11, clear: 4 },
  { warning: 7, critical: 9, clear: 2 },
  { warning: 7, critical: 9, clear: 6 },
)
const change = fc.record({
  from: fc.integer({ min: 1, max: 50 }),
  forSeconds: fc.constantFrom(0, 0, 2, 5),
  holdSeconds: fc.constantFrom(0, 0, 2, 6),
  levels,
  isOwn: fc.constantFrom(false, false, true),
  isOff: fc.constantFrom(false, false, false, false, true),
})

/** An edit of the rule for all nodes, or of one for this node. It may end its rule. */
interface Change {
  readonly from: number
  readonly forSeconds: number
  readonly holdSeconds: number
  readonly levels: Partial<MetricRule>
  readonly isOwn: boolean
  readonly isOff: boolean
  readonly findsFlapping?: boolean
}

/** All versions, in the order of their times. */
function rulesOf(changes: readonly Change[], holdSeconds: number, own: Partial<MetricRule> = {}): Rule[] {
  const first = aRule({ ...{ warning: 7, critical: 9, clear: 4 }, forSeconds: 3, holdSeconds, ...own })
  const rules: MetricRule[] = [first]
  for (const { from, isOwn, isOff, levels: edited, ...own } of changes.toSorted((a, b) => a.from - b.from)) {
    const id = isOwn ? anId(101) : first.id
    const before = rules.findLast((rule) => rule.id === id)
    const scope = isOwn ? ({ kind: 'node', nodeId: series.nodeId } as const) : first.scope
    const at = { version: (before?.version ?? 0) + 1, effectiveFrom: startAt + from * 1000 }
    const { from: _, ...fields } = { from, ...own, ...edited, ...at, id, scope, enabled: !isOff }
    rules.push({ ...first, ...fields })
  }
  return rules
}

const versions = fc
  .tuple(fc.array(change, { maxLength: 3 }), fc.constantFrom(0, 2, 5))
  .map(([changes, holdSeconds]) => rulesOf(changes, holdSeconds))

type Example = [Rule[], Reading[], { startAt: number; receivedAt: number[]; ruleKnownAt: number[] }]

const anEdit = (from: number, holdSeconds: number, edited: Partial<MetricRule> = {}): Change => {
  return { from, holdSeconds, forSeconds: 0, levels: edited, isOwn: false, isOff: false }
}
const each = (...values: number[]): Reading[] =>
  values.map((value, offset) => {
    return { at: startAt + offset * 1000, value, position: { topic: 'metrics-node-1', partition: 0, offset } }
  })

/** The alerts of the backend are there first; an edit of the rule comes last. Each of them once ended otherwise. */
const late: Example[] = [
  // Two edits come at once, and the first of them had been in effect.
  [rulesOf([anEdit(1, 0), anEdit(5, 0)], 0), each(1, 1, 1, 1, 8, 8, 1), { startAt: 0, receivedAt: [0], ruleKnownAt: [0, 5, 5, 0] }],
  // The edit has a hold, which this console has not waited for.
  [rulesOf([anEdit(1, 6)], 0), each(1, 1, 1, 1, 1, 1, 1, 1, 8, 1), { startAt: 8, receivedAt: [0], ruleKnownAt: [0, 10, 0, 0] }],
  // Values that were clear before the edit are not clear after it.
  [rulesOf([anEdit(1, 2, { clear: 2 })], 2), each(1, 8, 1, 3, 1), { startAt: 1, receivedAt: [0], ruleKnownAt: [0, 5, 0, 0] }],
] // prettier-ignore

/** The backend's records, in order. */
function officialRecords(rules: readonly Rule[], input: readonly Reading[]): AlertRecord[] {
  const index = ruleIndex(rules)
  const alerts = new Map<string, AlertRecord>()
  const published: AlertRecord[] = []
  let state = emptySeries
  for (const reading of input) {
    const [next, transitions] = evaluate(state, series, index, reading)
    state = next
    for (const t of transitions) {
      const before = alerts.get(t.alertId)
      const alert = applyTransition(before?.alert, t)
      if (alert === undefined) continue
      const record = { version: (before?.version ?? 0) + 1, alert }
      alerts.set(alert.id, record)
      published.push(record)
    }
  }
  return published
}

/** A console that reads from some record on and receives the backend's records at any time. */
class Console {
  state: SeriesState = emptySeries
  readonly alerts = new Map<string, NodeAlert>()
  readonly #official = new Map<string, NodeAlert>()
  #index = ruleIndex([])

  learn(rules: readonly Rule[]): void {
    if (rules.length === this.#index.versions().length) return
    const before = this.#index
    this.#index = ruleIndex(rules)
    const inDoubt = afterLateRules(this.state, series, { before, after: this.#index })
    if (inDoubt !== undefined) this.#doubt(inDoubt)
    for (const alert of this.alerts.values()) {
      const isOwn = !this.#official.has(alert.id)
      if (!isOwn || !isContradicted(alert, this.#index, before)) continue
      this.alerts.delete(alert.id)
      if (this.#idNow() === alert.id) this.state = { ...this.state, episode: { phase: 'ok' }, startUnknown: true }
    }
    for (const official of this.#official.values()) {
      const local = this.alerts.get(official.id)
      if (official.phase === 'resolved' || !local || !isResolutionContradicted(local, this.#index, official)) continue
      const context = { isEvaluatedHere: false, isAckPending: false, isInBacklog: false, isContradicted: true }
      this.alerts.set(official.id, mergeOfficialAlert(local, { version: 1, alert: official }, context))
      this.state = rejoinEpisode(this.state, official, this.#index) ?? this.state
    }
  }

  read(reading: Reading, rules: readonly Rule[]): void {
    const context = { index: ruleIndex(rules), isStartUnknown: reading.position.offset > 0 }
    const before = JSON.parse(JSON.stringify(this.state)) as SeriesState // as after a restart
    const [next, transitions] = evaluateWithBackend(before, series, context, reading)
    this.state = next
    if (beginsInDoubt(before, next)) {
      for (const official of this.#official.values()) this.#adopt(official)
    }
    const own = next.episode.phase === 'ok' ? undefined : next.episode.alertId
    const isReplaced = own !== undefined && this.#idNow() !== own
    for (const t of transitions) if (!isReplaced || t.alertId !== own) this.#apply(t)
    // The backend's record of this alert was here first.
    const known = transitions.findLast(({ kind }) => kind === 'opened')
    const official = known && this.#official.get(known.alertId)
    if (official) this.state = takeOfficial(this.state, official, this.#index) ?? this.state
  }

  receive(record: AlertRecord): void {
    const official = record.alert
    this.#official.set(official.id, official)
    this.state = takeOfficial(this.state, official, this.#index) ?? this.state
    const replaced = [...this.alerts.values()].filter((alert) => isSameEpisode(alert, official))
    for (const { id } of replaced) this.alerts.delete(id)
    const [same] = replaced
    const local = this.alerts.get(official.id) ?? (same && adoptAlert(same, official))
    const context = {
      isEvaluatedHere: this.#idNow() === official.id,
      isAckPending: false,
      isInBacklog: false,
      isContradicted: local !== undefined && isResolutionContradicted(local, this.#index, official),
      isFlappingUnknown: this.state.startUnknown === true,
    }
    this.alerts.set(official.id, mergeOfficialAlert(local, record, context))
  }

  #doubt(inDoubt: SeriesState): void {
    this.state = inDoubt
    for (const official of this.#official.values()) this.#adopt(official)
    for (const alert of this.alerts.values()) {
      if (this.#official.has(alert.id)) continue
      const isOther = [...this.#official.values()].some((official) =>
        isSameEpisode({ ...alert, provisional: true }, official),
      )
      if (isOther) this.alerts.delete(alert.id)
      else this.alerts.set(alert.id, { ...alert, provisional: true })
    }
  }

  #adopt(official: NodeAlert): void {
    const adopted = adoptEpisode(this.state, official, this.#index)
    if (adopted === undefined) return
    this.state = adopted
    if (official.phase === 'firing' && this.alerts.get(official.id)?.phase === 'resolved')
      this.alerts.set(official.id, official)
  }

  #idNow(): string | undefined {
    return this.state.episode.phase === 'ok' ? undefined : this.state.episode.alertId
  }

  #apply(t: Transition): void {
    const alert = applyTransition(this.alerts.get(t.alertId), t)
    if (alert) this.alerts.set(alert.id, alert)
  }
}

const summary = (alerts: Iterable<NodeAlert>) =>
  [...alerts].map(({ id, phase, provisional }) => `${id} ${phase} ${provisional}`).toSorted()

const arrivals = fc.record({
  startAt: fc.nat(59),
  receivedAt: fc.array(fc.nat(59), { minLength: 1, maxLength: 30 }),
  ruleKnownAt: fc.array(fc.nat(59), { minLength: 4, maxLength: 4 }),
})

function expectAgreement([rules, input, { startAt, receivedAt, ruleKnownAt }]: Example): void {
  const published = officialRecords(rules, input)
  const console = new Console()
  let received = 0
  input.forEach((reading, i) => {
    // The backend's records arrive in order, each at its own moment: early, late or at the end.
    for (; received < published.length && (receivedAt[received % receivedAt.length] ?? 0) <= i; received++)
      console.receive(published[received] as AlertRecord)
    // Edits become known in their order, because they are records of one log.
    const isKnown = (version: number) => ruleKnownAt.slice(version, rules.length).some((at) => at <= i)
    const known = rules.filter((_, version) => version === 0 || isKnown(version))
    console.learn(known)
    if (i >= startAt) console.read(reading, known)
  })
  for (; received < published.length; received++) console.receive(published[received] as AlertRecord)
  console.learn(rules)
  const official = new Map(published.map(({ alert }) => [alert.id, alert]))
  expect(summary(console.alerts.values())).toEqual(summary(official.values()))
}

test("consoles that start anywhere and receive the backend's records at any time end with its alerts and no others", () => {
  fc.assert(
    fc.property(versions, readings, arrivals, (...example) => expectAgreement(example)),
    { numRuns: 3000, examples: late },
  )
})

/** A minute apart: five changes are within ten minutes, and ten minutes of one kind are within the log. */
const slowSeconds = 60
const segment = fc.oneof(
  fc.constantFrom([8, 1, 8, 1, 8, 1], [10, 1, 8, 10, 5, 10], [8, 6, 8, 10, 8, 1], [1, 8, 3, 10]),
  fc.tuple(fc.constantFrom(1, 1, 5, 8, 10), fc.integer({ min: 1, max: 12 })).map(([value, count]) => {
    return Array.from({ length: count }, () => value)
  }),
  fc.array(fc.constantFrom(1, 3, 5, 6, 8, 10), { maxLength: 6 }),
)
const slowReadings = fc.array(segment, { minLength: 1, maxLength: 14 }).map((segments) =>
  segments
    .flat()
    .slice(0, 60)
    .map((value, i) => aReading(i * slowSeconds, value, i)),
)
const slowChange = change.chain((edit) =>
  fc
    .record({
      findsFlapping: fc.constantFrom(true, true, false),
      forSeconds: fc.constantFrom(0, 0, slowSeconds),
      holdSeconds: fc.constantFrom(0, 0, 0, slowSeconds, 300),
    })
    .map((slow) => ({ ...edit, ...slow, from: edit.from * slowSeconds })),
)
/** No two versions take effect at once. */
const slowVersions = fc
  .tuple(
    fc.uniqueArray(slowChange, { maxLength: 3, selector: ({ from }) => from }),
    fc.constantFrom(0, 0, slowSeconds),
    fc.constantFrom(true, true, false),
  )
  .map(([changes, holdSeconds, findsFlapping]) => rulesOf(changes, holdSeconds, { findsFlapping, forSeconds: 0 }))

test('they agree also about alerts that are flapping', () => {
  fc.assert(
    fc.property(slowVersions, slowReadings, arrivals, (...example) => expectAgreement(example)),
    { numRuns: 3000 },
  )
})
