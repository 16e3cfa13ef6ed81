import { expect, test } from 'vitest'
import { aConnection, anItem, aView } from '../../bridge/connection-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { ConnectionDrafts, newConnection } from './connection-drafts.svelte.ts'
import { newConnectionForm } from './connection-form.ts'
import { ConnectionsPage } from './connections-page.svelte.ts'

const production = anItem({}, { inUse: true })
const staging = anItem({ id: 'staging', name: 'Staging' })

function aPage(replies: FakeBridge['replies'] = {}, drafts = new ConnectionDrafts()) {
  const bridge = new FakeBridge(replies)
  const app = new AppState(bridge.api)
  app.connections.take(aView([production, staging]))
  const page = new ConnectionsPage(app, drafts)
  page.takeList()
  return { bridge, app, page, drafts }
}

test('opens with the connection in use', () => {
  const { page } = aPage()
  expect([page.editor.id, page.canRemove, page.unsavedIds]).toEqual(['production', false, []])
})

test('switches, and takes the new list', async () => {
  const { page, app } = aPage({
    'connections.use': () =>
      okReply(
        aView([
          { ...production, inUse: false },
          { ...staging, inUse: true },
        ]),
      ),
  })
  await page.use('staging')
  expect([app.connections.inUse?.connection.id, page.switching]).toEqual(['staging', undefined])
})

test('a switch that is refused says why', async () => {
  const { page } = aPage({ 'connections.use': () => failureReply('conflict', '--profile has chosen Production.') })
  await page.use('staging')
  expect([page.problem?.message, page.switching]).toEqual(['--profile has chosen Production.', undefined])
})

test('removes only what is saved and not in use, and shows the one in use then', async () => {
  const { page, bridge } = aPage({ 'connections.remove': () => okReply(aView([production])) })
  await page.remove()
  expect(bridge.requests).toEqual([])
  page.select('staging')
  expect(page.canRemove).toBe(true)
  await page.remove()
  expect([bridge.requests.at(-1)?.request, page.editor.id]).toEqual([{ id: 'staging' }, 'production'])
})

test('an invitation is a link to copy or a file to save', async () => {
  const { page } = aPage({
    'connections.invite': () => okReply({ link: 'remo://connect?brokers=a' }),
    'connections.saveInvitation': () => okReply({ saved: true, path: '/home/anna/Production.remo' }),
  })
  await page.invite()
  await page.saveInvitation()
  expect([page.invited, page.savedTo]).toEqual([
    { name: 'Production', link: 'remo://connect?brokers=a' },
    '/home/anna/Production.remo',
  ])
})

test('an invitation opens as a new connection, and nothing is saved', () => {
  const { page, bridge } = aPage()
  const { id: _, ...invitation } = aConnection({ name: 'Lab' })
  page.add()
  page.editor.set({ name: 'half typed' })
  page.take(invitation)
  expect([page.editor.form.name, page.isUnsaved(page.editor.id)]).toEqual(['Lab', true])
  page.select(newConnection)
  expect([page.editor.form.name, page.unsavedIds.length]).toEqual(['half typed', 2])
  expect(bridge.requests).toEqual([])
})

test('shows what another part of the window offers, at the start and later', () => {
  const drafts = new ConnectionDrafts()
  drafts.offer({ ...newConnectionForm, brokers: 'typed:9092' })
  const { page } = aPage({}, drafts)
  expect(page.editor.form.brokers).toBe('typed:9092')
  drafts.offer({ ...newConnectionForm, brokers: 'other:9092' })
  page.takeList()
  expect(page.editor.form.brokers).toBe('other:9092')
})

test('a new connection that is not saved outlives the page, also behind the connection in use', () => {
  const { page, drafts } = aPage()
  const leave = page.follow()
  page.add()
  page.editor.set({ name: 'Lab' })
  leave()
  const { page: next } = aPage({}, drafts)
  expect([next.editor.id, next.unsavedIds]).toEqual(['production', [newConnection]])
  next.add()
  expect(next.editor.form.name).toBe('Lab')
})

test('an untouched form that closes does not replace what was offered', () => {
  const { page, drafts } = aPage()
  const leave = page.follow()
  page.add()
  drafts.offer({ ...newConnectionForm, name: 'Invited' })
  leave()
  expect(aPage({}, drafts).page.editor.form.name).toBe('Invited')
})

test('a form without edits follows the file; one with edits stays', () => {
  const { page, app } = aPage()
  app.connections.take(aView([anItem({ topics: '^other-' }, { inUse: true }), staging]))
  page.takeList()
  expect(page.editor.form.topics).toBe('^other-')
  page.editor.set({ topics: '^mine-' })
  app.connections.take(aView([production, staging]))
  page.takeList()
  expect(page.editor.form.topics).toBe('^mine-')
})

test('a connection that was removed elsewhere gives way to the one in use', () => {
  const { page, app } = aPage()
  page.select('staging')
  app.connections.take(aView([production]))
  page.takeList()
  expect(page.editor.id).toBe('production')
})

test('a test that another part of the window wants is one of the connection in use, once', () => {
  const { page, drafts } = aPage()
  page.select('staging')
  expect(page.takeList()).toBe(false)
  drafts.wantsTest = true
  expect([page.takeList(), page.editor.id, page.takeList()]).toEqual([true, 'production', false])
})

test('the demo has nothing to test', () => {
  const drafts = new ConnectionDrafts()
  drafts.wantsTest = true
  const app = new AppState(new FakeBridge().api)
  app.connections.take(aView([anItem({}, { inUse: true, origin: 'demo' })]))
  const page = new ConnectionsPage(app, drafts)
  expect([page.takeList(), drafts.wantsTest]).toEqual([false, false])
})
