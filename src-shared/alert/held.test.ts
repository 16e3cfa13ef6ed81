import { expect, test } from 'vitest'
import { anId } from '../rule/rule-builders.ts'
import { heldSinceText, heldText, type HeldAlert } from './held.ts'

const held = (change: Partial<HeldAlert> = {}): HeldAlert => ({
  alertId: anId(1),
  next: 'resolved',
  since: 100_000,
  endsAt: 220_000,
  at: 140_000,
  receivedAt: 500_000,
  ...change,
})
const textAt = (now: number, change?: Partial<HeldAlert>) => heldText(held(change), now).replaceAll('\u202f', ' ')

test('a held alert says when it resolves, by the clock of its node, in whole seconds rounded up', () => {
  expect(textAt(500_000)).toBe('clear, resolves in 1 m 20 s')
  expect(textAt(500_300)).toBe('clear, resolves in 1 m 20 s')
  expect(textAt(579_999)).toBe('clear, resolves in 1 s')
  expect(textAt(499_000)).toBe('clear, resolves in 1 m 20 s')
})

test('a hold that has passed ends with the next sample: no data does not count as clear', () => {
  expect(textAt(580_000)).toBe('clear, resolves with the next sample')
  expect(textAt(9_000_000, { next: 'warning' })).toBe('becomes a warning with the next sample')
})

test('after a restart it counts from its newest record', () => {
  const { receivedAt: _, ...restarted } = held()
  expect(heldText(restarted, 9_000_000).replaceAll('\u202f', ' ')).toBe('clear, resolves in 1 m 20 s')
})

test('since when it is clear is true also while values are old', () => {
  const timeOf = (at: number): string => `12:0${at / 100_000}:00`
  expect(heldSinceText(held(), timeOf)).toBe('clear since 12:01:00')
  expect(heldSinceText(held({ next: 'warning' }), timeOf)).toBe('below the warning level since 12:01:00')
})
