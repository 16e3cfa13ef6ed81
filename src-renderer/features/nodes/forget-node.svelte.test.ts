import { expect, test } from 'vitest'
import { aSignedIn } from '../../bridge/bridge-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { ForgetNode } from './forget-node.svelte.ts'

const node = { id: 'node-3', name: 'Server' }

function aCommand(bridge: FakeBridge, role?: 'viewer' | 'operator' | 'admin') {
  const app = new AppState(bridge.api)
  app.session.now = role ? aSignedIn(role) : { kind: 'standalone' }
  return { app, forget: new ForgetNode(app) }
}

test('asks before anything is sent, and says that the node was forgotten', async () => {
  const bridge = new FakeBridge({ 'nodes.forget': () => okReply({ kind: 'forgotten' }) })
  const { forget } = aCommand(bridge)
  forget.ask(node)
  expect([forget.node, bridge.requests]).toEqual([node, []])
  expect(forget.text).toMatch(/on this console, and its open alerts end.* back by itself when it sends again/)
  await forget.confirm()
  expect(bridge.requests).toEqual([{ call: 'nodes.forget', request: { nodeId: 'node-3' } }])
  expect([forget.node, forget.done]).toEqual([undefined, { ok: true, text: 'node-3 was forgotten.' }])
})

test('changes nothing when it is canceled', async () => {
  const bridge = new FakeBridge()
  const { forget } = aCommand(bridge)
  forget.ask(node)
  forget.close()
  await forget.confirm()
  expect(bridge.requests).toEqual([])
})

test('is offered to administrators of a team, and to the user of a console alone', () => {
  const roles = [undefined, 'viewer', 'operator', 'admin'] as const
  const offered = roles.filter((role) => aCommand(new FakeBridge(), role).forget.isOffered)
  expect(offered).toEqual([undefined, 'admin'])
  const { forget } = aCommand(new FakeBridge(), 'operator')
  forget.ask(node)
  expect(forget.node).toBeUndefined()
})

test('says why it failed', async () => {
  const bridge = new FakeBridge({ 'nodes.forget': () => failureReply('not-found', 'Node node-3 not found.') })
  const { forget } = aCommand(bridge, 'admin')
  forget.ask(node)
  await forget.confirm()
  expect(forget.done).toEqual({ ok: false, text: 'node-3 was not forgotten. Node node-3 not found.' })
})

test('is listed as not sent while the backend is unreachable', async () => {
  const change = { kind: 'forget-node', nodeId: 'node-3' } as const
  const action = { id: crypto.randomUUID(), at: 1, user: 'anna', state: 'waiting', change } as const
  const { app, forget } = aCommand(
    new FakeBridge({ 'nodes.forget': () => okReply({ kind: 'queued', action }) }),
    'admin',
  )
  forget.ask(node)
  expect(forget.text).toMatch(/for everyone in the team/)
  await forget.confirm()
  expect([app.session.waiting, forget.done?.text]).toEqual([
    [action],
    'Not sent yet: node-3 is forgotten when the backend answers.',
  ])
})
