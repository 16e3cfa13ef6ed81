import { flushSync } from 'svelte'
import { expect, test } from 'vitest'
import type { MappingsView, MappingView } from '#shared/ipc/mapping-calls.ts'
import type { TopicRecord } from '#shared/ipc/source-calls.ts'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { failureReply, FakeBridge, okReply } from '../../../bridge/fake-bridge.ts'
import { AppState } from '../../../live/app-state.svelte.ts'
import { MappingDrafts } from './mapping-drafts.ts'
import { MappingEditor } from './mapping-editor.svelte.ts'
import { formOf } from './mapping-form.ts'

const topic = 'press-line'
const mapping: FieldMapping = {
  topic,
  node: 'machine.serial',
  time: 'at',
  values: 'readings[*]',
  name: 'kind',
  value: 'v',
}
const at = 1_795_863_869_870
const press = {
  machine: { serial: 'PL-0417' },
  at,
  readings: [
    { kind: 'oil', v: 61.5 },
    { kind: 'door', v: 'shut' },
  ],
}

function aRecord(json: unknown, part: Partial<TopicRecord> = {}): TopicRecord {
  const value = btoa(typeof json === 'string' ? json : JSON.stringify(json))
  return { partition: 0, offset: 7, at, key: null, value, isCut: false, ...part }
}

const signedOut: OperatorSession = {
  kind: 'signed-out',
  backendUrl: 'https://remo.example',
  link: { reachable: true, since: 0 },
  reason: 'never',
}

interface Given {
  readonly records?: readonly TopicRecord[]
  readonly view?: Partial<MappingView>
  readonly list?: Partial<MappingsView>
  readonly fixedBy?: string
  readonly refused?: 'conflict'
  readonly drafts?: MappingDrafts
  readonly session?: OperatorSession
}

async function opened(given: Given = {}) {
  const { records = [aRecord(press)], view, list = {}, fixedBy, refused, drafts = new MappingDrafts() } = given
  const state: { list: MappingsView; pattern: string } = {
    list: { mappings: view ? [{ mapping, kept: 'team', version: 3, ...view }] : [], saves: 'team', ...list },
    pattern: '^metrics-',
  }
  const bridge = new FakeBridge({
    'mappings.list': () => okReply(state.list),
    'mappings.save': () => (refused ? failureReply(refused, 'berta has changed it.') : okReply({ kept: 'team' })),
    'mappings.remove': () => okReply({}),
    'mappings.export': () => okReply({ saved: true, path: '/home/anna/press.json' }),
    'sources.records': () => okReply({ records: [...records] }),
    'sources.list': () =>
      okReply({ pattern: state.pattern, sources: [], ...(fixedBy === undefined ? {} : { fixedBy }) }),
    'sources.setPattern': () => okReply({}),
  })
  const app = new AppState(bridge.api)
  app.session.now = given.session
  const editor = new MappingEditor(app, drafts, topic)
  const stop = editor.follow()
  await expect.poll(() => editor.phase).not.toBe('loading')
  flushSync()
  const asked = (call: string) => bridge.requests.filter((one) => one.call === call).map(({ request }) => request)
  return { editor, stop, state, bridge, drafts, asked }
}

test('chosen values fill one field after the other, and then it can be saved and read', async () => {
  const { editor, asked } = await opened()
  editor.set(formOf({}))
  expect([editor.notYet, editor.active]).toEqual(['Choose the field that names the node.', expect.anything()])
  editor.activate('node')
  editor.choose('machine.serial')
  expect(editor.active).toBe('nodeName')
  editor.activate('time')
  editor.choose('at')
  editor.choose('readings[0].v')
  expect(editor.active).toBe('name')
  editor.choose('readings[0].kind')
  expect(editor.mapping).toEqual(mapping)
  expect([editor.preview?.read, editor.notYet]).toEqual([1, undefined])
  expect(await editor.save()).toBe(true)
  expect(asked('mappings.save')).toEqual([{ mapping }])
  expect(asked('sources.setPattern')).toEqual([{ pattern: '^(metrics-|press-line$)' }])
})

test('a change of a mapping of the team names its version', async () => {
  const { editor, asked } = await opened({ view: {} })
  expect([editor.form.node, editor.edited, editor.isNew]).toEqual(['machine.serial', false, false])
  editor.set({ prefix: 'press.' })
  expect(await editor.save()).toBe(true)
  expect(asked('mappings.save')).toEqual([{ mapping: { ...mapping, prefix: 'press.' }, version: 3 }])
  expect(await editor.remove()).toBe(true)
  expect(asked('mappings.remove')).toEqual([{ topic, version: 3 }])
})

test('a name outside of the values is refused beside the field, and changes nothing', async () => {
  const { editor } = await opened({ view: {} })
  editor.activate('unit')
  editor.choose('machine.serial')
  expect([editor.fillProblem, editor.edited]).toEqual(['Unit in it is a field inside of readings[*].', false])
})

