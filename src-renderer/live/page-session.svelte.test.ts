import { expect, test, vi } from 'vitest'
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
    'actions.list': () => okReply([anAction()]),
  })
  const session = following(bridge)
  bridge.push('session.changed', aSignedIn('admin'))
  bridge.push('actions.changed', [])
  await Promise.resolve()
  await Promise.resolve()
  expect([session.user?.role, session.actions]).toEqual(['admin', []])
})

test('the sign-in page opens after signing out, and not when a session expires', async () => {
  const bridge = new FakeBridge({ 'session.get': () => okReply(aSignedOut()) })
  const session = following(bridge)
  await vi.waitFor(() => expect(session.now?.kind).toBe('signed-out'))
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
  const { change } = waiting
  expect([session.waiting, session.notAccepted]).toEqual([[waiting], [conflict]])
  expect(session.queuedAcknowledgement(change.kind === 'acknowledge' ? change.alertId : '')).toEqual(waiting)
})

test('dismissing removes an action from the list', async () => {
  const bridge = new FakeBridge({ 'actions.dismiss': () => okReply({}) })
  const session = new PageSession(bridge.api)
  const action = anAction({ state: 'refused' })
  session.actions = [action]
  await session.dismiss(action.id)
  expect([session.actions, bridge.requests]).toEqual([[], [{ call: 'actions.dismiss', request: { id: action.id } }]])
})
