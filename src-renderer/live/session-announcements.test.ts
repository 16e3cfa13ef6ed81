import { expect, test } from 'vitest'
import { actionQueueOf } from '#shared/ipc/action-queue.ts'
import { aSignedIn, aSignedOut, anAction } from '../bridge/bridge-builders.ts'
import { FakeBridge } from '../bridge/fake-bridge.ts'
import { announceSession } from './session-announcements.ts'

test('announces an unreachable and a reachable backend and the end of a session once each', () => {
  const bridge = new FakeBridge()
  const said: string[] = []
  announceSession(bridge.api, (sentence) => said.push(sentence))
  const unreachable = { reachable: false, since: 2_000_000 }
  bridge.push('session.changed', aSignedIn('operator'))
  bridge.push('session.changed', aSignedIn('operator', { link: unreachable }))
  bridge.push('session.changed', aSignedIn('operator', { link: { ...unreachable, detail: 'connect ECONNREFUSED' } }))
  bridge.push('session.changed', aSignedIn('operator'))
  bridge.push('session.changed', aSignedOut('expired'))
  bridge.push('session.changed', aSignedOut('expired'))
  expect(said).toEqual([
    'The backend is unreachable. Metrics and alerts continue.',
    'The backend is reachable again.',
    'Your session has ended.',
  ])
})

test('announces a change that was not accepted with its reason, and no queued change', () => {
  const bridge = new FakeBridge()
  const said: string[] = []
  announceSession(bridge.api, (sentence) => said.push(sentence))
  const conflict = anAction({ state: 'conflict', problem: 'Ben has already acknowledged this alert.' })
  bridge.push('actions.changed', actionQueueOf([anAction()]))
  bridge.push('actions.changed', actionQueueOf([conflict]))
  bridge.push('actions.changed', actionQueueOf([conflict]))
  expect(said).toEqual(['Ben has already acknowledged this alert.'])
})
