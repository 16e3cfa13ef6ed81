import { expect, test } from 'vitest'
import { badgeOf, badgeText } from './badge.ts'
import type { Health } from './health.ts'

const live: Health = { kind: 'live', behindMs: 300 }
const blind: Health = { kind: 'blind', since: 0, cause: 'disconnected', detail: '' }
const facts = { isOn: true, health: live, isSetUp: true, count: 2 }

test.each([
  ['the count', facts, '2'],
  ['nothing to look at', { ...facts, count: 0 }, ''],
  ['very many', { ...facts, count: 2000 }, '99+'],
  ['just as many as fit', { ...facts, count: 99 }, '99'],
  ['blind: neither a number nor nothing', { ...facts, health: blind }, '?'],
  ['blind, with nothing that was known before', { ...facts, health: blind, count: 0 }, '?'],
  ['not connected yet', { ...facts, health: { ...blind, cause: 'connecting' } as const }, ''],
  ['not set up', { ...facts, health: blind, isSetUp: false }, ''],
  ['off', { ...facts, isOn: false, health: blind }, ''],
  ['catching up', { ...facts, health: { kind: 'catching-up', lagMessages: 9, behindMs: 9 } as const }, '2'],
])('%s', (_, given, text) => {
  expect(badgeText(badgeOf(given))).toBe(text)
})
