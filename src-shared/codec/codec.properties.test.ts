import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { anAlert } from '../alert/alert-builders.ts'
import type { Episode, SeriesState, NoData } from '../evaluation/series-state.ts'
import { aRule, anId } from '../rule/rule-builders.ts'
import type { OperatorAction } from '../team/operator-action.ts'
import type { Codec } from './codec.ts'
import { actionCodec, alertCodec, alertEventCodec, ruleCodec, topicMappingCodec } from './domain-codecs.ts'
import { readerLevel } from './needs.ts'
import { decodeAlertRecord, decodeRuleRecord } from './record-codecs.ts'
import { seriesStateCodec } from './series-state-codec.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n))
const level = fc.integer({ min: -1000, max: 1000 })

const rules = fc.record(
  {
    scope: fc.oneof(
      fc.constant({ kind: 'all' as const }),
      fc.record({ kind: fc.constant('node' as const), nodeId: fc.string({ minLength: 1, maxLength: 20 }) }),
    ),
    version: fc.integer({ min: 1, max: 99 }),
    condition: fc.constantFrom('greater' as const, 'less' as const),
    warning: level,
    critical: level,
    enabled: fc.boolean(),
    deleted: fc.boolean(),
    effectiveFrom: finite,
    holdSeconds: fc.integer({ min: 0, max: 1800 }),
    findsFlapping: fc.boolean(),
  },
  { requiredKeys: [] },
)
const acknowledgements = fc.record(
  { by: fc.string({ minLength: 1, maxLength: 20 }), at: finite, comment: fc.string({ maxLength: 20 }), until: finite },
  { requiredKeys: ['by', 'at', 'comment'] },
)
const alerts = fc.record(
  {
    kind: fc.constantFrom('value' as const, 'no-data' as const),
    severity: fc.constantFrom('warning' as const, 'critical' as const),
    phase: fc.constantFrom('firing' as const, 'resolved' as const),
    value: fc.option(finite),
    worstValue: finite,
    resolvedAt: finite,
    acknowledgement: acknowledgements,
    provisional: fc.boolean(),
    clearSince: finite,
    refires: fc.integer({ min: 1 }),
  },
  { requiredKeys: [] },
)
const actions: fc.Arbitrary<OperatorAction> = fc.record({
  id: fc.uuid(),
  at: finite,
  user: fc.constant('kim'),
  state: fc.constantFrom('waiting', 'conflict', 'refused'),
  change: fc.oneof(
    fc.record({ kind: fc.constant('acknowledge'), alertId: fc.uuid(), acknowledgement: acknowledgements }),
    fc.record({ kind: fc.constant('unacknowledge'), alertId: fc.uuid(), acknowledgement: acknowledgements }),
    fc.record({ kind: fc.constant('remove-rule'), ruleId: fc.uuid(), version: fc.nat() }),
  ),
})
const anchors = fc.record({
  at: finite,
  position: fc.record({ topic: fc.string(), partition: fc.nat(), offset: fc.maxSafeNat() }),
})
const ended = fc.record({ ruleId: fc.string(), at: finite, refires: fc.nat() })
const hold = fc.record({ clear: finite, below: finite, stepMs: finite }, { requiredKeys: ['stepMs'] })
const episodes: fc.Arbitrary<Episode> = fc.oneof(
  fc.record({ phase: fc.constant('ok' as const), ended }, { requiredKeys: ['phase'] }),
  fc.record(
    { phase: fc.constant('pending' as const), since: anchors, alertId: fc.string(), criticalSince: finite, ended },
    { requiredKeys: ['phase', 'since', 'alertId'] },
  ),
  fc.record(
    {
      phase: fc.constant('firing' as const),
      since: anchors,
      alertId: fc.string(),
      severity: fc.constantFrom('warning' as const, 'critical' as const),
      criticalSince: finite,
      refires: fc.nat(),
      hold,
    },
    { requiredKeys: ['phase', 'since', 'alertId', 'severity'] },
  ),
)
const noDataStates: fc.Arbitrary<NoData> = fc.oneof(
  fc.constant({ phase: 'ok' as const }),
  fc.record(
    {
      phase: fc.constant('firing' as const),
      alertId: fc.string(),
      anchor: anchors,
      rule: fc.record({ id: fc.string(), version: fc.integer() }),
      from: finite,
    },
    { requiredKeys: ['phase', 'alertId', 'anchor'] },
  ),
)
const states: fc.Arbitrary<SeriesState> = fc.record(
  {
    rule: fc.option(fc.record({ id: fc.string(), version: fc.integer() })),
    episode: episodes,
    noData: noDataStates,
    last: fc.option(anchors),
    ruleFrom: finite,
    startUnknown: fc.constant(true as const),
    clearRun: fc.record({ clear: finite, stepMs: finite }),
    steps: fc.array(finite, { maxLength: 5 }),
    part: fc.string(),
    parts: fc.array(
      fc.record(
        { part: fc.string(), at: finite, steps: fc.array(finite, { maxLength: 5 }) },
        { requiredKeys: ['part', 'at'] },
      ),
    ),
    resumedAt: finite,
    paceMs: finite,
  },
  { requiredKeys: ['rule', 'episode', 'noData', 'last'] },
)

