import { expect, test } from 'vitest'
import type { ConnectionsView } from '#shared/ipc/connection-views.ts'
import type { IpcRequest } from '#shared/ipc/contract.ts'
import { aFailedTest, anItem, anUnsetItem, aPassedTest, aView } from '../../bridge/connection-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { ConnectionDrafts, newConnection } from './connection-drafts.svelte.ts'
import { ConnectionEditor } from './connection-editor.svelte.ts'

const production = anItem({}, { inUse: true, hasPassword: true })
const staging = anItem({ id: 'staging', name: 'Staging', label: 'STAGE', color: 'blue' })

/** Saves what it gets. */
const saving = (view: () => ConnectionsView) => ({
  'connections.save': ({ draft }: IpcRequest<'connections.save'>) => {
    const id = draft.id ?? 'made'
    const { secrets, ...connection } = draft
    const item = anItem({ ...connection, id }, { hasPassword: secrets?.password !== undefined })
    return okReply({ id, view: aView([...view().items.filter((one) => one.connection.id !== id), item]) })
  },
})

function anEditor(replies: FakeBridge['replies'] = {}, view = aView([production, staging])) {
  const bridge = new FakeBridge({
    'connections.test': () => okReply(aPassedTest()),
    ...saving(() => view),
    ...replies,
  })
  const app = new AppState(bridge.api)
  app.connections.take(view)
  const drafts = new ConnectionDrafts()
  const editor = new ConnectionEditor(app, drafts)
  const calls = () => bridge.requests.map(({ call }) => call)
  return { bridge, app, drafts, editor, calls }
}

const plain = { name: 'Lab', brokers: 'localhost:9092' }

test('a passed test saves, and the typed password does not stay in the page', async () => {
  const { bridge, editor, calls } = anEditor()
  editor.open(newConnection)
  editor.set({ ...plain, protocol: 'SASL_SSL', username: 'remo', password: 'ge"heim' })
  expect(await editor.testAndSave()).toBeUndefined()
  expect(calls()).toEqual(['connections.test', 'connections.save'])
  expect(bridge.requests[1]?.request).toMatchObject({
    draft: { name: 'Lab', secrets: { password: 'ge"heim' } },
    use: false,
  })
  expect([editor.id, editor.form.password, editor.edited]).toEqual(['made', '', false])
  expect(editor.done).toContain('Saved.')
})

test('a failed test saves nothing and keeps everything that was typed', async () => {
  const { editor, calls } = anEditor({ 'connections.test': () => okReply(aFailedTest()) })
  editor.open('staging')
  editor.set({ brokers: 'wrong.example.net:9093', password: 'wrong' })
  await editor.testAndSave()
  expect(calls()).toEqual(['connections.test'])
  expect(editor.form).toMatchObject({ brokers: 'wrong.example.net:9093', password: 'wrong' })
  expect(editor.willNotWork).toBe('ReMo cannot read this Kafka, because the broker refuses the password.')
})

test('Save anyway asks, says what will not work, and requires no password', async () => {
  const { editor, calls, bridge } = anEditor({ 'connections.test': () => okReply(aFailedTest()) })
  editor.open('staging')
  expect(await editor.askSaveAnyway()).toBeUndefined()
  expect([editor.confirming, calls()]).toEqual(['save-anyway', []])
  expect(editor.willNotWork).toContain('not tested')
  await editor.saveAnyway()
  expect(bridge.requests.at(-1)).toMatchObject({ call: 'connections.save', request: { draft: { id: 'staging' } } })
})

test('a change after the test makes its result outdated', async () => {
  const { editor } = anEditor({ 'connections.test': () => okReply(aFailedTest()) })
  editor.open('production')
  await editor.testAndSave()
  expect(editor.untested).toBe(false)
  editor.set({ brokers: 'kafka-9.example.net:9093' })
  expect([editor.untested, editor.willNotWork]).toEqual([true, expect.stringContaining('not tested')])
})

test('wrong fields send nothing, and the first one gets the focus', async () => {
  const { editor, calls } = anEditor()
  editor.open(newConnection)
  expect(editor.problems).toEqual({})
  expect(await editor.testAndSave()).toBe('name')
  expect([Object.keys(editor.problems), calls()]).toEqual([['name', 'brokers'], []])
})

test('a field that was left says what is wrong; an empty one does not', () => {
  const { editor } = anEditor()
  editor.open(newConnection)
  editor.set({ topics: '(' })
  editor.leave('name')
  editor.leave('topics')
  expect(Object.keys(editor.problems)).toEqual(['topics'])
})

test('saving the connection in use makes ReMo read it anew', async () => {
  const { bridge, editor } = anEditor()
  editor.open('production')
  editor.set({ topics: '^servers-' })
  await editor.testAndSave()
  expect(bridge.requests.at(-1)?.request).toMatchObject({ use: true })
})

test.each([
  ['the first connection', anUnsetItem()],
  ['a connection that is saved in the demo', anItem({ id: 'demo' }, { origin: 'demo', inUse: true })],
])('%s is used at once', async (_, inUse) => {
  const { bridge, editor } = anEditor({}, aView([inUse]))
  editor.open(newConnection)
  editor.set(plain)
  await editor.testAndSave()
  expect(bridge.requests.at(-1)?.request).toMatchObject({ use: true })
})

