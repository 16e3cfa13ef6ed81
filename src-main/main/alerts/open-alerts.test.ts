import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { OpenAlerts } from './open-alerts.ts'

const anAlert = (id: string, phase: Alert['phase'] = 'firing'): Alert => ({
  id,
  kind: 'value',
  ruleId: 'rule',
  ruleVersion: 1,
  nodeId: 'node-1',
  nodeName: 'node-1',
  metric: 'cpu_usage',
  severity: 'critical',
  phase,
  condition: 'greater',
  threshold: 95,
  forSeconds: 0,
  since: 0,
  openedAt: 0,
  value: 97,
  provisional: false,
})
const idsOf = (alerts: OpenAlerts): string[] => alerts.list.map(({ id }) => id)

test('changes add what fires and take away what resolved', () => {
  const alerts = new OpenAlerts()
  alerts.change([anAlert('a'), anAlert('b'), anAlert('c', 'resolved')])
  alerts.change([anAlert('a', 'resolved'), anAlert('d')])
  expect(idsOf(alerts)).toEqual(['b', 'd'])
})

test('a snapshot forgets what it does not hold', () => {
  const alerts = new OpenAlerts()
  alerts.change([anAlert('a'), anAlert('b')])
  alerts.replace([anAlert('b'), anAlert('c')])
  expect(idsOf(alerts)).toEqual(['b', 'c'])
})
