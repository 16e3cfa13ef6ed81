import { expect, test } from 'vitest'
import { anAccount } from '../../bridge/bridge-builders.ts'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { NewUserForm } from './new-user-form.svelte.ts'

const fields = { username: 'ben', email: 'ben@example.net', password: 'correct horse', role: 'operator' as const }

test('creates an account, and no password stays in the page', async () => {
  const bridge = new FakeBridge({
    'users.create': ({ password: _, ...rest }) => okReply(anAccount({ id: 2, ...rest })),
  })
  const made: string[] = []
  const dialog = new NewUserForm(bridge.api, ({ username }) => made.push(username))
  dialog.start()
  dialog.set(fields)
  await dialog.submit()
  expect(bridge.requests).toEqual([{ call: 'users.create', request: fields }])
  expect([made, dialog.open, dialog.fields.password]).toEqual([['ben'], false, ''])
})

test('shows each problem next to its field after the first attempt', async () => {
  const bridge = new FakeBridge()
  const dialog = new NewUserForm(bridge.api, () => undefined)
  dialog.set({ username: 'ben ben', email: 'ben' })
  expect(dialog.problems).toEqual({})
  await dialog.submit()
  expect([dialog.problems, bridge.requests]).toEqual([
    {
      username: 'Use only letters, digits and . _ @ + -',
      email: 'Enter an email address, such as ben@example.net.',
      password: 'Enter an initial password.',
    },
    [],
  ])
})

test('shows a refusal of the backend until a field changes', async () => {
  const dialog = new NewUserForm(
    new FakeBridge({ 'users.create': () => failureReply('conflict', 'A user named ben already exists.') }).api,
    () => undefined,
  )
  dialog.start()
  dialog.set(fields)
  await dialog.submit()
  expect([dialog.open, dialog.problem?.message]).toEqual([true, 'A user named ben already exists.'])
  dialog.set({ username: 'ben2' })
  expect(dialog.problem).toBeUndefined()
})
