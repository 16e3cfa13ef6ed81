import { expect, test } from 'vitest'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { draftOfRule } from '#shared/rule/rule-draft.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { stockRules } from '#shared/rule/stock-rules.ts'
import { aSignedIn, anAction } from '../../bridge/bridge-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { ThresholdEditor } from './threshold-editor.svelte.ts'
import { inheritanceOf, settingFields } from './threshold-fields.ts'
import { ThresholdResets } from './threshold-resets.svelte.ts'

const [cpu] = stockRules(0) as [Rule]
const pattern = aRule({ id: anId(7), scope: { kind: 'pattern', pattern: 'db-.*' }, warning: 70 })
const own = aRule({ id: anId(8), scope: { kind: 'node', nodeId: 'db-1' }, warning: 60 })

function aPage(bridge: FakeBridge, rules: readonly Rule[]) {
  const app = new AppState(bridge.api)
  app.rules.items = rules
  app.session.now = aSignedIn('admin')
  const editor = new ThresholdEditor(app)
  return { app, editor, resets: new ThresholdResets(editor, app) }
}

const saving = (version: number) =>
  new FakeBridge({
    'rules.save': ({ draft, id }) =>
      okReply({ kind: 'saved', rule: { ...aRule(), ...draft, id: id ?? anId(9), version } as Rule }),
    'rules.remove': () => okReply({ kind: 'saved' }),
  })

test('an override of a node is reset to the pattern that matches it; undo brings it back', async () => {
  const bridge = saving(1)
  const { editor, resets } = aPage(bridge, [cpu, pattern, own])
  editor.edit(own.id)
  expect(editor.wider?.id).toBe(pattern.id)
  await resets.toWider()
  expect(resets.text).toBe('CPU usage, db-1 is deleted. The threshold for db-.* applies.')
  expect(editor.rules.map(({ id }) => id)).toEqual([cpu.id, pattern.id])
  await resets.undo()
  expect(bridge.requests.at(-1)?.request).toEqual({ draft: draftOfRule(own) })
  expect([editor.editing?.id, resets.text]).toEqual([anId(9), undefined])
})

test('a stock threshold is reset to stock; undo saves what it said before', async () => {
  const changed = { ...cpu, version: 3, warning: 50, clear: 40 } as Rule
  const bridge = saving(4)
  const { editor, resets } = aPage(bridge, [changed])
  editor.edit(cpu.id)
  await resets.toStock()
  expect(bridge.requests.at(-1)?.request).toEqual({ id: cpu.id, version: 3, draft: draftOfRule(cpu) })
  expect([resets.text, editor.stock]).toEqual(['CPU usage, all nodes is reset to stock.', undefined])
  await resets.undo()
  expect(bridge.requests.at(-1)?.request).toEqual({ id: cpu.id, version: 4, draft: draftOfRule(changed) })
})

test('nothing can be undone after a refusal, in the queue, or after the next change', async () => {
  const refused = aPage(new FakeBridge({ 'rules.remove': () => failureReply('conflict', 'Ben was first.') }), [
    cpu,
    own,
  ])
  refused.editor.edit(own.id)
  await refused.resets.toWider()
  expect([refused.resets.text, refused.editor.problem?.message]).toEqual([undefined, 'Ben was first.'])

  const action = anAction({ change: { kind: 'remove-rule', ruleId: own.id, version: 1 } })
  const queued = aPage(new FakeBridge({ 'rules.remove': () => okReply({ kind: 'queued', action }) }), [cpu, own])
  queued.editor.edit(own.id)
  await queued.resets.toWider()
  expect(queued.resets.text).toBeUndefined()

  const next = aPage(saving(1), [cpu, pattern, own])
  next.editor.edit(own.id)
  await next.resets.toWider()
  next.editor.edit(pattern.id)
  next.editor.set({ warning: '71', clear: '50' })
  await next.editor.save()
  expect(next.resets.text).toBeUndefined()
})

test('a field of an override says what the wider threshold has, and whether that is the same', () => {
  const { editor } = aPage(new FakeBridge(), [cpu, pattern])
  editor.edit(pattern.id)
  const of = (key: string) => {
    const field = settingFields.find((each) => each.key === key)
    return field && editor.wider && inheritanceOf(field, editor.form, { rule: editor.wider, unit: '%' })
  }
  expect(of('warning')).toEqual({ from: 'All nodes', isSame: false, text: '85\u202f%', typed: '85' })
  expect(of('critical')).toMatchObject({ isSame: true })
  editor.set({ forSeconds: '120s' })
  expect(of('forSeconds')).toMatchObject({ isSame: true, text: '2\u202fm' })
  editor.set({ forSeconds: 'soon' })
  expect(of('forSeconds')).toMatchObject({ isSame: false })
  editor.set({ condition: 'less' })
  expect(of('warning')).toBeUndefined()
})

test('an override starts with the values of its threshold, and asks for a pattern', async () => {
  const { editor } = aPage(new FakeBridge(), [cpu])
  editor.edit(cpu.id)
  editor.startOverride(cpu)
  expect([editor.form.scope, editor.form.warning, editor.form.forSeconds]).toEqual(['pattern', '85', '2m'])
  await editor.save()
  expect(editor.problems).toEqual({ pattern: 'Enter a pattern of node ids, such as db-.*' })
  editor.set({ pattern: 'db-(' })
  expect(editor.problems).toEqual({ pattern: 'Missing closing ): db-(' })
})
