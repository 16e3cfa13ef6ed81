import { expect, test } from 'vitest'
import { anId, aRule } from '#shared/rule/builders.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { answer, FakeBridge, refusal } from '../../bridge/fake.ts'
import { LiveData } from '../../live/live-data.svelte.ts'
import { ThresholdEditor } from './threshold-editor.svelte.ts'

const anEditor = (bridge: FakeBridge, rules: readonly Rule[] = [aRule()]): ThresholdEditor => {
  const live = new LiveData(bridge.api)
  live.rules.items = rules
  return new ThresholdEditor(live)
}

test('a new simple threshold is saved and stands in the list', async () => {
  const bridge = new FakeBridge({ 'rules.save': ({ draft }) => answer({ ...aRule(), ...draft, id: anId(7) }) })
  const editor = anEditor(bridge)
  editor.start('node-1')
  editor.set({ metric: 'memory_usage', warning: '80' })
  await editor.save()
  expect(bridge.asked).toEqual([
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

test('an impossible order is not sent, and the sentence stands beside the field', async () => {
  const bridge = new FakeBridge()
  const editor = anEditor(bridge)
  editor.edit(anId(100))
  editor.set({ clear: '99' })
  await editor.save()
  expect(bridge.asked).toEqual([])
  expect(editor.problems).toEqual({ clear: 'The alert must clear below the level that raises it (85).' })
})

test('a change goes out with the version that was opened; a conflict is shown and nothing typed is lost', async () => {
  const bridge = new FakeBridge({
    'rules.save': () => refusal('conflict', 'Ben has changed this threshold meanwhile.'),
  })
  const editor = anEditor(bridge)
  editor.edit(anId(100))
  editor.set({ warning: '70', clear: '60' })
  await editor.save()
  expect(bridge.asked[0]?.request).toMatchObject({ id: anId(100), version: 1 })
  expect([editor.problem?.message, editor.form.warning]).toEqual(['Ben has changed this threshold meanwhile.', '70'])
})

test('more options start from what the simple value means', () => {
  const editor = anEditor(new FakeBridge())
  editor.start()
  editor.set({ warning: '70' })
  editor.showAll()
  expect([editor.form.warning, editor.form.critical, editor.form.forText]).toEqual(['70', '84', '0'])
})

test('deleting takes the threshold out of the list and closes the editor', async () => {
  const bridge = new FakeBridge({ 'rules.remove': () => answer({}) })
  const editor = anEditor(bridge)
  editor.edit(anId(100))
  await editor.remove()
  expect([bridge.asked[0]?.request, editor.rules, editor.open]).toEqual([{ id: anId(100), version: 1 }, [], false])
})

test('a version that somebody else saved marks the open one as outdated', () => {
  const live = new LiveData(new FakeBridge().api)
  live.rules.items = [aRule()]
  const editor = new ThresholdEditor(live)
  editor.edit(anId(100))
  live.rules.take([aRule({ version: 2, warning: 60 })])
  expect(editor.outdated).toBe(true)
  editor.reload()
  expect([editor.outdated, editor.form.warning]).toEqual([false, '60'])
})
