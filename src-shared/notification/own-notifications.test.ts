import { expect, test } from 'vitest'
import { anAlert, anOwnAlert, noneSilenced } from '../alert/alert-builders.ts'
import type { Alert } from '../alert/alert.ts'
import { disturbanceAllowed } from '../do-not-disturb/do-not-disturb.ts'
import { initialSettings } from '../settings/app-settings.ts'
import type { PlanFacts } from './notification-plan.ts'
import { planNotifications } from './plan-notifications.ts'
import { planSettings } from './plan-settings.ts'
import { initialPlannerState } from './planner-state.ts'

const now = 1_764_000_000_000
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')

function titles(alerts: readonly Alert[], change: Pick<Partial<PlanFacts>, 'health' | 'isSilenced'> = {}): string[] {
  const { plan } = planNotifications(initialPlannerState(now), {
    now,
    health: { kind: 'catching-up', lagMessages: 9, behindMs: 130_000 },
    settings: planSettings({
      ...initialSettings,
      'notifications.nodes': 'mine',
      'notifications.myNodes': [{ kind: 'node', nodeId: 'web-1' }],
    }),
    queued: alerts.map((alert) => ({ alert, transition: 'opened', wasShown: false })),
    firing: alerts,
    isSilenced: noneSilenced,
    isUnseen: () => true,
    doNotDisturb: disturbanceAllowed,
    hidden: undefined,
    newestOf: () => undefined,
    clearLevelOf: () => undefined,
    timeOf: () => '12:02:09',
    ...change,
  })
  return plan.show.map(({ title }) => plain(title))
}

const lag = anOwnAlert({ severity: 'critical', value: 130, threshold: 120, forSeconds: 0 })

test('a console that reads too slowly says so, although it is not live; alerts of nodes wait', () => {
  expect(titles([lag, anAlert()])).toEqual(['[CRITICAL] Reading lags 2 m 10 s behind Kafka > 2 m'])
})

test('it is about every operator, whatever their nodes are', () => {
  expect(titles([lag], { health: { kind: 'live', behindMs: 0 } })).toHaveLength(1)
})

test('what is silenced or for information does not pop up', () => {
  expect(titles([lag], { isSilenced: () => true })).toEqual([])
  expect(titles([anOwnAlert({ kind: 'backend', severity: 'info', value: null })])).toEqual([])
})
