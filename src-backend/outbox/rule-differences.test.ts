import { anId, aRule } from '#shared/rule/rule-builders.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { expect, test } from 'vitest'
import { PublishedRecords } from './published-records.ts'
import { ruleDifferences } from './rule-differences.ts'

const time = { now: 100_000, marginMs: 2_000 }
const version = (n: number, warning: number, effectiveFrom = n): Rule =>
  aRule({ id: anId(1), version: n, warning, effectiveFrom })

function compare(published: readonly Rule[], stored: readonly Rule[]) {
  const topics = new PublishedRecords()
  const [rule, ...earlier] = published.toReversed()
  if (rule)
    topics.add('rules', { key: rule.id, value: JSON.stringify({ rule, earlier: earlier.toReversed() }), headers: {} })
  return ruleDifferences(topics.rules, new Map(stored.length > 0 ? [[anId(1), stored]] : []), time)
}

const [v1, v2, v3] = [version(1, 80), version(2, 81), version(3, 82)]

test('equal published and stored versions need no change', () => {
  expect(compare([v1, v2], [v1, v2])).toEqual({ history: [], next: [], unknown: new Set(), unpublished: [] })
})

test('an older database gets a version above the published one, with its own contents', () => {
  const { history, next } = compare([v1, v2, v3], [v1, v2])
  expect(history).toEqual([v3])
  expect(next).toEqual([{ ...v2, version: 4, effectiveFrom: 102_000, updatedBy: 'ReMo', updatedAt: 100_000 }])
})

test('a version that was issued again with other contents keeps the published ones', () => {
  const again = version(3, 84, 90_000)
  const { history, next } = compare([v1, v2, v3], [v1, v2, again])
  expect(history).toEqual([v3])
  expect(next).toMatchObject([{ version: 4, warning: 84 }])
  const later = compare([v1, v2, v3], [v1, v2, again, version(4, 85)])
  expect(later.next).toMatchObject([{ version: 5, warning: 85 }])
})

test('the new version is in effect after all published ones', () => {
  expect(compare([v1, version(2, 90, 500_000)], [v1]).next).toMatchObject([{ version: 3, effectiveFrom: 502_000 }])
})

test('a rule that the database does not know is deleted by a new version', () => {
  const { history, next, unknown } = compare([v1, v2], [])
  expect([history, [...unknown]]).toEqual([[v1, v2], [anId(1)]])
  expect(next).toMatchObject([{ version: 3, deleted: true }])
  expect(compare([v1, { ...v2, deleted: true }], []).next).toEqual([])
})

test('a rule whose newest version was not published is published', () => {
  expect(compare([], [v1]).unpublished).toEqual([anId(1)])
  expect(compare([v1], [v1, v2]).unpublished).toEqual([anId(1)])
})

test('a key that only a neighboring version knows is no difference', () => {
  const added = { scope: { ...v2.scope, region: 'eu' }, hold: 60 }
  const migrated: Rule = { ...v2, ...added }
  expect(compare([v1, v2], [v1, migrated])).toEqual(compare([v1, v2], [v1, v2]))
  expect(compare([v1, migrated], [v1, v2])).toEqual(compare([v1, v2], [v1, v2]))
  expect(compare([v1, { ...migrated, warning: 84 }], [v1, v2]).next).toMatchObject([{ version: 3, warning: 81 }])
})
