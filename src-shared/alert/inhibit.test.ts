import { expect, test } from 'vitest'
import { anId } from '../rule/rule-builders.ts'
import { anAlert, noneSilenced } from './alert-builders.ts'
import { countedAlerts, isInhibited, offlineNodes, silencedAlerts } from './inhibit.ts'

const offline = anAlert({ id: anId(1), kind: 'offline', metric: '', value: null, threshold: 60 })
const value = anAlert({ id: anId(2) })
const noData = anAlert({ id: anId(3), kind: 'no-data', metric: 'memory_usage', value: null })
const other = anAlert({ id: anId(4), nodeId: 'node-2' })
const counted = (...alerts: ReturnType<typeof anAlert>[]): string[] =>
  countedAlerts(alerts, noneSilenced).map(({ id }) => id)

test('while a node is offline, its offline alert alone counts', () => {
  expect(counted(value, noData, other, offline)).toEqual([other.id, offline.id])
  expect([value, noData, other, offline].filter((alert) => isInhibited(alert, offlineNodes([offline])))).toEqual([
    value,
    noData,
  ])
})

test('on return its alerts count again', () => {
  expect(counted(value, noData, { ...offline, phase: 'resolved' })).toEqual([value.id, noData.id])
})

test('an acknowledged offline alert inhibits as well, because the node still sends nothing', () => {
  const acknowledged = { ...offline, acknowledgement: { by: 'anna', at: 0, comment: '' } }
  expect(counted(value, acknowledged)).toEqual([offline.id])
})

test('resolved alerts neither count nor are inhibited', () => {
  const resolved = anAlert({ phase: 'resolved', resolvedAt: 5 })
  expect([counted(resolved), isInhibited(resolved, new Set(['node-1']))]).toEqual([[], false])
})

test('silenced alerts do not count; a silenced offline alert still inhibits those of its node', () => {
  const isSilenced = ({ kind }: { readonly kind: string }): boolean => kind === 'offline'
  const alerts = [value, noData, other, offline]
  expect(countedAlerts(alerts, isSilenced)).toEqual([other])
  expect(silencedAlerts(alerts, isSilenced)).toEqual([offline])
  expect(silencedAlerts([{ ...offline, phase: 'resolved' }], isSilenced)).toEqual([])
})
