import { expect, test } from 'vitest'
import { anId, anOfflineRule, aRule } from '#shared/rule/rule-builders.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { aSignedIn, aSignedOut, anAction } from '../../bridge/bridge-builders.ts'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { ThresholdDrafts } from './threshold-drafts.svelte.ts'
import { ThresholdEditor } from './threshold-editor.svelte.ts'

const savedRule = (change: object) => ({ kind: 'saved' as const, rule: aRule(change) })
const anEditor = (bridge: FakeBridge, rules: readonly Rule[] = [aRule()]): ThresholdEditor => {
  const app = new AppState(bridge.api)
  app.rules.items = rules
  app.session.now = aSignedIn('admin')
  return new ThresholdEditor(app)
}

test('saves a new simple threshold and lists it', async () => {
  const bridge = new FakeBridge({ 'rules.save': ({ draft }) => okReply(savedRule({ ...draft, id: anId(7) })) })
  const editor = anEditor(bridge)
  editor.start('node-1')
  editor.set({ metric: 'memory_usage', warning: '80' })
  await editor.save()
  expect(bridge.requests).toEqual([
    {
      call: 'rules.save',
      request: {
        draft: {
          scope: { kind: 'node', nodeId: 'node-1' },
          metric: 'memory_usage',
          condition: 'greater',
          warning: 80,
          critical: 96,
          forSeconds: 0,
          enabled: true,
        },
      },
    },
  ])
  expect(editor.rules.map(({ id }) => id)).toEqual([anId(100), anId(7)])
})

test('does not send an impossible order of levels, and shows it next to the field', async () => {
  const bridge = new FakeBridge()
  const editor = anEditor(bridge)
  editor.edit(anId(100))
  editor.set({ clear: '99' })
  await editor.save()
  expect(bridge.requests).toEqual([])
  expect(editor.problems).toEqual({ clear: 'The clear level must be below the level that raises the alert (85).' })
})

test('sends the opened version; shows a conflict and keeps the typed text', async () => {
  const bridge = new FakeBridge({
    'rules.save': () =>
      failureReply('conflict', 'Ben changed this threshold after you opened it. Review it and save again.'),
  })
  const editor = anEditor(bridge)
  editor.edit(anId(100))
  editor.set({ warning: '70', clear: '60' })
  await editor.save()
  expect(bridge.requests[0]?.request).toMatchObject({ id: anId(100), version: 1 })
  expect([editor.problem?.message, editor.form.warning]).toEqual([
    'Ben changed this threshold after you opened it. Review it and save again.',
    '70',
  ])
})

test('more options start from the simple value', () => {
  const editor = anEditor(new FakeBridge())
  editor.start()
  editor.set({ warning: '70' })
  editor.showAll()
  expect([editor.form.warning, editor.form.critical, editor.form.forSeconds]).toEqual(['70', '84', '0'])
})

test('deleting removes the threshold from the list and closes the editor', async () => {
  const bridge = new FakeBridge({ 'rules.remove': () => okReply({ kind: 'saved' }) })
  const editor = anEditor(bridge)
  editor.edit(anId(100))
  await editor.remove()
  expect([bridge.requests[0]?.request, editor.rules, editor.open]).toEqual([{ id: anId(100), version: 1 }, [], false])
})

const outdatedEditor = (bridge = new FakeBridge()) => {
  const app = new AppState(bridge.api)
  app.rules.items = [aRule()]
  app.session.now = aSignedIn('admin')
  const editor = new ThresholdEditor(app)
  editor.edit(anId(100))
  editor.set({ warning: '70', clear: '50' })
  app.rules.take([aRule({ version: 2, warning: 60, clear: 50, updatedBy: 'ben' })])
  return { editor, app }
}

test('a version of another user outdates the open one; theirs is loaded, mine stays to compare', () => {
  const { editor } = outdatedEditor()
  expect([editor.outdated, editor.theirs?.updatedBy]).toEqual([true, 'ben'])
  editor.loadTheirs()
  expect([editor.outdated, editor.form.warning, editor.mine?.warning]).toEqual([false, '60', '70'])
})

test('keeping mine saves it on top of theirs', async () => {
  const bridge = new FakeBridge({ 'rules.save': ({ draft }) => okReply(savedRule({ ...draft, version: 3 })) })
  const { editor } = outdatedEditor(bridge)
  editor.keepMine()
  expect([editor.outdated, editor.form.warning]).toEqual([false, '70'])
  await editor.save()
  expect(bridge.requests[0]?.request).toMatchObject({ id: anId(100), version: 2, draft: { warning: 70 } })
})

test('after a deletion, mine can be kept as a new threshold', async () => {
  const bridge = new FakeBridge({ 'rules.save': ({ draft }) => okReply(savedRule(draft)) })
  const { editor, app } = outdatedEditor(bridge)
  app.rules.take([aRule({ version: 3, deleted: true })])
  expect([editor.outdated, editor.theirs]).toEqual([true, undefined])
  editor.keepMine()
  await editor.save()
  expect(bridge.requests[0]?.request).toEqual({ draft: expect.objectContaining({ warning: 70 }) })
})