test('what is not saved outlives the choice of another connection', () => {
  const { editor, drafts } = anEditor()
  editor.open('staging')
  editor.set({ brokers: 'half.typed', password: 'secret' })
  editor.open('production')
  expect(editor.form.brokers).toContain('kafka-1')
  editor.open('staging')
  expect(editor.form).toMatchObject({ brokers: 'half.typed', password: 'secret' })
  editor.discard()
  editor.open('production')
  expect(drafts.kept.size).toBe(0)
})

test('a refusal of the console shows, and nothing is lost', async () => {
  const { editor } = anEditor({ 'connections.save': () => failureReply('failed', 'The disk is full.') })
  editor.open(newConnection)
  editor.set(plain)
  await editor.testAndSave()
  expect([editor.problem?.message, editor.form.name]).toEqual(['The disk is full.', 'Lab'])
  editor.set({ name: 'Lab 2' })
  expect(editor.problem).toBeUndefined()
})

test('Ctrl S twice tests once', async () => {
  const { editor, calls } = anEditor()
  editor.open('production')
  await Promise.all([editor.testAndSave(), editor.testAndSave()])
  expect(calls()).toEqual(['connections.test', 'connections.save'])
})

test('a stopped test saves nothing', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const { editor, calls } = anEditor({
    'connections.test': () => promise.then(() => okReply(aPassedTest())),
    'connections.stopTest': () => okReply({}),
  })
  editor.open('production')
  const saved = editor.testAndSave()
  await expect.poll(() => [editor.busy, editor.test.running]).toEqual(['testing', true])
  editor.test.stop()
  resolve(undefined)
  await saved
  expect(calls()).not.toContain('connections.save')
  expect(editor.busy).toBeUndefined()
})

test('a file that is no PEM is wrong before the test, and a key must fit its certificate', async () => {
  const { bridge, editor } = anEditor({
    'connections.checkPem': ({ kind, cert }) =>
      kind === 'key' && cert
        ? okReply({ ok: false, problem: 'This key does not belong to the certificate.' })
        : okReply({ ok: true, subject: 'console', issuer: 'Example CA', until: 1_800_000_000_000 }),
  })
  editor.open('production')
  editor.set({ cert: { kind: 'file', file: ' /etc/console.pem ' }, key: { kind: 'text', text: 'PEM' } })
  expect(await editor.testAndSave()).toBe('key')
  expect(editor.problems).toEqual({ key: 'This key does not belong to the certificate.' })
  expect(editor.pem.facts('cert', editor.form)).toMatchObject({ subject: 'console' })
  expect(bridge.requests.filter(({ call }) => call === 'connections.checkPem').map(({ request }) => request)).toEqual([
    { kind: 'cert', source: { file: '/etc/console.pem' } },
    { kind: 'key', source: { text: 'PEM' }, cert: { file: '/etc/console.pem' } },
  ])
  editor.set({ key: { kind: 'file', file: '/etc/console.key' } })
  expect(editor.problems).toEqual({})
})

test('a file from the native dialog is checked; a closed dialog changes nothing', async () => {
  let file: { file: string } | Record<string, never> = { file: '/etc/ca.pem' }
  const { editor } = anEditor({
    'connections.choosePem': () => okReply(file),
    'connections.checkPem': () => okReply({ ok: false, problem: '/etc/ca.pem is not PEM.' }),
  })
  editor.open('production')
  await editor.choosePem('ca')
  await editor.pem.check(editor.form)
  expect([editor.form.ca, editor.problems.ca]).toEqual([
    { kind: 'file', file: '/etc/ca.pem' },
    '/etc/ca.pem is not PEM.',
  ])
  file = {}
  await editor.choosePem('ca')
  expect(editor.form.ca).toEqual({ kind: 'file', file: '/etc/ca.pem' })
})

test('a connection that variables describe is tested, never saved, and can be copied', async () => {
  const environment = anItem(
    { id: 'environment', name: 'Environment' },
    { origin: 'environment', inUse: true, hasPassword: true, fixed: { brokers: 'KAFKA_BOOTSTRAP_SERVERS' } },
  )
  const { bridge, editor, calls } = anEditor({}, aView([environment]))
  editor.open('environment')
  await editor.testAndSave()
  expect(calls()).toEqual(['connections.test'])
  expect(bridge.requests[0]?.request).toMatchObject({ draft: { id: 'environment' } })
  editor.copy()
  expect([editor.id, editor.form.name, editor.form.brokers]).toEqual([
    newConnection,
    '',
    'kafka-1.example.net:9093, kafka-2.example.net:9093',
  ])
})

test('the short form needs no name: the host of the first broker is one', async () => {
  const { app, bridge } = anEditor({}, aView([anUnsetItem(), anItem({ id: 'kafka', name: 'Kafka-1.example.net' })]))
  const editor = new ConnectionEditor(app, new ConnectionDrafts(), 'short')
  editor.open(newConnection)
  editor.set({ brokers: 'kafka-1.example.net:9092' })
  await editor.testAndSave()
  expect(bridge.requests.at(-1)).toMatchObject({
    call: 'connections.save',
    request: { draft: { name: 'kafka-1.example.net 2' }, use: true },
  })
})