const mappings = fc.record(
  {
    topic: fc.constant('press-line'),
    node: fc.constantFrom('machine.serial', '["a.b"].c'),
    time: fc.constant('meta.measuredAt'),
    values: fc.constantFrom('', 'readings[*]'),
    name: fc.constant('kind'),
    value: fc.constantFrom('', 'v'),
    prefix: fc.constant('press.'),
    house: fc.record({ cpu_usage: fc.string({ minLength: 1, maxLength: 20 }) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['topic', 'node', 'values'] },
)
const versionFacts = {
  effectiveFrom: fc.nat(),
  mapping: fc.option(mappings),
  updatedBy: fc.string({ minLength: 1, maxLength: 20 }),
  updatedAt: fc.nat(),
}
const topicMappings = fc.record({
  ...versionFacts,
  topic: fc.constant('press-line'),
  isFixed: fc.boolean(),
  version: fc.integer({ min: 100, max: 200 }),
  earlier: fc
    .array(fc.record({ ...versionFacts, version: fc.integer({ min: 1, max: 99 }) }), { maxLength: 5 })
    .map((versions) => versions.map((one, i) => ({ ...one, version: i + 1 }))),
})

const all: ReadonlyArray<readonly [name: string, codec: Codec<object>, values: fc.Arbitrary<object>]> = [
  ['rule', ruleCodec as Codec<object>, rules.map((change) => aRule(change))],
  ['alert', alertCodec as Codec<object>, alerts.map((change) => anAlert(change))],
  ['action', actionCodec as unknown as Codec<object>, actions],
  ['mapping', topicMappingCodec as Codec<object>, topicMappings],
  ['series state', seriesStateCodec as Codec<object>, states],
  [
    'event',
    alertEventCodec as Codec<object>,
    fc.record({ alertId: fc.constant(anId(1)), kind: fc.constant('opened'), at: finite, value: finite }),
  ],
]

/** The JSON of a newer version: more keys in every object. */
function grown(content: unknown, extra: readonly string[]): unknown {
  if (Array.isArray(content)) return content.map((item) => grown(item, extra))
  if (typeof content !== 'object' || content === null) return content
  const known = Object.entries(content).map(([key, value]) => [key, grown(value, extra)] as const)
  return Object.fromEntries([...extra.map((name) => [`x-${name}`, { of: 'later' }] as const), ...known])
}

/** Removes the keys that `grown` adds. */
function shrunk(content: unknown): unknown {
  if (Array.isArray(content)) return content.map(shrunk)
  if (typeof content !== 'object' || content === null) return content
  const known = Object.entries(content).filter(([key]) => !key.startsWith('x-'))
  return Object.fromEntries(known.map(([key, value]) => [key, shrunk(value)]))
}

const extras = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 3 })

describe.each(all)('%s', (_, codec, values) => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(codec.parse(codec.stringify(value))).toEqual({ ok: true, value })
      }),
    )
  })

  it('reads the same with keys of a newer version, and writes them back', () => {
    fc.assert(
      fc.property(values, extras, (value, extra) => {
        const content = grown(codec.encode(value), extra)
        const read = codec.decode(content)
        expect(read.ok && shrunk(read.value)).toEqual(value)
        expect(read.ok && codec.encode(read.value)).toEqual(content)
      }),
    )
  })

  it('is never applied if it needs a higher level', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: readerLevel + 1 }), (value, needs) => {
        const read = codec.decode({ ...value, needs, needsVersion: '0.3' })
        expect(read).toEqual({ ok: false, unread: { kind: 'needs-newer', needs: { level: needs, version: '0.3' } } })
        expect(codec.decode({ ...value, needs }, needs).ok).toBe(true)
      }),
    )
  })
})

