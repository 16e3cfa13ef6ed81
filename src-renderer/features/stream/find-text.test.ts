import { expect, test } from 'vitest'
import type { FindResult } from '#shared/ipc/source-calls.ts'
import { formatsText, leftTexts, lookedText, mayBeText, namesText, notText, readLabel } from './find-text.ts'

const result = (part: Partial<FindResult>): FindResult => ({
  topics: [{ kind: 'not', topic: 'a', why: 'empty' }],
  ms: 1_900,
  left: 0,
  read: 0,
  isDone: true,
  ...part,
})

test('what was looked at, and what was not', () => {
  expect(lookedText(result({}))).toBe('1 topic, the last 5 records of each, in 1.9\u202fs')
  expect(lookedText(result({ topics: [] }))).toBe('No topic to look at')
  expect(leftTexts(result({ left: 50, read: 1 }))).toEqual([
    '50 topics were not looked at: there are too many.',
    '1 topic is read already.',
  ])
  expect(leftTexts(result({ left: 1, isDone: false }))).toEqual(['1 topic was not looked at: the time was up.'])
  expect(leftTexts(result({}))).toEqual([])
})

test('topics with metrics', () => {
  const metrics = {
    kind: 'metrics',
    topic: 'a',
    formats: ['flat-json'],
    hosts: 1,
    metrics: 3,
    names: ['x', 'y'],
  } as const
  const found = { ...metrics, formats: [...metrics.formats], names: [...metrics.names] }
  expect([formatsText(found), namesText(found)]).toEqual(['Flat JSON', 'x, y …'])
  const both = { ...found, formats: ['remo' as const, 'graphite' as const] }
  expect([formatsText(both), namesText(both)]).toEqual(['ReMo JSON, Graphite lines', 'two formats, both are read'])
})

test.each([
  ['not-authorized', undefined, 'Not readable: this user may not read it'],
  ['not-answered', undefined, 'Not readable: its broker does not answer'],
  ['empty', undefined, 'Empty'],
  ['not-metrics', 'order_id, customer', 'Not metrics: order_id, customer'],
  ['not-metrics', undefined, 'Not metrics'],
  ['otlp-logs', undefined, 'Not metrics: OTLP logs'],
  ['needs-schema-registry', 'Avro, schema 1042', 'Needs a schema registry: Avro, schema 1042'],
  ['rejected', 'Telegraf JSON, fields: x', 'Records that are rejected: Telegraf JSON, fields: x'],
] as const)('%s %s', (why, detail, text) => {
  expect(notText({ kind: 'not', topic: 'a', why, ...(detail === undefined ? {} : { detail }) })).toBe(text)
})

test('JSON of its own shape, and the button', () => {
  expect(mayBeText({ kind: 'may-be', topic: 'a', numbers: 5, hasHost: false })).toBe(
    'JSON of its own shape: 5 numbers a record, no field named like a host',
  )
  expect([readLabel(0), readLabel(1), readLabel(3)]).toEqual(['Read', 'Read 1 topic', 'Read 3 topics'])
})
