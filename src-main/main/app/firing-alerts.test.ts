import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { FiringAlerts } from './firing-alerts.ts'

const alertOf = (id: string, phase: Alert['phase'] = 'firing'): Alert => anAlert({ id, phase })
const idsOf = (alerts: FiringAlerts): string[] => alerts.list.map(({ id }) => id)

test('changes add firing alerts and remove resolved ones', () => {
  const alerts = new FiringAlerts()
  alerts.change([alertOf('a'), alertOf('b'), alertOf('c', 'resolved')])
  alerts.change([alertOf('a', 'resolved'), alertOf('d')])
  expect(idsOf(alerts)).toEqual(['b', 'd'])
})

test('a snapshot replaces all alerts', () => {
  const alerts = new FiringAlerts()
  alerts.change([alertOf('a'), alertOf('b')])
  alerts.replace([alertOf('b'), alertOf('c')])
  expect(idsOf(alerts)).toEqual(['b', 'c'])
})
