import { expect, test } from 'vitest'
import { anAccount, aSignedIn } from '../../bridge/bridge-builders.ts'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { UsersPage } from './users-page.svelte.ts'

const ben = anAccount({ id: 2, username: 'ben', role: 'operator' })
const aDirectory = async (bridge: FakeBridge): Promise<UsersPage> => {
  bridge.replies['users.list'] ??= () => okReply([anAccount(), ben])
  const app = new AppState(bridge.api)
  app.session.now = aSignedIn('admin')
  const users = new UsersPage(app)
  const stop = users.follow()
  await expect.poll(() => users.loaded || users.unavailable !== undefined).toBe(true)
  stop()
  return users
}
const takes = () =>
  new FakeBridge({
    'users.update': ({ change: { role = ben.role, disabled = ben.disabled } }) => okReply({ ...ben, role, disabled }),
  })

test('finds the own account', async () => {
  const users = await aDirectory(new FakeBridge())
  expect(users.accounts.map((account) => users.isSelf(account))).toEqual([true, false])
})

test('changes a role immediately, and does not send the current one', async () => {
  const bridge = takes()
  const users = await aDirectory(bridge)
  users.select('2')
  await users.setRole('operator')
  await users.setRole('viewer')
  expect(bridge.requests.slice(1)).toEqual([{ call: 'users.update', request: { id: 2, change: { role: 'viewer' } } }])
  expect([users.selected?.role, users.done]).toEqual(['viewer', 'ben now has the role viewer.'])
})

test('confirms disabling first, and can enable again', async () => {
  const users = await aDirectory(takes())
  users.select('2')
  users.confirming = true
  await users.disable()
  const after = [users.confirming, users.selected?.disabled]
  await users.enable()
  expect([...after, users.selected?.disabled]).toEqual([false, true, false])
})

test('a new password does not stay in the page', async () => {
  const bridge = takes()
  const users = await aDirectory(bridge)
  users.select('2')
  users.password = 'a longer password'
  await users.setPassword()
  expect(bridge.requests.at(-1)?.request).toEqual({ id: 2, change: { password: 'a longer password' } })
  expect(users.password).toBe('')
})

test('shows a refusal and changes nothing', async () => {
  const users = await aDirectory(
    new FakeBridge({ 'users.update': () => failureReply('conflict', 'The last administrator cannot be disabled.') }),
  )
  users.select('1')
  await users.disable()
  expect([users.problem?.message, users.selected?.disabled, users.done]).toEqual([
    'The last administrator cannot be disabled.',
    false,
    undefined,
  ])
})

test('without the backend, shows the reason instead of a list', async () => {
  const users = await aDirectory(
    new FakeBridge({ 'users.list': () => failureReply('unavailable', 'The backend does not answer.') }),
  )
  expect([users.loaded, users.unavailable?.message]).toEqual([false, 'The backend does not answer.'])
})
