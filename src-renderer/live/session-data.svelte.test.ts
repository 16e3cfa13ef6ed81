import { expect, test, vi } from 'vitest'
import { aSignedIn, aSignedOut, anAction } from '../bridge/builders.ts'
import { answer, FakeBridge } from '../bridge/fake.ts'
import { SessionData } from './session-data.svelte.ts'

const following = (bridge: FakeBridge): SessionData => {
  const session = new SessionData(bridge.api)
  session.follow()
  return session
}

test('before the first answer nothing may be done, and no reason is made up', () => {
  const session = new SessionData(new FakeBridge().api)
  expect([session.may('acknowledge'), session.whyNot('acknowledge')]).toEqual([false, undefined])
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
] as const)('%o: one sentence says what is not offered', ([now, acknowledge, editRules]) => {
  const session = new SessionData(new FakeBridge().api)
  session.now = now
  expect([session.whyNot('acknowledge'), session.whyNot('edit-rules')]).toEqual([acknowledge, editRules])
})

test('a push that comes before the first answer is the newer one', async () => {
  const bridge = new FakeBridge({
    'session.get': () => answer(aSignedOut()),
    'actions.list': () => answer([anAction()]),
  })
  const session = following(bridge)
  bridge.push('session.changed', aSignedIn('admin'))
  bridge.push('actions.changed', [])
  await Promise.resolve()
  await Promise.resolve()
  expect([session.user?.role, session.actions]).toEqual(['admin', []])
})

test('the sign-in page stands at the start and after signing out, and not when a session ends by itself', async () => {
  const bridge = new FakeBridge({ 'session.get': () => answer(aSignedOut()) })
  const session = following(bridge)
  await vi.waitFor(() => expect(session.now?.kind).toBe('signed-out'))
  const seen = [session.signingIn]
  for (const next of [aSignedIn('viewer'), aSignedOut('expired'), aSignedIn('viewer'), aSignedOut('signed-out')]) {
    bridge.push('session.changed', next)
    seen.push(session.signingIn)
  }
  expect(seen).toEqual([false, false, false, false, true])
})

test('what waits and what was not taken are told apart', () => {
  const session = new SessionData(new FakeBridge().api)
  const waiting = anAction()
  const conflict = anAction({ id: crypto.randomUUID(), state: 'conflict' })
  session.actions = [waiting, conflict]
  const { does } = waiting
  expect([session.waiting, session.untaken]).toEqual([[waiting], [conflict]])
  expect(session.waitingAcknowledgement(does.kind === 'acknowledge' ? does.alertId : '')).toEqual(waiting)
})

test('dismissing takes it off the list', async () => {
  const bridge = new FakeBridge({ 'actions.dismiss': () => answer({}) })
  const session = new SessionData(bridge.api)
  const action = anAction({ state: 'refused' })
  session.actions = [action]
  await session.dismiss(action.id)
  expect([session.actions, bridge.asked]).toEqual([[], [{ call: 'actions.dismiss', request: { id: action.id } }]])
})
