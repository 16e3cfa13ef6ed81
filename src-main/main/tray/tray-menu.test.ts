import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import type { Health } from '#shared/health/health.ts'
import { trayMenu } from './tray-menu.ts'

const clock = { now: 100_000, offsetMinutes: 0 }
const live: Health = { kind: 'live', behindMs: 300 }

const anAlert = (number: number, over: Partial<Alert> = {}): Alert => ({
  id: `id-${number}`,
  kind: 'value',
  ruleId: 'rule',
  ruleVersion: 1,
  nodeId: `node-${number}`,
  nodeName: `node-${number}`,
  metric: 'cpu_usage',
  severity: 'warning',
  phase: 'firing',
  condition: 'greater',
  threshold: 85,
  forSeconds: 0,
  since: 0,
  openedAt: number,
  value: 90,
  provisional: false,
  ...over,
})
const alertsIn = (alerts: readonly Alert[], health = live): string[] =>
  trayMenu(health, alerts, clock).flatMap((item) => (item.kind === 'alert' ? [item.alertId] : []))
const textsIn = (health: Health, alerts: readonly Alert[] = []): string[] =>
  trayMenu(health, alerts, clock).flatMap((item) => (item.kind === 'text' ? [item.label] : []))

test('the three worst alerts can be opened: critical, not yet acknowledged, newest first', () => {
  const acknowledgement = { by: 'ada', at: 0, comment: '' }
  const alerts = [
    anAlert(1),
    anAlert(2),
    anAlert(3, { severity: 'critical', acknowledgement }),
    anAlert(4, { severity: 'critical' }),
    anAlert(5),
  ]
  expect(alertsIn(alerts)).toEqual(['id-4', 'id-3', 'id-5'])
  expect(textsIn(live, alerts)).toEqual(['2 more', 'Live'])
})

test('severity is told by shape, not by colour', () => {
  const labels = trayMenu(live, [anAlert(1), anAlert(2, { severity: 'critical' })], clock).flatMap((item) =>
    item.kind === 'alert' ? [item.label.slice(0, 8)] : [],
  )
  expect(labels).toEqual(['■ node-2', '▲ node-1'])
})

test('"no alerts" is said only while the console sees', () => {
  expect([
    textsIn(live),
    textsIn({ kind: 'blind', since: 0, cause: 'disconnected', detail: 'x' }),
    textsIn({ kind: 'catching-up', lagMessages: 9, behindMs: 9000 }),
  ]).toEqual([['No alerts', 'Live'], ['Not connected since 00:00:00'], ['Catching up']])
})

test('open and quit are always there', () => {
  expect(trayMenu({ kind: 'empty', pattern: '^metrics-' }, [], clock).map(({ kind }) => kind)).toEqual([
    'open',
    'line',
    'line',
    'text',
    'line',
    'quit',
  ])
})
