import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import { aSilence } from '#shared/silence/silence-builders.ts'
import { FiringAlerts } from './firing-alerts.ts'

const alertOf = (id: string, phase: Alert['phase'] = 'firing'): Alert => anAlert({ id, phase })
const idsOf = (alerts: FiringAlerts): string[] => alerts.list.map(({ id }) => id)

test('changes add firing alerts and remove resolved ones', () => {
  const alerts = new FiringAlerts(() => 2_000_000)
  alerts.change([alertOf('a'), alertOf('b'), alertOf('c', 'resolved')])
  alerts.change([alertOf('a', 'resolved'), alertOf('d')])
  expect(idsOf(alerts)).toEqual(['b', 'd'])
})

test('a snapshot replaces all alerts', () => {
  const alerts = new FiringAlerts(() => 2_000_000)
  alerts.change([alertOf('a'), alertOf('b')])
  alerts.replace([alertOf('b'), alertOf('c')])
  expect(idsOf(alerts)).toEqual(['b', 'c'])
})

test('knows which alerts are silenced at the time, by the newest list of silences', () => {
  let now = 2_000_000
  const alerts = new FiringAlerts(() => now)
  const silenced = (): boolean[] => ['node-1', 'node-2'].map((nodeId) => alerts.isSilenced(anAlert({ nodeId })))
  expect(silenced()).toEqual([false, false])
  alerts.silence([aSilence()])
  expect(silenced()).toEqual([true, false])
  now = 8_200_000
  expect(silenced()).toEqual([false, false])
  now = 2_000_000
  alerts.silence([])
  expect(silenced()).toEqual([false, false])
})

test('blindness is muted by a silence of its kind, or by an acknowledgement', () => {
  let now = 2_000_000
  const alerts = new FiringAlerts(() => now)
  expect(alerts.isBlindMuted).toBe(false)
  alerts.silence([aSilence({ matchers: [{ name: 'kind', operator: '=', value: 'blind' }] })])
  expect(alerts.isBlindMuted).toBe(true)
  now = 8_200_000
  expect(alerts.isBlindMuted).toBe(false)
  const acknowledgement = { by: 'kim', at: now, comment: '' }
  alerts.change([anOwnAlert({ kind: 'blind', severity: 'critical', acknowledgement })])
  expect(alerts.isBlindMuted).toBe(true)
  alerts.silence([aSilence({ matchers: [{ name: 'severity', operator: '=', value: 'critical' }] })])
  alerts.change([anOwnAlert({ kind: 'blind', severity: 'critical' })])
  expect(alerts.isBlindMuted).toBe(false)
})
