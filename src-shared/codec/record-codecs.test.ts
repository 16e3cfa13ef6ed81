import { expect, it } from 'vitest'
import { anAlert } from '../alert/alert-builders.ts'
import { anOfflineRule, aRule } from '../rule/rule-builders.ts'
import { aSilence } from '../silence/silence-builders.ts'
import {
  actionCodec,
  alertCodec,
  knownOfRule,
  ruleCodec,
  silenceCodec,
  topicMappingCodec,
  unknownOfRule,
} from './domain-codecs.ts'
import { neededVersion } from './needs.ts'
import { decodeAlertRecord, decodeRuleRecord, versionIn } from './record-codecs.ts'
import { seriesStateCodec, unknownOfState } from './series-state-codec.ts'

const rule = aRule({ version: 3 })
const earlier = aRule({ version: 1 })
const newer = (level: number, version?: string) => ({
  ok: false,
  unread: { kind: 'needs-newer', needs: { level, version } },
})

it('a record without a level is read, with any unknown keys', () => {
  expect(decodeRuleRecord({ rule, earlier: [earlier], sentAt: 5 })).toEqual({
    ok: true,
    value: { rule, earlier: [earlier] },
  })
  expect(decodeRuleRecord({ rule })).toEqual({ ok: true, value: { rule, earlier: [] } })
  const grown = { ...rule, window: { minutes: 5 } }
  expect(decodeRuleRecord({ rule: grown, earlier: [] })).toEqual({ ok: true, value: { rule: grown, earlier: [] } })
  expect(decodeAlertRecord({ version: 2, alert: anAlert(), links: [] })).toEqual({
    ok: true,
    value: { version: 2, alert: anAlert() },
  })
})

it('the record or its rule says what it needs, even if the rest cannot be read', () => {
  expect(decodeRuleRecord({ needs: 7, needsVersion: '0.3', rule, earlier: [] })).toEqual(newer(7, '0.3'))
  const odd = { ...rule, condition: 'between', needs: 8, needsVersion: '1.0.2' }
  expect(decodeRuleRecord({ needs: 7, needsVersion: '0.3', rule: odd })).toEqual(newer(8, '1.0.2'))
  expect(decodeRuleRecord({ rule: { ...odd, needsVersion: 'never <b>' } })).toEqual(newer(8))
  expect(decodeAlertRecord({ needs: 7, version: 4, alert: {} })).toEqual(newer(7))
  expect([versionIn({ rule: odd }, 'rules'), versionIn({ version: 4 }, 'alerts'), versionIn({}, 'alerts')]).toEqual([
    3,
    4,
    undefined,
  ])
})

it('an earlier version that needs more is left out; an invalid one makes the record unreadable', () => {
  const record = { rule, earlier: [earlier, { ...rule, version: 2, needs: 7 }] }
  expect(decodeRuleRecord(record)).toEqual({ ok: true, value: { rule, earlier: [earlier] } })
  expect(decodeRuleRecord({ rule, earlier: [{ ...earlier, version: 0 }] })).toMatchObject({
    ok: false,
    unread: { kind: 'unreadable', reason: expect.stringContaining('earlier.0.version: ') as string },
  })
})

it('an unknown value of an enumeration is unreadable, with its path', () => {
  expect(decodeRuleRecord({ rule: { ...rule, condition: 'between' } })).toMatchObject({
    unread: { kind: 'unreadable', code: 'wrong-shape', reason: expect.stringMatching(/^rule\.condition: /) as string },
  })
  expect(decodeAlertRecord({ version: 1, alert: 7 })).toMatchObject({
    unread: { reason: 'alert: expected an object' },
  })
})

it('reads both spellings of a key and writes the one of 0.1.0', () => {
  const rest = { rule: null, episode: { phase: 'ok' }, last: null } as const
  const state = { ...rest, noData: { phase: 'ok' }, startUnknown: true } as const
  const stored = { ...rest, silence: { phase: 'ok' }, midway: true }
  expect([seriesStateCodec.decode(stored), seriesStateCodec.decode(state)]).toEqual([
    { ok: true, value: state },
    { ok: true, value: state },
  ])
  expect(seriesStateCodec.encode(state)).toEqual(stored)
  const change = { kind: 'remove-rule', ruleId: rule.id, version: 1 } as const
  const others = { id: rule.id, at: 1, user: 'kim', state: 'waiting' } as const
  const action = { ...others, change }
  const storedAction = { ...others, does: change }
  expect([actionCodec.decode(storedAction), actionCodec.decode(action)]).toEqual([
    { ok: true, value: action },
    { ok: true, value: action },
  ])
  expect(actionCodec.encode(action)).toEqual(storedAction)
})

it('where both spellings are present, the one of 0.1.0 is newer', () => {
  const stored = {
    rule: null,
    episode: { phase: 'ok' },
    last: null,
    silence: { phase: 'ok' },
    noData: { phase: 'odd' },
  }
  expect(seriesStateCodec.decode(stored)).toMatchObject({ ok: true, value: { noData: { phase: 'ok' } } })
})

it('keys that older writers omit have a default', () => {
  const { deleted, ...withoutDeleted } = rule
  expect(ruleCodec.decode(withoutDeleted)).toEqual({ ok: true, value: { ...rule, deleted } })
  const { provisional, ...withoutProvisional } = anAlert()
  expect(alertCodec.decode(withoutProvisional)).toEqual({ ok: true, value: { ...anAlert(), provisional } })
})

