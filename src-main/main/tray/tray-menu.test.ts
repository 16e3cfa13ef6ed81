import { describe, expect, test } from 'vitest'
import { type Alert, type NodeAlert } from '#shared/alert/alert.ts'
import { anAlert, noneSilenced } from '#shared/alert/alert-builders.ts'
import type { ActivePause } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { Health } from '#shared/health/health.ts'
import { trayMenu } from './tray-menu.ts'

const pause = { active: undefined, offsetAt: () => 0 }
const clock = { now: 100_000, offsetMinutes: 0, clearLevelOf: () => 75, pause }
const live: Health = { kind: 'live', behindMs: 300 }
const nothingElse = { isSilenced: noneSilenced, pending: 0, silentNodes: 0 }

/** A warning of the node with this number; higher numbers opened later. */
const onNode = (number: number, over: Partial<NodeAlert> = {}): NodeAlert =>
  anAlert({ id: `id-${number}`, nodeId: `node-${number}`, severity: 'warning', openedAt: number, ...over })
const alertsIn = (alerts: readonly NodeAlert[], health = live): string[] =>
  trayMenu({ health, alerts, ...nothingElse }, clock).flatMap((item) => (item.kind === 'alert' ? [item.alertId] : []))
const textsIn = (health: Health, alerts: readonly NodeAlert[] = []): string[] =>
  trayMenu({ health, alerts, ...nothingElse }, clock).flatMap((item) => (item.kind === 'text' ? [item.label] : []))

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
  const labels = trayMenu(
    { health: live, alerts: [onNode(1), onNode(2, { severity: 'critical' })], ...nothingElse },
    clock,
  ).flatMap((item) => (item.kind === 'alert' ? [item.label.slice(0, 8)] : []))
  expect(labels).toEqual(['■ node-2', '▲ node-1'])
})

test('a lowered alert says when it resolves', () => {
  const [, , item] = trayMenu(
    { health: live, alerts: [onNode(1, { threshold: 85, value: 82.9 })], ...nothingElse },
    clock,
  )
  expect(item).toMatchObject({ label: '▲ node-1 CPU 82.9\u202f%, clears below 75\u202f%' })
})

test('"No alerts" is shown only while live', () => {
  expect([
    textsIn(live),
    textsIn({ kind: 'blind', since: 0, cause: 'disconnected', detail: 'x' }),
    textsIn({ kind: 'catching-up', lagMessages: 9, behindMs: 9000 }),
  ]).toEqual([['No alerts', 'Live'], ['Not connected since 00:00:00'], ['Catching up']])
})

test('what is pending and silent is counted, and "No alerts" is not claimed beside it', () => {
  const facts = { health: live, alerts: [], isSilenced: noneSilenced, pending: 1, silentNodes: 2 }
  const texts = trayMenu(facts, clock).flatMap((item) => (item.kind === 'text' ? [item.label] : []))
  expect(texts).toEqual(['1 pending, 2 nodes silent', 'Live'])
})

test('the alerts of an offline node are not listed beside its offline alert', () => {
  const offline = onNode(7, { kind: 'offline', metric: '', value: null })
  expect(alertsIn([offline, onNode(8), onNode(9, { nodeId: 'node-7', severity: 'critical' })])).toEqual([
    'id-8',
    'id-7',
  ])
})

test('silenced alerts are counted and not listed', () => {
  const facts = {
    health: live,
    alerts: [onNode(1), onNode(2, { severity: 'critical' })],
    ...nothingElse,
    isSilenced: ({ nodeId }: Alert) => nodeId === 'node-2',
  }
  const labels = (of: typeof facts): string[] =>
    trayMenu(of, clock).flatMap((item) =>
      item.kind === 'alert' || item.kind === 'text' ? [item.label.slice(0, 10)] : [],
    )
  expect(labels(facts)).toEqual(['▲ node-1 C', '1 silenced', 'Live'])
  expect(labels({ ...facts, isSilenced: () => true })).toEqual(['2 silenced', 'Live'])
})

test('open, do not disturb and quit are always there', () => {
  expect(
    trayMenu({ health: { kind: 'empty', pattern: '^metrics-' }, alerts: [], ...nothingElse }, clock).map(
      ({ kind }) => kind,
    ),
  ).toEqual(['open', 'line', 'line', 'text', 'line', 'heading', 'pause', 'pause', 'pause', 'pause', 'line', 'quit'])
})

describe('do not disturb', () => {
  const noon = Date.UTC(2026, 10, 24, 12, 4)
  const minutes = 60_000
  const itemsWith = (active: ActivePause | undefined) =>
    trayMenu(
      { health: live, alerts: [], ...nothingElse },
      { ...clock, now: noon, pause: { active, offsetAt: () => 60 } },
    )
  const linesWith = (active: ActivePause | undefined): string[] =>
    itemsWith(active).flatMap((item) =>
      item.kind === 'heading' || item.kind === 'pause'
        ? [`${item.kind === 'pause' && item.isChosen ? '✓ ' : ''}${item.label.replaceAll('\u202f', ' ')}`]
        : [],
    )

  test('off: the choices', () => {
    expect(linesWith(undefined)).toEqual(['Do not disturb', '15 m', '1 h', '4 h', 'Until 08:00'])
  })

  test('on: its end, the choice in force, and how to change it', () => {
    const until = noon + 42 * minutes
    expect(linesWith({ until, cause: 'pause', choice: '1h' })).toEqual([
      'Do not disturb: until 13:46',
      '15 m',
      '✓ 1 h, until 13:46',
      '4 h',
      'Until 08:00',
      '15 m more',
      'End now',
    ])
    expect(linesWith({ until: noon + 19 * 60 * minutes, cause: 'quiet-hours' })[0]).toBe(
      'Do not disturb: until tomorrow 08:04',
    )
  })

  test('a minute later it is the same: setting it again would close an open menu', () => {
    const active = { until: noon + 42 * minutes, cause: 'pause', choice: '1h' } as const
    const later = trayMenu(
      { health: live, alerts: [], ...nothingElse },
      { ...clock, now: noon + minutes, pause: { active, offsetAt: () => 60 } },
    )
    expect(later).toEqual(itemsWith(active))
  })
})
