import { describe, expect, test } from 'vitest'
import { acknowledge, isAcknowledged } from './acknowledgement.ts'
import { NodeAlert } from './alert.ts'
import { applyTransition, timelineEvent } from './apply-transition.ts'
import type { Transition } from './transition.ts'

const head = {
  alertId: '0190aaaa-0000-8000-8000-000000000001',
  alertKind: 'value',
  series: { nodeId: 'node-1', nodeName: 'Server-Alpha', metric: 'cpu_usage' },
  rule: { id: '11111111-1111-4111-8111-111111111111', version: 3 },
} as const
const opened: Transition = {
  ...head,
  at: 3000,
  kind: 'opened',
  severity: 'warning',
  since: 1000,
  value: 90,
  threshold: 85,
  condition: 'greater',
  forSeconds: 2,
}
const escalated: Transition = { ...head, at: 4000, kind: 'escalated', severity: 'critical', value: 97, threshold: 95 }
const eased: Transition = { ...head, at: 5000, kind: 'eased', severity: 'warning', value: 80, threshold: 85 }
const resolved: Transition = { ...head, at: 6000, kind: 'resolved', reason: 'cleared', value: 70 }
const alert: NodeAlert = {
  id: head.alertId,
  kind: 'value',
  ruleId: head.rule.id,
  ruleVersion: 3,
  nodeId: 'node-1',
  nodeName: 'Server-Alpha',
  metric: 'cpu_usage',
  severity: 'warning',
  phase: 'firing',
  condition: 'greater',
  threshold: 85,
  forSeconds: 2,
  since: 1000,
  openedAt: 3000,
  value: 90,
  provisional: false,
}
const acknowledgement = { by: 'ada', at: 3500, comment: 'on it' }
const acknowledged: NodeAlert = { ...alert, acknowledgement }

describe('an alert', () => {
  test('exists after it opens, as the contract describes it', () => {
    expect(applyTransition(undefined, opened)).toEqual(alert)
    expect(NodeAlert.parse(alert)).toEqual(alert)
  })

  test('does not exist while it is pending, nor without its opening', () => {
    for (const t of [{ ...head, at: 1000, kind: 'pending', value: 90 } as const, escalated, eased, resolved]) {
      expect(applyTransition(undefined, t)).toBeUndefined()
    }
  })

  test('that opens again is unchanged', () => {
    expect(applyTransition(acknowledged, opened)).toBe(acknowledged)
  })

  test('loses its acknowledgement on escalation and gets the new level', () => {
    const critical = { ...alert, severity: 'critical', value: 97, threshold: 95 }
    expect(applyTransition(acknowledged, escalated)).toEqual(critical)
  })

  test('keeps an acknowledgement given at critical when another evaluator escalates it later', () => {
    const critical = { ...acknowledged, severity: 'critical', value: 97, threshold: 95 } as const
    expect(applyTransition(critical, escalated)).toEqual(critical)
  })

  test('keeps its acknowledgement when it eases', () => {
    expect(applyTransition({ ...acknowledged, severity: 'critical' }, eased)).toEqual({
      ...acknowledged,
      value: 80,
      threshold: 85,
      worstValue: 90,
    })
  })

  test('keeps its worst value when it is lowered, until a worse one comes', () => {
    const after = (...transitions: readonly Transition[]): unknown => {
      const { value, worstValue } = transitions.reduce(applyTransition, undefined) ?? {}
      return { value, worstValue }
    }
    expect(after(opened, escalated)).toEqual({ value: 97 })
    expect(after(opened, escalated, eased)).toEqual({ value: 80, worstValue: 97 })
    expect(after(opened, escalated, eased, eased)).toEqual({ value: 80, worstValue: 97 })
    expect(after(opened, escalated, eased, { ...escalated, value: 96 })).toEqual({ value: 96, worstValue: 97 })
    expect(after(opened, escalated, eased, { ...escalated, value: 99 })).toEqual({ value: 99 })
    expect(after(opened, escalated, eased, resolved)).toEqual({ value: 80, worstValue: 97 })
    const least = { ...opened, condition: 'less', value: 3, threshold: 5 } as const
    expect(after(least, { ...eased, value: 20, threshold: 10 })).toEqual({ value: 20, worstValue: 3 })
  })

  test('that continues under a rule with the other condition has no worst value from before', () => {
    const changed = { ...eased, kind: 'rule-changed', condition: 'less', forSeconds: 0, by: 'ada', edits: [] } as const
    expect(applyTransition(alert, { ...changed, condition: 'greater' })).toMatchObject({ value: 80, worstValue: 90 })
    expect(applyTransition(alert, changed)).not.toHaveProperty('worstValue')
  })

  test('ends with the value that cleared it and without its acknowledgement', () => {
    const over = { ...alert, phase: 'resolved', resolvedAt: 6000, resolveReason: 'cleared', resolvedValue: 70 }
    expect(applyTransition(acknowledged, resolved)).toEqual(over)
  })

  test('that a late record clears lasted for no time, not for a negative one', () => {
    expect(applyTransition(alert, { ...resolved, at: 2000 })?.resolvedAt).toBe(3000)
  })

  test('that is resolved no longer changes', () => {
    const over = applyTransition(alert, resolved)
    expect([escalated, eased, resolved, opened].map((t) => applyTransition(over, t))).toEqual([over, over, over, over])
  })
})

test.each<[Transition, object]>([
  [opened, { alertId: head.alertId, kind: 'opened', at: 3000, severity: 'warning', value: 90 }],
  [
    { ...resolved, value: null, reason: 'rule-changed' },
    { alertId: head.alertId, kind: 'resolved', at: 6000 },
  ],
])('a transition is one line of the timeline: %o', (transition, event) => {
  expect(timelineEvent(transition)).toEqual(event)
})

describe('acknowledging', () => {
  test('stores user, time and comment', () => {
    expect(acknowledge(alert, acknowledgement)).toEqual({ ok: true, alert: acknowledged })
  })

  test('twice keeps the first user', () => {
    expect(acknowledge(acknowledged, { by: 'grace', at: 3600, comment: '' })).toEqual({
      ok: false,
      code: 'already-acknowledged',
      message: 'ada has already acknowledged this alert.',
    })
  })

  test('is possible again after the first one expired', () => {
    const until: NodeAlert = { ...alert, acknowledgement: { ...acknowledgement, until: 4000 } }
    expect([3999, 4000].map((now) => isAcknowledged(until, now))).toEqual([true, false])
    expect(acknowledge(until, { by: 'grace', at: 4000, comment: '' })).toMatchObject({
      ok: true,
      alert: { acknowledgement: { by: 'grace' } },
    })
  })

  test('a resolved alert is refused', () => {
    expect(acknowledge({ ...alert, phase: 'resolved' }, acknowledgement)).toMatchObject({ ok: false, code: 'resolved' })
  })
})
