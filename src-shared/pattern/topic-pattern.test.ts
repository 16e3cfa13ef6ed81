import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { patternProblem, prefixesOf, withoutPrefix, withoutTopics, withTopics } from './topic-pattern.ts'

describe('topics that are read too', () => {
  test.each([
    ['^metrics-', ['telegraf'], '^(metrics-|telegraf$)'],
    ['^metrics-', ['telegraf', 'otel-metrics', 'infra'], '^(metrics-|telegraf$|otel-metrics$|infra$)'],
    ['^(metrics-|telegraf$)', ['infra'], '^(metrics-|telegraf$|infra$)'],
    ['^(?:metrics-|telegraf$)', ['infra'], '^(metrics-|telegraf$|infra$)'],
    ['^metrics-', ['eu.metrics'], String.raw`^(metrics-|eu\.metrics$)`],
    ['^metrics-', ['metrics-1'], '^metrics-'],
    ['^metrics-', [], '^metrics-'],
    ['^(?!telegraf$)(metrics-|t)', ['telegraf'], '^(metrics-|t)'],
    // Of another form: what it matched is kept.
    ['metrics', ['telegraf'], 'metrics|^telegraf$'],
    ['^a|b$', ['telegraf', 'infra'], '^a|b$|^(telegraf$|infra$)'],
    ['^(a|(b|c))', ['d'], '^(a|(b|c))|^d$'],
  ])('%s with %j is %s', (pattern, topics, expected) => {
    expect(withTopics(pattern, topics)).toBe(expected)
  })
})

describe('topics that are read no more', () => {
  test.each([
    ['^(metrics-|telegraf$)', ['telegraf'], '^metrics-'],
    ['^(metrics-|telegraf$|infra$)', ['telegraf'], '^(metrics-|infra$)'],
    ['^metrics-', ['metrics-1'], '^(?!metrics-1$)metrics-'],
    ['^(?!a$)(a|b)', ['b'], '^(?!a$|b$)(a|b)'],
    ['metrics', ['eu.metrics'], String.raw`^(?!eu\.metrics$)(?=.*(?:metrics))`],
    ['^telegraf$', ['telegraf'], undefined],
  ])('%s without %j is %s', (pattern, topics, expected) => {
    expect(withoutTopics(pattern, topics)).toBe(expected)
  })

  test('a whole prefix', () => {
    expect(withoutPrefix('^(metrics-|telegraf$)', 'metrics-')).toBe('^telegraf$')
    expect(withoutPrefix('^metrics-', 'metrics-')).toBeUndefined()
    expect(withoutPrefix('^(metrics-|telegraf$)', 'otel')).toBeUndefined()
  })
})

test('prefixes, without whole names', () => {
  expect(prefixesOf(String.raw`^(metrics-|telegraf$|eu\.)`)).toEqual(['metrics-', 'eu.'])
  expect(prefixesOf('metrics')).toEqual([])
})

test('why a pattern cannot be used', () => {
  expect(patternProblem('^metrics-')).toBeUndefined()
  expect(patternProblem(' ')).toMatch(/^Enter/)
  expect(patternProblem('^(metrics-')).toMatch(/^This is no regular expression: .+\.$/)
})

const topic = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/)
const begin = fc.constantFrom('^metrics-', '^(metrics-|telegraf$)', 'metrics', '^a|b$', '^(?!x$)(m|x)', '^[ab]', '.')

test('any topic can be added and taken out, and no other is', () => {
  fc.assert(
    fc.property(begin, fc.uniqueArray(topic, { minLength: 1, maxLength: 5 }), topic, (pattern, topics, other) => {
      const read = (text: string): boolean => new RegExp(pattern).test(text)
      const more = new RegExp(withTopics(pattern, topics))
      expect(topics.every((name) => more.test(name))).toBe(true)
      expect(more.test(other)).toBe(read(other) || topics.includes(other))
      const rest = withoutTopics(pattern, topics)
      if (rest === undefined) return
      const less = new RegExp(rest)
      expect(topics.some((name) => less.test(name))).toBe(false)
      expect(less.test(other)).toBe(read(other) && !topics.includes(other))
      const back = withoutTopics(withTopics(pattern, topics), topics)
      expect(back === undefined || new RegExp(back).test(other) === (read(other) && !topics.includes(other))).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
