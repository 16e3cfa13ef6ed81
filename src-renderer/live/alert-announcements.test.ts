import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { FakeBridge } from '../bridge/fake-bridge.ts'
import { announceAlerts } from './alert-announcements.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('names one new critical alert, announces many in one sentence, and none twice', () => {
  const bridge = new FakeBridge()
  const said: string[] = []
  announceAlerts(bridge.api, (sentence) => said.push(sentence))
  bridge.push('alerts.changed', [anAlert(), anAlert({ id: anId(9), severity: 'warning' })])
  vi.advanceTimersByTime(2000)
  bridge.push('alerts.changed', [anAlert({ value: 99 })])
  vi.advanceTimersByTime(2000)
  bridge.push('alerts.changed', [anAlert({ id: anId(2) })])
  bridge.push('alerts.changed', [anAlert({ id: anId(3) }), anAlert({ id: anId(4) })])
  vi.advanceTimersByTime(2000)
  expect(said).toEqual([
    'New critical alert: node-1, CPU 97.2\u202f% > 95\u202f% for 2\u202fm',
    '3 new critical alerts',
  ])
})
