import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { initialSignInState, nextSignInState } from './sign-in-state.ts'
import type { SignInEvent, SignInState } from './sign-in-state.ts'

const url = 'http://backend'
const ada = { username: 'ada', role: 'operator' } as const
const asAda: SignInState = { kind: 'signed-in', user: ada }

describe('a start', () => {
  test('continues the state of the last run', () => {
    expect([
      initialSignInState({}, url),
      initialSignInState({ backendUrl: url, user: ada }, url),
      initialSignInState({ backendUrl: url, ended: 'disabled' }, url),
    ]).toEqual([{ kind: 'signed-out', reason: 'never' }, asAda, { kind: 'signed-out', reason: 'disabled' }])
  })

  test('with another backend is signed out', () => {
    expect(initialSignInState({ backendUrl: 'http://other', user: ada }, url)).toEqual({
      kind: 'signed-out',
      reason: 'never',
    })
  })
})

test.each<[SignInEvent, SignInState]>([
  [{ kind: 'signed-out' }, { kind: 'signed-out', reason: 'signed-out' }],
  [
    { kind: 'refused', code: 'session_ended' },
    { kind: 'signed-out', reason: 'expired' },
  ],
  [
    { kind: 'refused', code: 'account_disabled' },
    { kind: 'signed-out', reason: 'disabled' },
  ],
  [{ kind: 'lost' }, { kind: 'signed-out', reason: 'expired' }],
  [
    { kind: 'identified', user: { ...ada, role: 'viewer' } },
    { kind: 'signed-in', user: { ...ada, role: 'viewer' } },
  ],
])('signed in, then %j', (event, state) => {
  expect(nextSignInState(asAda, event)).toEqual(state)
})

const locked: SignInState = { kind: 'locked', user: ada }

test.each<[SignInEvent, SignInState]>([
  [{ kind: 'restored' }, asAda],
  [{ kind: 'lost' }, { kind: 'signed-out', reason: 'expired' }],
  [{ kind: 'signed-out' }, { kind: 'signed-out', reason: 'signed-out' }],
  [
    { kind: 'signed-in', user: { username: 'bob', role: 'viewer' } },
    { kind: 'signed-in', user: { username: 'bob', role: 'viewer' } },
  ],
])('while the keychain does not answer, then %j', (event, state) => {
  expect(nextSignInState(asAda, { kind: 'unanswered' })).toEqual(locked)
  expect(nextSignInState(locked, event)).toEqual(state)
})

test('when signed out, only a sign-in changes the state, and the reason stays', () => {
  const out: SignInState = { kind: 'signed-out', reason: 'disabled' }
  const late = fc.constantFrom<SignInEvent>(
    { kind: 'identified', user: ada },
    { kind: 'lost' },
    { kind: 'unanswered' },
    { kind: 'restored' },
    { kind: 'signed-out' },
    { kind: 'refused', code: 'session_ended' },
  )
  fc.assert(
    fc.property(fc.array(late), (events) => {
      expect(events.reduce(nextSignInState, out)).toEqual(out)
    }),
  )
  expect(nextSignInState(out, { kind: 'signed-in', user: ada })).toEqual(asAda)
})
