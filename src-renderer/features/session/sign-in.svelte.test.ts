import { expect, test } from 'vitest'
import { aSignedIn } from '../../bridge/builders.ts'
import { answer, FakeBridge, refusal } from '../../bridge/fake.ts'
import { SessionData } from '../../live/session-data.svelte.ts'
import { SignIn } from './sign-in.svelte.ts'

const aForm = (bridge: FakeBridge) => {
  const session = new SessionData(bridge.api)
  return { session, form: new SignIn(session) }
}

test('the right password signs in and does not stay in the page', async () => {
  const bridge = new FakeBridge({ 'session.signIn': () => answer(aSignedIn('operator')) })
  const { session, form } = aForm(bridge)
  form.set({ username: ' anna ', password: ' spaces count ' })
  expect(await form.submit()).toBeUndefined()
  expect(bridge.asked).toEqual([{ call: 'session.signIn', request: { username: 'anna', password: ' spaces count ' } }])
  expect([session.user?.role, form.password, session.signingIn]).toEqual(['operator', '', false])
})

test('a refusal is shown until something is typed, and the focus goes to the password', async () => {
  const { form } = aForm(
    new FakeBridge({ 'session.signIn': () => refusal('signed-out', 'Wrong username or password.') }),
  )
  form.set({ username: 'anna', password: 'x' })
  expect([await form.submit(), form.problem?.message, form.password]).toEqual([
    'password',
    'Wrong username or password.',
    'x',
  ])
  form.set({ password: 'y' })
  expect(form.problem).toBeUndefined()
})

test('empty fields are said beside them, and nothing is asked', async () => {
  const bridge = new FakeBridge()
  const { form } = aForm(bridge)
  expect(form.problems).toEqual({ username: undefined, password: undefined })
  expect(await form.submit()).toBe('username')
  expect([form.problems, bridge.asked]).toEqual([
    { username: 'Enter your username.', password: 'Enter your password.' },
    [],
  ])
})

test('a second Enter while the first is on its way asks once', async () => {
  const bridge = new FakeBridge({ 'session.signIn': () => answer(aSignedIn('viewer')) })
  const { form } = aForm(bridge)
  form.set({ username: 'anna', password: 'x' })
  await Promise.all([form.submit(), form.submit()])
  expect(bridge.asked).toHaveLength(1)
})