it('no content makes a reader throw', () => {
  const values = all.map(([, , each]) => each)
  const mutated = fc.tuple(fc.oneof(...values), fc.string(), fc.jsonValue()).map(([value, key, odd]) => {
    const keys = Object.keys(value)
    return { ...value, [keys[key.length % keys.length] as string]: odd }
  })
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), mutated, fc.anything()), fc.string(), (content, text) => {
      for (const [, codec] of all) {
        codec.decode(content)
        codec.parse(text)
      }
      decodeRuleRecord(content)
      decodeRuleRecord({ rule: content, earlier: content })
      decodeAlertRecord({ version: 1, alert: content })
    }),
  )
})

describe('the handwritten check of a series state', () => {
  const anchor = z.object({
    at: z.number(),
    position: z.object({ topic: z.string(), partition: z.int(), offset: z.int() }),
  })
  const time = z.number().optional()
  const ended = z.object({ ruleId: z.string(), at: z.number(), refires: z.int() }).optional()
  const schema = z.object({
    rule: z.object({ id: z.string(), version: z.int() }).nullable(),
    episode: z.discriminatedUnion('phase', [
      z.object({ phase: z.literal('ok'), ended }),
      z.object({ phase: z.literal('pending'), since: anchor, alertId: z.string(), criticalSince: time, ended }),
      z.object({
        phase: z.literal('firing'),
        since: anchor,
        alertId: z.string(),
        severity: z.enum(['warning', 'critical']),
        criticalSince: time,
        refires: z.int().optional(),
        hold: z.object({ clear: time, below: time, stepMs: z.number() }).optional(),
      }),
    ]),
    silence: z.discriminatedUnion('phase', [
      z.object({ phase: z.literal('ok') }),
      z.object({
        phase: z.literal('firing'),
        alertId: z.string(),
        anchor,
        rule: z.object({ id: z.string(), version: z.int() }).optional(),
        from: time,
      }),
    ]),
    last: anchor.nullable(),
    ruleFrom: time,
    midway: z.literal(true).optional(),
    clearRun: z.object({ clear: z.number(), stepMs: z.number() }).optional(),
    steps: z.array(z.number()).optional(),
    part: z.string().optional(),
    parts: z
      .array(z.looseObject({ part: z.string(), at: z.number(), steps: z.array(z.number()).optional() }))
      .optional(),
    resumedAt: time,
    paceMs: time,
  })

  it('writes states with holds that versions without holds read', () => {
    const before = z.object({
      ...schema.shape,
      episode: z.discriminatedUnion('phase', [
        z.object({ phase: z.literal('ok') }),
        z.object({ phase: z.literal('pending'), since: anchor, alertId: z.string(), criticalSince: time }),
        z.object({
          phase: z.literal('firing'),
          since: anchor,
          alertId: z.string(),
          severity: z.enum(['warning', 'critical']),
          criticalSince: time,
        }),
      ]),
    })
    const versionWithout = before.omit({ clearRun: true })
    fc.assert(
      fc.property(states, (state) => {
        const read = versionWithout.safeParse(seriesStateCodec.encode(state))
        expect(read.success && read.data.episode.phase).toBe(state.episode.phase)
        // What such a version writes back has no holds, and is read here.
        expect(seriesStateCodec.decode(read.data).ok).toBe(true)
      }),
    )
  })

  /** One place of a state, at any depth, is replaced or removed. */
  const damaged = fc.tuple(states, fc.nat(), fc.option(fc.jsonValue())).map(([state, at, odd]) => {
    const copy = JSON.parse(seriesStateCodec.stringify(state)) as Record<string, unknown>
    const places: Array<() => void> = []
    const walk = (node: Record<string, unknown>): void => {
      for (const [key, value] of Object.entries(node)) {
        // JSON has no holes: in a list, a place becomes null.
        const isRemoved = odd === null && !Array.isArray(node)
        places.push(() => (isRemoved ? Reflect.deleteProperty(node, key) : (node[key] = odd)))
        if (typeof value === 'object' && value !== null) walk(value as Record<string, unknown>)
      }
    }
    walk(copy)
    places[at % places.length]?.()
    return copy
  })

  it('accepts what a schema accepts', () => {
    fc.assert(
      fc.property(damaged, (content) => {
        expect(seriesStateCodec.decode(content).ok).toBe(schema.safeParse(content).success)
      }),
      { numRuns: 2000 },
    )
  })
})
