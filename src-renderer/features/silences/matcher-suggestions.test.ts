import { expect, test } from 'vitest'
import { suggestionsFor, tagsOf } from './matcher-suggestions.ts'

const values = {
  node: ['web-1', 'web-2', 'db-1'],
  node_name: [],
  metric: ['cpu_usage'],
  severity: ['critical', 'warning'],
  rule: ['CPU usage'],
  kind: ['value', 'no-data', 'offline'],
  tags: new Map<string, string[]>(),
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

test('after a matcher that is complete, a comma comes first', () => {
  expect(labels('node=~"web-.*"')).toEqual([])
  expect(labels('node="web-1"')).toEqual([])
})

test('patterns, unknown labels and values that are complete have none', () => {
  expect([labels('node=~web'), labels('rack='), labels('node=db-1')]).toEqual([[], [], []])
})

test('tags of metrics and their values are suggested as labels', () => {
  const tags = tagsOf([
    'disk.used{path=/var}',
    'disk.used{path=/}',
    'cpu.time{cpu=cpu0,node=x,odd-name=1}',
    'cpu_usage',
  ])
  expect([...tags]).toEqual([
    ['cpu', ['cpu0']],
    ['path', ['/', '/var']],
  ])
  const found = (typed: string) => suggestionsFor(typed, { ...values, tags }).map(({ text }) => text)
  expect([found('pa'), found('path=/v'), found('node="a", cpu!=')]).toEqual([
    ['path='],
    ['path="/var"'],
    ['node="a", cpu!="cpu0"'],
  ])
})
