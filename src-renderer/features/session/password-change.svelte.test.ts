import { expect, test } from 'vitest'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { PasswordChange } from './password-change.svelte.ts'

const typed = { current: 'old password', next: 'a longer password', again: 'a longer password' }

test('sends a password that was typed twice, and no password stays in the page', async () => {
  const bridge = new FakeBridge({ 'session.changePassword': () => okReply({}) })
  const change = new PasswordChange(bridge.api)
  change.start()
  change.set(typed)
  await change.submit()
  expect(bridge.requests).toEqual([
    {
      call: 'session.changePassword',
      request: { current_password: 'old password', new_password: 'a longer password' },
    },
  ])
  expect([change.done, change.fields]).toEqual([true, { current: '', next: '', again: '' }])
})

test.for([
  [{ current: '' }, { current: 'Enter your current password.' }],
  [{ again: 'a longer passwort' }, { again: 'The passwords do not match.' }],
  [{ next: 'old password', again: 'old password' }, { next: 'Choose a password that differs from the current one.' }],
] as const)('%o is shown next to its field, and nothing is sent', async ([fields, problems]) => {
  const bridge = new FakeBridge()
  const change = new PasswordChange(bridge.api)
  change.set({ ...typed, ...fields })
  await change.submit()
  expect([change.problems, bridge.requests]).toEqual([problems, []])
})

test('shows a refusal of the backend and keeps the fields', async () => {
  const sentence = 'The password needs at least 12 characters.'
  const change = new PasswordChange(
    new FakeBridge({ 'session.changePassword': () => failureReply('bad-request', sentence) }).api,
  )
  change.set(typed)
  await change.submit()
  expect([change.problem?.message, change.fields, change.done]).toEqual([sentence, typed, false])
})
