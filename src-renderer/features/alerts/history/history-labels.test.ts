import { expect, test } from 'vitest'
import type { AlertEntry } from '#shared/history/history.ts'
import { wholeNode } from '#shared/rule/rule.ts'
import { anEntry } from './history-builders.ts'
import { acknowledgedText, blindOutcome, notifiedText, outcomeOf, whatText, worstText } from './history-labels.ts'

const plain = (text: string): string => text.replaceAll('\u202f', ' ')
const outcome = (entry: AlertEntry): string => plain(outcomeOf(entry, undefined, '').text)

test.each<[string, AlertEntry]>([
  ['Resolved at 71.0 %', anEntry(1)],
  ['Still fires', anEntry(1, { phase: 'firing' })],
  ['Still fires, flapping', anEntry(1, { phase: 'firing' }, { flapped: true })],
  ['Flapped', anEntry(1, {}, { flapped: true })],
  ['Silenced by ben', anEntry(1, {}, { silencedBy: 'ben', flapped: true })],
  ['Threshold changed', anEntry(1, { resolveReason: 'rule-changed' })],
  ['Node forgotten', anEntry(1, { resolveReason: 'node-forgotten' })],
  ['Back online', anEntry(1, { kind: 'offline', resolveReason: 'data-returned' })],
  ['Data came back', anEntry(1, { kind: 'no-data', resolveReason: 'data-returned' })],
])('%s', (text, entry) => {
  expect(outcome(entry)).toBe(text)
})

test('what it was about, and how bad it became', () => {
  expect(plain(whatText(anEntry(1).alert, ''))).toBe('CPU > 95 %')
  expect(whatText(anEntry(1, { kind: 'offline', metric: wholeNode }).alert, '')).toBe('Node offline')
  expect(whatText(anEntry(1, { kind: 'no-data' }).alert, '')).toBe('No CPU data')
  // 95.04 is above 95, and reads so.
  expect(plain(worstText(anEntry(1, {}, { worstValue: 95.04 }), ''))).toBe('95.04 %')
  expect(worstText(anEntry(1, {}, { worstValue: null }), '')).toBe('–')
})

test('who acknowledged it, how soon, and how it was shown', () => {
  expect(acknowledgedText(anEntry(1))).toBe('–')
  const acknowledged = { by: 'anna', at: 1_000_000 + 100_000 }
  expect(plain(acknowledgedText(anEntry(1, { openedAt: 1_000_000 }, { acknowledged })))).toBe('anna, 1 m 40 s')
  // The clock of the person was behind that of the node.
  const early = { by: 'anna', at: 1 }
  expect(plain(acknowledgedText(anEntry(1, { openedAt: 1_000_000 }, { acknowledged: early })))).toBe('anna, 0 s')
  expect(notifiedText(anEntry(1, {}, { notified: [] }))).toBe('list only')
  expect(notifiedText(anEntry(1, {}, { notified: ['popup', 'digest'] }))).toBe('popup, digest')
})

test('a time without monitoring is over, or lasts', () => {
  const blind = { kind: 'blind', from: 1, cause: 'Kafka did not answer.' } as const
  expect([blindOutcome({ ...blind, to: 2 }).text, blindOutcome({ ...blind, to: null }).text]).toEqual([
    'Live again',
    'Still blind',
  ])
})
