import { expect, onTestFinished, test } from 'vitest'
import { anItem, aView } from '../../bridge/connection-builders.ts'
import { FakeBridge, failureReply, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { BackendFacts } from './backend-facts.svelte.ts'

function aBackend(item = anItem({ backendUrl: 'http://team:8000', team: 'ops' }, { inUse: true })) {
  const bridge = new FakeBridge({})
  const app = new AppState(bridge.api)
  onTestFinished(app.follow())
  app.connections.take(aView([anItem({ id: 'other' }), item]))
  return { bridge, backend: new BackendFacts(app) }
}

test('address and team are of the connection in use, and say where they are from', () => {
  const { backend } = aBackend()
  expect([backend.address, backend.team]).toEqual(['http://team:8000', 'ops'])
  expect(backend.source('team')).toEqual({ kind: 'file' })
  const fixed = { backendUrl: 'REMO_BACKEND_URL', team: '--team' }
  const { backend: byStart } = aBackend(anItem({ backendUrl: 'http://team:8000' }, { inUse: true, fixed }))
  expect(byStart.source('backendUrl')).toEqual({ kind: 'variable', name: 'REMO_BACKEND_URL' })
  expect(byStart.source('team')).toEqual({ kind: 'flag', name: '--team' })
  expect(aBackend(anItem({}, { inUse: true })).backend.source('backendUrl')).toEqual({ kind: 'default' })
})

test('a check says what the backend answered', async () => {
  const { bridge, backend } = aBackend()
  bridge.replies['backend.check'] = () => okReply({ reachable: true, ms: 12 })
  await backend.check()
  expect(backend.checked).toEqual({ ok: true, text: 'It answered after 12\u202fms.' })
  bridge.replies['backend.check'] = () => okReply({ reachable: false, ms: 5000, detail: 'Nothing is listening there.' })
  await backend.check()
  expect(backend.checked).toEqual({ ok: false, text: 'Not reachable. Nothing is listening there.' })
  bridge.replies['backend.check'] = () => failureReply('unavailable', 'This connection has no backend.')
  await backend.check()
  expect([backend.checked, backend.checking]).toEqual([{ ok: false, text: 'This connection has no backend.' }, false])
})
