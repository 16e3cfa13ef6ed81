import type { Transition } from '#shared/alert/transition.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { expect, test } from 'vitest'
import { applyInOrder } from './apply-transitions.ts'

const head = {
  alertId: anId(1),
  alertKind: 'value',
  series: { nodeId: 'node-1', nodeName: 'Server-Alpha', metric: 'cpu_usage' },
  rule: { id: aRule().id, version: 1 },
} as const
const opened: Transition = {
  ...head,
  kind: 'opened',
  at: 120_000,
  severity: 'warning',
  since: 0,
  value: 90,
  threshold: 85,
  condition: 'greater',
  forSeconds: 120,
}
const escalated: Transition = {
  ...head,
  kind: 'escalated',
  at: 180_000,
  severity: 'critical',
  value: 97,
  threshold: 95,
}
const resolved: Transition = { ...head, kind: 'resolved', at: 240_000, reason: 'cleared', value: 60 }

test('an alert with a hold time was pending before; each transaction gives it one version', () => {
  const first = applyInOrder([{ ...head, kind: 'pending', at: 0, value: 90 }, opened], [], [])
  expect(first.changed).toMatchObject([{ version: 1, alert: { severity: 'warning', phase: 'firing' } }])
  expect(first.events).toEqual([
    { alertId: anId(1), kind: 'pending', at: 0 },
    { alertId: anId(1), kind: 'opened', at: 120_000, severity: 'warning', value: 90 },
  ])
  const second = applyInOrder([escalated, resolved], first.changed, first.events)
  expect(second.changed).toMatchObject([{ version: 2, alert: { severity: 'critical', phase: 'resolved' } }])
  expect(second.events.map(({ kind }) => kind)).toEqual(['escalated', 'resolved'])
})

test('a transition that the timeline already has changes nothing, not even a later acknowledgement', () => {
  const { changed, events } = applyInOrder([opened, escalated], [], [])
  const acknowledgement = { by: 'anna', at: 200_000, comment: '' }
  const acknowledged = changed.map(({ alert }) => ({ version: 2, alert: { ...alert, acknowledgement } }))
  expect(applyInOrder([opened, escalated], acknowledged, events)).toEqual({ changed: [], events: [] })
})

test('the end of an unknown alert is ignored', () => {
  expect(applyInOrder([resolved], [], [])).toEqual({ changed: [], events: [] })
})

test('an acknowledgement that had expired before the alert got worse or ended leaves its line; an easing leaves it to the job', () => {
  const acknowledged = (until: number) => {
    const { changed } = applyInOrder([opened], [], [])
    const acknowledgement = { by: 'anna', at: 130_000, comment: '', until }
    return changed.map(({ version, alert }) => ({ version, alert: { ...alert, acknowledgement } }))
  }
  const expired = { alertId: anId(1), kind: 'expired', at: 150_000, by: 'anna' }
  for (const transition of [escalated, resolved]) {
    const { events } = applyInOrder([transition], acknowledged(150_000), [])
    expect(events).toEqual([expired, expect.objectContaining({ kind: transition.kind })])
  }
  expect(applyInOrder([escalated], acknowledged(200_000), []).events.map(({ kind }) => kind)).toEqual(['escalated'])
  const eased: Transition = { ...escalated, kind: 'eased', severity: 'warning' }
  expect(applyInOrder([eased], acknowledged(150_000), []).events.map(({ kind }) => kind)).toEqual(['eased'])
})
