import { expect, test } from 'vitest'
import { suggestionsFor } from './matcher-suggestions.ts'

const values = {
  node: ['web-1', 'web-2', 'db-1'],
  node_name: [],
  metric: ['cpu_usage'],
  severity: ['critical', 'warning'],
  rule: ['CPU usage'],
  kind: ['value', 'no-data', 'offline'],
}
const labels = (typed: string): string[] => suggestionsFor(typed, values).map(({ label }) => label)
const texts = (typed: string): string[] => suggestionsFor(typed, values).map(({ text }) => text)

test('first the names of labels, then the values of one', () => {
  expect(labels('')).toEqual(['node', 'node_name', 'metric', 'severity', 'rule', 'kind'])
  expect(texts('no')).toEqual(['node=', 'node_name='])
  expect(texts('node=we')).toEqual(['node="web-1"', 'node="web-2"'])
  expect(texts('rule!="cpu')).toEqual(['rule!="CPU usage"'])
})

test('after a comma it goes on with the next matcher', () => {
  expect(texts('node="web-1", sev')).toEqual(['node="web-1", severity='])
  expect(texts('{node=~"web-(1|2)", severity=c')).toEqual(['{node=~"web-(1|2)", severity="critical"'])
})

test('patterns, unknown labels and values that are complete have none', () => {
  expect([labels('node=~web'), labels('rack='), labels('node=db-1')]).toEqual([[], [], []])
})