test('one that reads nothing cannot be saved', async () => {
  const { editor, asked } = await opened({ view: {} })
  editor.set({ values: 'elsewhere[*]', node: 'nothing' })
  expect(editor.notYet).toBe('It reads none of the records.')
  expect(await editor.save()).toBe(false)
  expect(asked('mappings.save')).toEqual([])
})

test('a variable that sets the topics: the mapping is saved, and the pattern stays', async () => {
  const { editor, asked } = await opened({ view: {}, fixedBy: 'KAFKA_TOPIC_PATTERN sets the topics.' })
  editor.set({ prefix: 'p.' })
  expect(editor.notReadBecause).toBe('KAFKA_TOPIC_PATTERN sets the topics.')
  expect(await editor.save()).toBe(true)
  expect(asked('sources.setPattern')).toEqual([])
})

test('somebody else changes it: without an edit it is shown, with one it is a choice', async () => {
  const { editor, state, bridge } = await opened({ view: {} })
  const change = (version: number, prefix: string): void => {
    state.list = {
      ...state.list,
      mappings: [{ mapping: { ...mapping, prefix }, kept: 'team', version, updatedBy: 'berta' }],
    }
    bridge.push('mappings.changed', null)
  }
  change(4, 'b.')
  await expect.poll(() => editor.form.prefix).toBe('b.')
  editor.set({ prefix: 'mine.' })
  change(5, 'c.')
  await expect.poll(() => editor.outdated).toBe(true)
  expect([editor.form.prefix, editor.notYet]).toEqual(['mine.', 'It has changed since it was opened here.'])
  editor.keepMine()
  expect([editor.outdated, editor.edited, editor.form.prefix]).toEqual([false, true, 'mine.'])
  change(6, 'd.')
  await expect.poll(() => editor.outdated).toBe(true)
  editor.loadTheirs()
  expect([editor.outdated, editor.edited, editor.form.prefix]).toEqual([false, false, 'd.'])
})

test('the backend refuses an outdated version: its reason, and the newer one', async () => {
  const { editor, state } = await opened({ view: {}, refused: 'conflict' })
  editor.set({ prefix: 'mine.' })
  state.list = { ...state.list, mappings: [{ mapping, kept: 'team', version: 4, updatedBy: 'berta' }] }
  expect(await editor.save()).toBe(false)
  expect([editor.refusal?.message, editor.outdated, editor.form.prefix]).toEqual([
    'berta has changed it.',
    true,
    'mine.',
  ])
})

test.each<[string, Given, string]>([
  [
    'a file of the backend',
    { view: { kept: 'file' } },
    'A file of the backend sets this mapping. To change it, change the file.',
  ],
  [
    'the team, without a sign-in',
    { view: {}, list: { saves: 'here' }, session: signedOut },
    'The team decides how this topic is read. Sign in to map fields for the team.',
  ],
])('read-only: %s', async (_, given, sentence) => {
  const { editor } = await opened(given)
  expect(editor.locked).toBe(sentence)
  editor.choose('at')
  expect([editor.edited, await editor.save()]).toEqual([false, false])
})

test('an edit is kept while another page is shown, and leaving it on purpose asks', async () => {
  const { editor, stop, drafts } = await opened({ view: {} })
  expect(editor.mayLeave()).toBe(true)
  editor.set({ prefix: 'mine.' })
  expect([editor.mayLeave(), editor.confirming]).toEqual([false, 'leave'])
  stop()
  const again = await opened({ view: {}, drafts })
  expect([again.editor.form.prefix, again.editor.edited]).toEqual(['mine.', true])
  again.editor.discard()
  again.stop()
  expect(drafts.of(topic)).toBeUndefined()
})

test.each<[string, readonly TopicRecord[], string, string | undefined]>([
  ['no record', [], 'ready', 'There is no record to try it on.'],
  ['only text', [aRecord('x'), aRecord('y')], 'no-json', undefined],
  ['text beside JSON', [aRecord('x'), aRecord(press)], 'ready', undefined],
  [
    'longer than what is kept',
    [aRecord(press, { isCut: true })],
    'ready',
    'There is no record that it can be tried on.',
  ],
])('%s', async (_, records, phase, notYet) => {
  const { editor } = await opened({ records })
  expect(editor.phase).toBe(phase)
  editor.set(formOf(mapping))
  if (notYet !== undefined) expect(editor.notYet).toBe(notYet)
})

test('in a list of records, a chosen value is that of its own record', async () => {
  const { editor } = await opened({ records: [aRecord([press, press])] })
  editor.set(formOf({}))
  editor.activate('node')
  editor.choose('[1].machine.serial')
  expect(editor.form.node).toBe('machine.serial')
})

test('older and newer records, as far as there are some', async () => {
  const { editor } = await opened({ records: [aRecord(press), aRecord({ ...press, at: at - 1 })] })
  editor.move(1)
  editor.move(1)
  expect(editor.shown).toBe(1)
  editor.move(-5)
  expect(editor.shown).toBe(0)
})

test('a file of it', async () => {
  const { editor } = await opened({ view: {} })
  await editor.exportFile()
  expect(editor.exported).toBe('/home/anna/press.json')
})
