import { expect, test, vi } from 'vitest'
import { aConnection } from '../../bridge/connection-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { InvitationReader } from './invitation-reader.svelte.ts'

const draft = aConnection()
const link = 'remo://connect?name=Production'
function aReader(replies: FakeBridge['replies']) {
  const bridge = new FakeBridge(replies)
  const onread = vi.fn()
  return { bridge, onread, reader: new InvitationReader(bridge.api, onread) }
}

test('a pasted link is read at once', async () => {
  const { bridge, onread, reader } = aReader({ 'connections.readInvitation': () => okReply(draft) })
  await reader.paste(` ${link}\n`)
  expect(bridge.requests).toEqual([{ call: 'connections.readInvitation', request: { text: link } }])
  expect([onread.mock.calls, reader.text]).toEqual([[[draft]], ''])
})

test('what is no invitation says so and stays', async () => {
  const { onread, reader } = aReader({
    'connections.readInvitation': () => failureReply('bad-request', 'This is no invitation of ReMo.'),
  })
  await reader.paste('https://example.net')
  expect([reader.problem, reader.text, onread.mock.calls]).toEqual([
    'This is no invitation of ReMo.',
    'https://example.net',
    [],
  ])
  reader.set('')
  await reader.read()
  expect(reader.problem).toBe('Paste the link that your colleague sent. It starts with remo://connect.')
})

test('a dropped file is read, unless it is too large', async () => {
  const { onread, reader } = aReader({ 'connections.readInvitation': () => okReply(draft) })
  await reader.drop({ name: 'movie.remo', size: 900_000_000, text: () => Promise.reject(new Error('not read')) })
  expect([reader.problem, onread.mock.calls]).toEqual(['movie.remo is too large for an invitation.', []])
  await reader.drop({ name: 'prod.remo', size: 400, text: () => Promise.resolve('{}') })
  expect(onread).toHaveBeenCalledWith(draft)
})

test('a closed native dialog changes nothing', async () => {
  const { onread, reader } = aReader({ 'connections.chooseInvitation': () => okReply({}) })
  await reader.choose()
  expect([onread.mock.calls, reader.problem, reader.busy]).toEqual([[], undefined, false])
})
