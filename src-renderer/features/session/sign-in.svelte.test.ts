import { expect, test } from 'vitest'
import { aSignedIn } from '../../bridge/bridge-builders.ts'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { PageSession } from '../../live/page-session.svelte.ts'
import { SignInController } from './sign-in.svelte.ts'

const aForm = (bridge: FakeBridge) => {
  const session = new PageSession(bridge.api)
  return { session, form: new SignInController(session) }
}

test('the right password signs in and does not stay in the page', async () => {
  const bridge = new FakeBridge({ 'session.signIn': () => okReply(aSignedIn('operator')) })
  const { session, form } = aForm(bridge)
  form.set({ username: ' anna ', password: ' spaces count ' })
  expect(await form.submit()).toBeUndefined()
  expect(bridge.requests).toEqual([
    { call: 'session.signIn', request: { username: 'anna', password: ' spaces count ' } },
  ])
  expect([session.user?.role, form.password, session.signingIn]).toEqual(['operator', '', false])
})

test('shows a refusal until a field changes, and focuses the password', async () => {
  const { form } = aForm(
    new FakeBridge({ 'session.signIn': () => failureReply('signed-out', 'Wrong username or password.') }),
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

test('shows empty fields as problems and sends nothing', async () => {
  const bridge = new FakeBridge()
  const { form } = aForm(bridge)
  expect(form.problems).toEqual({ username: undefined, password: undefined })
  expect(await form.submit()).toBe('username')
  expect([form.problems, bridge.requests]).toEqual([
    { username: 'Enter your username.', password: 'Enter your password.' },
    [],
  ])
})

test('fills in the sign-in of a demo, and sends it only after Sign in', async () => {
  const demo = { username: 'admin', password: 'admin123' }
  const bridge = new FakeBridge({
    'session.signInInfo': () => okReply({ demo }),
    'session.signIn': () => okReply(aSignedIn('admin')),
  })
  const { form } = aForm(bridge)
  expect(form.demo).toBeUndefined()
  await form.loadDemo()
  expect(form.demo).toEqual(demo)
  form.fillIn()
  expect([form.username, form.password, bridge.requests.length]).toEqual(['admin', 'admin123', 1])
  await form.submit()
  expect(bridge.requests.at(-1)).toEqual({ call: 'session.signIn', request: demo })
})

test.each([
  ['no demo', () => okReply({ demo: null })],
  ['no answer', () => failureReply('unavailable', 'The backend does not answer.')],
])('with %s, nothing is filled in', async (_, reply) => {
  const { form } = aForm(new FakeBridge({ 'session.signInInfo': reply }))
  await form.loadDemo()
  form.fillIn()
  expect([form.demo, form.username, form.password]).toEqual([undefined, '', ''])
})

test('a second Enter during a request sends nothing', async () => {
  const bridge = new FakeBridge({ 'session.signIn': () => okReply(aSignedIn('viewer')) })
  const { form } = aForm(bridge)
  form.set({ username: 'anna', password: 'x' })
  await Promise.all([form.submit(), form.submit()])
  expect(bridge.requests).toHaveLength(1)
})