it('separates keys of a newer version from those of this one', () => {
  const grown = { ...rule, window: 5, needs: 1 }
  expect(unknownOfRule(grown)).toEqual({ window: 5 })
  expect(knownOfRule(grown)).toEqual(rule)
  const state = { rule: null, episode: { phase: 'ok' }, noData: { phase: 'ok' }, last: null } as const
  expect([unknownOfState(state), unknownOfState({ ...state, flapping: 2 } as never)]).toEqual([
    undefined,
    { flapping: 2 },
  ])
})

it('names the needed version', () => {
  expect([neededVersion('0.3'), neededVersion(null)]).toEqual(['ReMo 0.3 or newer', 'a newer ReMo'])
})

it('a rule with a hold needs level 3; one without, or with 0, is written as version 0.1.0 writes it', () => {
  const held = { ...rule, holdSeconds: 120 }
  expect(ruleCodec.encode(held)).toEqual({ ...held, needs: 3, needsVersion: '0.2' })
  expect(ruleCodec.decode(ruleCodec.encode(held))).toEqual({ ok: true, value: held })
  expect(decodeRuleRecord({ rule: ruleCodec.encode(held), earlier: [rule] }, 2)).toEqual(newer(3, '0.2'))
  expect(ruleCodec.encode(rule)).toEqual(rule)
  expect(ruleCodec.encode({ ...rule, holdSeconds: 0 })).toEqual({ ...rule, holdSeconds: 0 })
})

it('a rule for a pattern needs level 4, of both kinds', () => {
  const scope = { kind: 'pattern', pattern: 'db-.*' } as const
  for (const of of [aRule({ scope }), anOfflineRule({ scope }), aRule({ scope, holdSeconds: 60 })]) {
    expect(ruleCodec.encode(of)).toEqual({ ...of, needs: 4, needsVersion: '0.2' })
    expect(ruleCodec.decode(ruleCodec.encode(of))).toEqual({ ok: true, value: of })
    expect(decodeRuleRecord({ rule: ruleCodec.encode(of), earlier: [] }, 3)).toEqual(newer(4, '0.2'))
  }
  const broken = aRule({ scope: { kind: 'pattern', pattern: 'db-(' } })
  expect(decodeRuleRecord({ rule: broken })).toMatchObject({ ok: false, unread: { kind: 'unreadable' } })
})

it('alerts that were held, or fired again, need no level: who ignores it shows less', () => {
  const alert = anAlert({ phase: 'resolved', resolvedAt: 9, resolveReason: 'cleared', clearSince: 5, refires: 2 })
  expect(alertCodec.encode(alert)).toEqual(alert)
})

it('only what an older reader would misread needs level 5', () => {
  const needs = (content: unknown): unknown => (content as { needs?: number }).needs
  const long = `disk.used_percent{path=/${'x'.repeat(60)}}`
  const ofTag = (name: string) => ({ ...aSilence(), matchers: [{ name, operator: '!=', value: '/var' } as const] })
  expect([
    needs(ruleCodec.encode(aRule({ metric: 'disk.used_percent{path=/}' }))),
    needs(ruleCodec.encode(aRule({ metric: 'disk.used_percent', anyTags: ['path'] }))),
    needs(ruleCodec.encode(aRule({ metric: long }))),
    needs(alertCodec.encode(anAlert())),
    needs(alertCodec.encode(anAlert({ metric: long }))),
    needs(silenceCodec.encode(ofTag('node'))),
    needs(silenceCodec.encode(ofTag('path'))),
  ]).toEqual([undefined, 5, 5, undefined, 5, 4, 5])
  const rule = ruleCodec.encode(aRule({ metric: 'disk.used_percent', anyTags: ['path'] }))
  expect(ruleCodec.decode(rule, 4)).toEqual(newer(5, '0.2'))
  expect(neededVersion('0.2')).toBe('ReMo 0.2 or newer')
})

it('a mapping needs level 6; all its versions are of its topic, and those before are lower', () => {
  const one = { version: 1, effectiveFrom: 5, mapping: null, updatedBy: 'kim', updatedAt: 3 }
  const mapping = { topic: 'press-line', node: 'machine.serial', values: 'readings[*]' }
  const saved = { topic: 'press-line', isFixed: false, ...one, version: 2, mapping, earlier: [one] }
  expect(topicMappingCodec.encode(saved)).toEqual({ ...saved, needs: 6, needsVersion: '0.2' })
  expect(topicMappingCodec.decode(topicMappingCodec.encode(saved))).toEqual({ ok: true, value: saved })
  expect(topicMappingCodec.decode(topicMappingCodec.encode(saved), 5)).toEqual(newer(6, '0.2'))
  const reasonOf = (change: object) => {
    const read = topicMappingCodec.decode({ ...saved, ...change })
    return read.ok || read.unread.kind === 'needs-newer' ? read : read.unread.reason
  }
  expect([
    reasonOf({ topic: 'press-lines' }),
    reasonOf({ earlier: [{ ...one, mapping: { ...mapping, topic: 'other' } }] }),
    reasonOf({ earlier: [{ ...one, version: 2 }] }),
    reasonOf({ mapping: { ...mapping, node: 'machine..serial' } }),
  ]).toEqual([
    'mapping.topic: expected the topic of the record',
    'earlier.0.mapping.topic: expected the topic of the record',
    'earlier.0.version: expected a version before 2',
    'mapping.node: expected a path such as machine.serial or readings[*]',
  ])
})
