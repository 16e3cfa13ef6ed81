import { flushSync } from 'svelte'
import { expect, test } from 'vitest'
import { unitSpace } from '#shared/format/number.ts'
import type { PreviewResult } from '#shared/preview/rule-preview.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { draftOfRule } from '#shared/rule/rule-draft.ts'
import { failureReply, okReply } from '../../bridge/fake-bridge.ts'
import { firedText, firesOnSaveText, severityText, timesText } from './preview-text.ts'
import { ThresholdPreview } from './threshold-preview.svelte.ts'

const draft = draftOfRule(aRule())
const result = (fired: number): PreviewResult => ({
  after: { fired, critical: 0, nodes: 1 },
  before: { fired: 0, critical: 0, nodes: 0 },
  nodes: [],
  firesNow: [],
  applies: 1,
})

/** Replies that the test gives, in the order of the calls. */
function aBridge() {
  let begun = 0
  const steps: Array<(done: number, fired: number) => void> = []
  return {
    steps,
    'rules.preview': () => Promise.resolve(okReply({ id: ++begun, from: 0, to: 1 })),
    'rules.previewStep': () =>
      new Promise<ReturnType<typeof okReply<{ done: number; total: number; result: PreviewResult }>>>((resolve) => {
        steps.push((done, fired) => resolve(okReply({ done, total: 2, result: result(fired) })))
      }),
  }
}

test('figures come step by step until all nodes are read', async () => {
  const bridge = aBridge()
  const preview = new ThresholdPreview(bridge)
  const run = preview.run(undefined, draft)
  await expect.poll(() => bridge.steps.length).toBe(1)
  bridge.steps[0]?.(1, 3)
  await expect.poll(() => bridge.steps.length).toBe(2)
  expect([preview.shown?.done, preview.shown?.result.after.fired, preview.isRunning]).toEqual([1, 3, true])
  bridge.steps[1]?.(2, 5)
  await run
  expect([preview.shown?.result.after.fired, preview.isRunning]).toEqual([5, false])
})

test('figures that arrive do not make an unchanged form start again', async () => {
  const bridge = aBridge()
  const preview = new ThresholdPreview(bridge)
  let starts = 0
  const stop = $effect.root(() => {
    $effect(() => {
      starts++
      preview.outdate()
    })
  })
  flushSync()
  const run = preview.run(undefined, draft)
  await expect.poll(() => bridge.steps.length).toBe(1)
  bridge.steps[0]?.(2, 3)
  await run
  flushSync()
  expect([starts, preview.isRunning]).toEqual([1, false])
  stop()
})

test('the answer for an earlier text of the form is dropped', async () => {
  const bridge = aBridge()
  const preview = new ThresholdPreview(bridge)
  const first = preview.run(undefined, draft)
  await expect.poll(() => bridge.steps.length).toBe(1)
  preview.outdate()
  const second = preview.run(undefined, draft)
  await expect.poll(() => bridge.steps.length).toBe(2)
  bridge.steps[1]?.(2, 7)
  await second
  bridge.steps[0]?.(2, 1)
  await first
  expect(preview.shown?.result.after.fired).toBe(7)
})

test('a cache that is not open is said, not shown as no alert', async () => {
  const failed = () => Promise.resolve(failureReply('unavailable', 'ReMo is still opening the local cache.'))
  const preview = new ThresholdPreview({ 'rules.preview': failed, 'rules.previewStep': failed })
  await preview.run(undefined, draft)
  expect([preview.shown, preview.problem?.message]).toEqual([undefined, 'ReMo is still opening the local cache.'])
})

test('its words', () => {
  expect([0, 1, 14].map((fired) => timesText({ fired, critical: 0, nodes: fired > 1 ? 3 : fired }))).toEqual([
    'never',
    'once on 1 node',
    '14 times on 3 nodes',
  ])
  const never = { fired: 0, critical: 0, nodes: 0 }
  const once = { fired: 1, critical: 0, nodes: 1 }
  expect([never, once].flatMap((counts) => [firedText(counts, false), firedText(counts, true)])).toEqual([
    'Would not have fired',
    'Did not fire',
    'Would have fired once on 1 node',
    'Fired once on 1 node',
  ])
  expect(severityText({ fired: 14, critical: 5, nodes: 3 })).toBe('5 critical, 9 warning')
  const now = (nodeId: string) => ({ nodeId, value: 91.2, since: 0 })
  expect(firesOnSaveText([now('db-017')], 'CPU', '%')).toBe(`db-017 fires on save: CPU 91.2${unitSpace}%.`)
  expect(firesOnSaveText([now('db-017'), now('db-3')], 'CPU', '%')).toBe('db-017 and 1 more node fire on save.')
})
