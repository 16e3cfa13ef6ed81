import { aPendingAlert, anAlert } from '#shared/alert/alert-builders.ts'
import { wholeNode } from '#shared/alert/series.ts'
import { expect, test } from 'vitest'
import type { FleetRow } from './fleet.svelte.ts'
import { alertsByNode, noAlerts, nodeState } from './node-severity.ts'
import { statusText } from './node-status.ts'

const now = 10_000_000
const plain = (text: string): string => text.replaceAll('\u202f', ' ')

function aRow(change: Partial<Omit<FleetRow, 'state'>> = {}): FleetRow {
  const row = {
    id: 'node-1',
    name: 'Server-Alpha',
    index: 0,
    freshness: 'fresh' as const,
    lastAt: now - 400,
    alerts: noAlerts,
    pending: [],
    ...change,
  }
  return { ...row, state: nodeState({ ...row, pending: row.pending[0] }) }
}
const alertsOf = (...alerts: Array<Parameters<typeof anAlert>[0]>) =>
  alertsByNode(alerts.map(anAlert), now).get('node-1') ?? noAlerts
const pending = [aPendingAlert({ since: now - 72_000, firesAt: now + 48_000, at: now, receivedAt: now })]

test.each([
  ['OK', {}],
  ['Critical, 3 m 20 s', { alerts: alertsOf({ since: now - 200_000 }) }],
  ['Warning, 22 m', { alerts: alertsOf({ severity: 'warning', since: now - 1_325_000 }) }],
  ['Fires in 48 s', { pending }],
  ['Offline in 19 s', { freshness: 'stale', lastAt: now - 41_000, offlineAt: now + 18_100 }],
  ['Silent, 41 s', { freshness: 'stale', lastAt: now - 41_000 }],
  ['Silent, 1 m', { freshness: 'offline', lastAt: now - 60_000, offlineAt: now }],
  ['No sample yet', { freshness: 'offline', lastAt: null }],
  [
    'Offline, 1 m 30 s',
    { freshness: 'offline', lastAt: now - 90_000, alerts: alertsOf({ kind: 'offline', metric: wholeNode }) },
  ],
] as Array<[string, Partial<FleetRow>]>)('%s', (text, change) => {
  expect(plain(statusText(aRow(change), now, true))).toBe(text)
})

test('while no values arrive, nothing counts down', () => {
  expect(statusText(aRow({ pending }), now, false)).toBe('Pending critical')
  const silent = aRow({ freshness: 'stale', lastAt: now - 41_000, offlineAt: now + 19_000 })
  expect(plain(statusText(silent, now, false))).toBe('Silent, 41 s')
})

test('a critical alert shows its own age, not that of an older warning; inhibited alerts do not count', () => {
  const two = alertsOf(
    { severity: 'warning', since: now - 900_000 },
    { severity: 'critical', metric: 'memory_usage', since: now - 60_000 },
  )
  expect(plain(statusText(aRow({ alerts: two }), now, true))).toBe('Critical, 1 m')
  const offline = alertsOf({ severity: 'critical' }, { kind: 'offline', metric: wholeNode, severity: 'warning' })
  expect([offline.critical, offline.warning, offline.offline]).toEqual([false, true, true])
})

test('a node whose alerts are all silenced has a state of its own, and no color of theirs', () => {
  const alerts =
    alertsByNode([anAlert(), anAlert({ metric: 'memory_usage' })], now, () => true).get('node-1') ?? noAlerts
  const row = aRow({ alerts })
  expect([row.state, plain(statusText(row, now, true)), alerts.byMetric.size]).toEqual([
    'maintenance',
    '2 alerts silenced',
    0,
  ])
  expect(aRow({ alerts, freshness: 'stale' }).state).toBe('unknown')
  expect(aRow({ alerts, pending }).state).toBe('pending-critical')
})

test('an alert beside silenced ones counts', () => {
  const other = anAlert({ severity: 'warning', metric: 'disk_io' })
  const alerts = alertsByNode([anAlert(), other], now, ({ metric }) => metric !== 'disk_io').get('node-1') ?? noAlerts
  expect([aRow({ alerts }).state, alerts.silenced]).toEqual(['warning', 1])
})
