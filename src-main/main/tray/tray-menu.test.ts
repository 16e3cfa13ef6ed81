import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { Health } from '#shared/health/health.ts'
import { trayMenu } from './tray-menu.ts'

const clock = { now: 100_000, offsetMinutes: 0, clearLevelOf: () => 75 }
const live: Health = { kind: 'live', behindMs: 300 }

/** A warning of the node with this number; higher numbers opened later. */
const onNode = (number: number, over: Partial<Alert> = {}): Alert =>
  anAlert({ id: `id-${number}`, nodeId: `node-${number}`, severity: 'warning', openedAt: number, ...over })
const alertsIn = (alerts: readonly Alert[], health = live): string[] =>
  trayMenu(health, alerts, clock).flatMap((item) => (item.kind === 'alert' ? [item.alertId] : []))
const textsIn = (health: Health, alerts: readonly Alert[] = []): string[] =>
  trayMenu(health, alerts, clock).flatMap((item) => (item.kind === 'text' ? [item.label] : []))

test('the three worst alerts can be opened: critical, not yet acknowledged, newest first', () => {
  const acknowledgement = { by: 'ada', at: 0, comment: '' }
  const alerts = [
    onNode(1),
    onNode(2),
    onNode(3, { severity: 'critical', acknowledgement }),
    onNode(4, { severity: 'critical' }),
    onNode(5),
  ]
  expect(alertsIn(alerts)).toEqual(['id-4', 'id-3', 'id-5'])
  expect(textsIn(live, alerts)).toEqual(['2 more alerts', 'Live'])
})

test('the shape shows the severity, not the color', () => {
  const labels = trayMenu(live, [onNode(1), onNode(2, { severity: 'critical' })], clock).flatMap((item) =>
    item.kind === 'alert' ? [item.label.slice(0, 8)] : [],
  )
  expect(labels).toEqual(['■ node-2', '▲ node-1'])
})

test('a lowered alert says when it resolves', () => {
  const [, , item] = trayMenu(live, [onNode(1, { threshold: 85, value: 82.9 })], clock)
  expect(item).toMatchObject({ label: '▲ node-1 CPU 82.9\u202f%, clears below 75\u202f%' })
})

test('"No alerts" is shown only while live', () => {
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
