import { expect, onTestFinished, test } from 'vitest'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import { aSettingsView } from '../../bridge/bridge-builders.ts'
import { FakeBridge, failureReply, okReply } from '../../bridge/fake-bridge.ts'
import { PageSettings } from '../../live/page-settings.svelte.ts'
import { MyNodesEditor } from './my-nodes-editor.svelte.ts'

const nodeIds = ['web-1', 'web-2', 'web-10', 'db-1', 'cache-a1', 'odd,name']
type List = SettingValues['notifications.myNodes']

/** A list that is kept as the console keeps it. */
async function open(list: List = [], file: Partial<SettingValues> = {}, known: readonly string[] = nodeIds) {
  let stored: Partial<SettingValues> = { ...file, 'notifications.myNodes': list }
  const bridge = new FakeBridge({
    'settings.get': () => okReply(aSettingsView(stored)),
    'settings.set': ({ key, value }) => {
      stored = { ...stored, [key]: value }
      return okReply(aSettingsView(stored))
    },
  })
  const settings = new PageSettings(bridge.api)
  onTestFinished(settings.follow())
  await expect.poll(() => settings.view).toBeDefined()
  return { bridge, settings, editor: new MyNodesEditor(settings, () => known) }
}

test('node ids are added, several at once, each once', async () => {
  const { editor } = await open([{ kind: 'node', nodeId: 'web-1' }])
  editor.type(' web-2, db-1,web-2 ')
  expect(await editor.add()).toBe(true)
  expect(editor.list).toEqual(['web-1', 'web-2', 'db-1'].map((nodeId) => ({ kind: 'node', nodeId })))
  expect(editor.typed).toBe('')
  editor.type('db-1')
  expect([await editor.add(), editor.problem, editor.typed]).toEqual([false, 'It is already in the list.', 'db-1'])
  editor.type('db-')
  expect(editor.problem).toBeUndefined()
})

test('entries that are removed and added in quick succession are all changed', async () => {
  const { editor } = await open(['web-1', 'web-2', 'db-1'].map((nodeId) => ({ kind: 'node', nodeId })))
  await Promise.all([editor.remove(0), editor.remove(1), editor.take('web-10'), editor.take('cache-a1')])
  expect(editor.list).toEqual(['db-1', 'web-10', 'cache-a1'].map((nodeId) => ({ kind: 'node', nodeId })))
})

test('an id with a comma that is known is one node', async () => {
  const { editor } = await open()
  editor.type('odd,name')
  await editor.add()
  expect(editor.list).toEqual([{ kind: 'node', nodeId: 'odd,name' }])
})

test.each(['web', 'web-', 'web-*', 'web-.*', 'web-117'])('the group that is written as %s is web', async (typed) => {
  const { editor } = await open()
  editor.choose('group')
  editor.type(typed)
  expect(editor.preview).toBe('Matches 3 of 6 nodes: web-1, web-2, web-10.')
  await editor.add()
  expect(editor.list).toEqual([{ kind: 'group', prefix: 'web' }])
})

test('a pattern is checked while it is typed, and says what it would match', async () => {
  const { editor } = await open()
  editor.choose('pattern')
  editor.type('web-(')
  expect([editor.problem, editor.preview]).toEqual(['Missing closing ): web-(', undefined])
  expect(await editor.add()).toBe(false)
  expect(editor.list).toEqual([])
  editor.type('web-\\d')
  expect([editor.problem, editor.preview]).toEqual([undefined, 'Matches 2 of 6 nodes: web-1, web-2.'])
  editor.type('later-.*')
  expect(editor.preview).toBe('Matches none of 6 nodes. It counts for nodes that come later.')
  expect(await editor.add()).toBe(true)
  expect(editor.counts).toEqual([0])
})

test('a node that nobody knows says so, and can be added', async () => {
  const { editor } = await open()
  editor.type('wbe-1')
  expect(editor.preview).toBe('No node is called that now. It counts when it sends.')
  expect(await editor.add()).toBe(true)
})

test('suggestions leave out what is in the list, and groups have a count', async () => {
  const { editor } = await open([
    { kind: 'node', nodeId: 'web-2' },
    { kind: 'group', prefix: 'db' },
  ])
  editor.type('WEB')
  expect(editor.suggestions).toEqual([{ value: 'web-1' }, { value: 'web-10' }])
  editor.type('')
  editor.choose('group')
  expect(editor.suggestions[0]).toEqual({ value: 'web', count: 3 })
  expect(editor.suggestions.map(({ value }) => value)).not.toContain('db')
  await editor.take('web')
  expect(editor.list.at(-1)).toEqual({ kind: 'group', prefix: 'web' })
  editor.choose('pattern')
  expect(editor.suggestions).toEqual([])
})

test('removing changes the setting', async () => {
  const { editor, settings } = await open([
    { kind: 'node', nodeId: 'web-2' },
    { kind: 'group', prefix: 'db' },
  ])
  await editor.remove(0)
  expect(settings.values['notifications.myNodes']).toEqual([{ kind: 'group', prefix: 'db' }])
})

test('a list that matches nothing warns, while only my nodes notify', async () => {
  const mine = { 'notifications.nodes': 'mine' } as const
  expect((await open()).editor.warning).toBeUndefined()
  expect((await open([], mine)).editor.warning).toBe('No node is chosen, so no alert of a node pops up.')
  expect((await open([{ kind: 'group', prefix: 'gone' }], mine)).editor.warning).toMatch(/^None of your entries/)
  expect((await open([{ kind: 'group', prefix: 'web' }], mine)).editor.warning).toBeUndefined()
  // At a start without Kafka no node is known: that is no mistake of the list.
  expect((await open([{ kind: 'group', prefix: 'web' }], mine, [])).editor.warning).toBeUndefined()
})

test('what the console refuses stays in the field', async () => {
  const { bridge, editor, settings } = await open()
  bridge.replies['settings.set'] = () => failureReply('bad-request', 'Expected at most 100 entries.')
  editor.type('web-1')
  expect(await editor.add()).toBe(false)
  expect([editor.typed, settings.problems['notifications.myNodes']]).toEqual(['web-1', 'Expected at most 100 entries.'])
})

test('2,000 nodes and 100 entries are matched at once', async () => {
  const many = Array.from({ length: 2000 }, (_, i) => `web-${i}`)
  const list: List = Array.from({ length: 100 }, (_, i) => ({ kind: 'pattern', pattern: `web-${i}\\d*` }))
  const { editor } = await open(list, {}, many)
  expect(editor.match.matched).toHaveLength(2000)
  expect(editor.counts[7]).toBe(111)
})
