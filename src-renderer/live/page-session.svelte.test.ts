import { actionQueueOf } from '#shared/ipc/action-queue.ts'
import { expect, test } from 'vitest'
import { aSignedIn, aSignedOut, anAction } from '../bridge/bridge-builders.ts'
import { okReply, FakeBridge } from '../bridge/fake-bridge.ts'
import { PageSession } from './page-session.svelte.ts'

const following = (bridge: FakeBridge): PageSession => {
  const session = new PageSession(bridge.api)
  session.follow()
  return session
}

test('before the first reply, nothing is permitted and no reason is given', () => {
  const session = new PageSession(new FakeBridge().api)
  expect([session.may('acknowledge'), session.denialReason('acknowledge')]).toEqual([false, undefined])
})

test.for([
  [
    aSignedIn('viewer'),
    'Your role (viewer) cannot acknowledge alerts.',
    'Your role (viewer) cannot change thresholds.',
  ],
  [aSignedIn('operator'), undefined, 'Your role (operator) cannot change thresholds.'],
  [aSignedIn('admin'), undefined, undefined],
  [aSignedOut(), 'Sign in to acknowledge alerts.', 'Sign in to change thresholds.'],
  [{ kind: 'standalone' as const }, undefined, undefined],
] as const)('%o: one sentence names the missing permission', ([now, acknowledge, editRules]) => {
  const session = new PageSession(new FakeBridge().api)
  session.now = now
  expect([session.denialReason('acknowledge'), session.denialReason('edit-rules')]).toEqual([acknowledge, editRules])
})

test('a push before the first reply is the newer state', async () => {
  const bridge = new FakeBridge({
    'session.get': () => okReply(aSignedOut()),
    'actions.list': () => okReply(actionQueueOf([anAction()])),
  })
  const session = following(bridge)
  bridge.push('session.changed', aSignedIn('admin'))
  bridge.push('actions.changed', actionQueueOf([]))
  await Promise.resolve()
  await Promise.resolve()
  expect([session.user?.role, session.actions]).toEqual(['admin', []])
})

test('the sign-in page opens after signing out, and not when a session expires', async () => {
  const bridge = new FakeBridge({ 'session.get': () => okReply(aSignedOut()) })
  const session = following(bridge)
  await expect.poll(() => session.now?.kind).toBe('signed-out')
  const seen = [session.signingIn]
  for (const next of [aSignedIn('viewer'), aSignedOut('expired'), aSignedIn('viewer'), aSignedOut('signed-out')]) {
    bridge.push('session.changed', next)
    seen.push(session.signingIn)
  }
  expect(seen).toEqual([false, false, false, false, true])
})

test('separates queued actions from those not accepted', () => {
  const session = new PageSession(new FakeBridge().api)
  const waiting = anAction()
  const conflict = anAction({ id: crypto.randomUUID(), state: 'conflict' })
  session.actions = [waiting, conflict]
  expect([session.waiting, session.notAccepted]).toEqual([[waiting], [conflict]])
})

test('of a queue of thousands, the first of each kind are listed, and all are counted', () => {
  const bridge = new FakeBridge()
  const session = following(bridge)
  const [now, first] = [5_000_000, anAction().at]
  const alerts = Array.from({ length: 3_000 }, (_, i) => anAction({ id: crypto.randomUUID(), at: first + i }))
  const refused = alerts
    .slice(0, 700)
    .map((action) => ({ ...action, id: crypto.randomUUID(), state: 'refused' as const }))
  const ofNode = anAction({ id: crypto.randomUUID(), change: { kind: 'forget-node', nodeId: 'node-1' } })
  bridge.push('actions.changed', actionQueueOf([...alerts, ...refused, ofNode]))
  expect(session.waiting).toEqual([...alerts.slice(0, 500), ofNode])
  expect(session.notAccepted).toEqual(refused.slice(0, 500))
  expect([session.waitingCount, session.notAcceptedCount]).toEqual([3_001, 700])
  expect(session.unsentCount(first + now)).toBe(3_001)
})

test('dismissing removes an action from the list', async () => {
  const bridge = new FakeBridge({ 'actions.dismiss': () => okReply({}) })
  const session = new PageSession(bridge.api)
  const action = anAction({ state: 'refused' })
  session.actions = [action]
  await session.dismiss(action.id)
  expect([session.actions, bridge.requests]).toEqual([[], [{ call: 'actions.dismiss', request: { id: action.id } }]])
})