test('while the backend is unreachable, a change is a row that is not in effect and locks its threshold', async () => {
  const { scope, metric, condition, forSeconds, enabled } = aRule()
  const draft = { scope, metric, condition, forSeconds, enabled, warning: 70 }
  const action = anAction({ change: { kind: 'save-rule', ruleId: anId(100), version: 1, draft } })
  const editor = anEditor(new FakeBridge({ 'rules.save': () => okReply({ kind: 'queued', action }) }))
  editor.edit(anId(100))
  await editor.save()
  expect([editor.rules[0]?.version, editor.selectedRow, editor.waiting]).toEqual([1, action.id, action])
  expect(editor.locked).toBe('Not sent to the backend yet, so not in effect.')
  editor.move(-1)
  expect([editor.editing?.id, editor.locked]).toEqual([
    anId(100),
    'Your change is not sent yet. Until then, this version stays in effect.',
  ])
})

test('a queued change closes when the backend has it', () => {
  const { app, editor } = outdatedEditor()
  app.session.actions = [anAction({ change: { kind: 'remove-rule', ruleId: anId(100), version: 2 } })]
  editor.select(anId(900))
  const before = editor.open
  app.session.actions = []
  expect([before, editor.open]).toEqual([true, false])
})

test('reviews a change that was not accepted next to the version in effect', () => {
  const { app, editor } = outdatedEditor()
  const draft = { ...aRule(), warning: 77 }
  app.session.actions = [
    anAction({ state: 'conflict', change: { kind: 'save-rule', ruleId: anId(100), version: 1, draft } }),
  ]
  editor.close()
  editor.review(anId(100))
  expect([editor.form.warning, editor.mine?.warning]).toEqual(['60', '77'])
})

test.for([aSignedIn('viewer'), aSignedIn('operator'), aSignedOut()])('%o only views thresholds', async (session) => {
  const bridge = new FakeBridge()
  const { app, editor } = outdatedEditor(bridge)
  app.session.now = session
  await editor.save()
  await editor.remove()
  expect([editor.mayEdit, typeof editor.locked, bridge.requests]).toEqual([false, 'string', []])
  editor.close()
  editor.start()
  expect(editor.open).toBe(false)
})

const other = aRule({ id: anId(101), metric: 'memory_usage', warning: 90 })

test('edits survive the choice of another row, and are marked until they are saved or discarded', () => {
  const editor = anEditor(new FakeBridge(), [aRule(), other])
  editor.edit(anId(100))
  editor.set({ warning: '71', clear: '60' })
  editor.move(1)
  expect([editor.editing?.id, editor.edited, editor.rows.map((row) => editor.isUnsaved(row))]).toEqual([
    anId(101),
    false,
    [true, false],
  ])
  editor.move(-1)
  expect([editor.form.warning, editor.edited]).toEqual(['71', true])
  editor.close()
  editor.edit(anId(100))
  expect([editor.form.warning, editor.rows.some((row) => editor.isUnsaved(row))]).toEqual(['85', false])
})

test('edits survive leaving the page, as does a new threshold', () => {
  const drafts = new ThresholdDrafts()
  const app = new AppState(new FakeBridge().api)
  app.rules.items = [aRule()]
  app.session.now = aSignedIn('admin')
  const before = new ThresholdEditor(app, drafts)
  before.start('node-1')
  before.set({ warning: '50' })
  before.edit(anId(100))
  before.set({ warning: '71' })
  before.keepEdits()
  const after = new ThresholdEditor(app, drafts)
  expect(after.rows.map(({ id, unsaved }) => [id, unsaved])).toEqual([
    [anId(100), true],
    ['new', true],
  ])
  after.select('new')
  expect([after.form.nodeId, after.form.warning, after.selectedRow]).toEqual(['node-1', '50', 'new'])
})

test('an edit that was taken back is not kept', () => {
  const editor = anEditor(new FakeBridge(), [aRule(), other])
  editor.edit(anId(100))
  editor.set({ warning: '71' })
  editor.move(1)
  editor.move(-1)
  editor.set({ warning: '85' })
  editor.move(1)
  expect(editor.rows.some((row) => editor.isUnsaved(row))).toBe(false)
})

test('edits of a threshold that was deleted meanwhile stay, and can become a new one', async () => {
  const bridge = new FakeBridge({ 'rules.save': ({ draft }) => okReply(savedRule(draft)) })
  const { editor, app } = outdatedEditor(bridge)
  editor.start()
  app.rules.take([aRule({ version: 3, deleted: true })])
  editor.select(anId(100))
  expect([editor.outdated, editor.theirs, editor.form.warning]).toEqual([true, undefined, '70'])
  editor.keepMine()
  await editor.save()
  expect(bridge.requests[0]?.request).toEqual({ draft: expect.objectContaining({ warning: 70 }) })
  expect(editor.rows.every((row) => !editor.isUnsaved(row))).toBe(true)
})

test('edits keep the version that was opened: a newer one is still a conflict', () => {
  const { editor, app } = outdatedEditor()
  app.rules.take([other])
  editor.edit(anId(101))
  editor.edit(anId(100))
  expect([editor.editing?.version, editor.outdated, editor.form.warning]).toEqual([1, true, '70'])
})

test('saves a threshold for offline nodes: seconds and severity, no metric', async () => {
  const bridge = new FakeBridge({ 'rules.save': () => okReply({ kind: 'saved', rule: anOfflineRule() }) })
  const editor = anEditor(bridge)
  editor.start('node-1')
  editor.set({ kind: 'offline' })
  editor.set({ seconds: '5m', severity: 'warning' })
  await editor.save()
  expect(bridge.requests[0]?.request).toEqual({
    draft: {
      kind: 'offline',
      scope: { kind: 'node', nodeId: 'node-1' },
      seconds: 300,
      severity: 'warning',
      enabled: true,
    },
  })
})
