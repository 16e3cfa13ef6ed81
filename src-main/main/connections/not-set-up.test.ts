import { expect, test } from 'vitest'
import type { HealthReport } from '#shared/ipc/contract.ts'
import { CurrentHealth } from '../app/current-health.ts'
import { isNotSetUp } from './not-set-up.ts'

const noKafka: HealthReport = new CurrentHealth(0).report

test('a new ReMo without a Kafka raises no alarm', () => {
  expect(isNotSetUp('unset', noKafka)).toBe(true)
  const refused = { kind: 'blind', since: 0, cause: 'disconnected', detail: 'Connection refused.' } as const
  expect(isNotSetUp('unset', { ...noKafka, health: refused })).toBe(true)
})

test('a connection that somebody chose, or that has data, does', () => {
  expect(isNotSetUp('saved', noKafka)).toBe(false)
  expect(isNotSetUp('environment', noKafka)).toBe(false)
  expect(isNotSetUp('unset', { ...noKafka, lastSampleAt: 1000 })).toBe(false)
  const full = { kind: 'blind', since: 0, cause: 'storage', detail: 'The disk is full.' } as const
  expect(isNotSetUp('unset', { ...noKafka, health: full })).toBe(false)
})
