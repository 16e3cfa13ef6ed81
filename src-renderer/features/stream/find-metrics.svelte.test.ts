import { expect, test } from 'vitest'
import type { FindResult, FoundTopic } from '#shared/ipc/source-calls.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { FindMetrics } from './find-metrics.svelte.ts'

const metrics = (topic: string, format: 'influx-line' | 'flat-json'): FoundTopic => ({
  kind: 'metrics',
  topic,
  formats: [format],
  hosts: 1,
  metrics: 1,
  names: ['cpu'],
})
const found: FindResult = {
  topics: [
    metrics('eu.metrics', 'influx-line'),
    metrics('sensors', 'flat-json'),
    { kind: 'may-be', topic: 'press', numbers: 2, hasHost: false },
    ...Array.from({ length: 6 }, (_, i): FoundTopic => ({ kind: 'not', topic: `jobs-${i}`, why: 'empty' })),
    { kind: 'not', topic: 'orders', why: 'not-metrics', detail: 'order_id' },
  ],
  ms: 10,
  left: 0,
  read: 0,
  isDone: true,
}

function fixture(answers: Array<ReturnType<typeof okReply<FindResult>>> = [okReply(found)]) {
  const bridge = new FakeBridge({
    'sources.find': () => answers.shift() ?? failureReply('unavailable', 'Nothing listens.'),
    'sources.setPattern': () => okReply({}),
    'sources.stopFind': () => okReply({}),
  })
  const find = new FindMetrics(new AppState(bridge.api))
  const asked = (call: string) => bridge.requests.filter((one) => one.call === call).map(({ request }) => request)
  return { bridge, find, asked }
}

test('what surely is metrics is chosen, escaped in the pattern', async () => {
  const { find, asked } = fixture()
  find.start('^metrics-', undefined)
  await expect.poll(() => find.result).toBeDefined()
  expect([...find.chosen]).toEqual(['eu.metrics'])
  expect(find.pattern).toBe(String.raw`^(metrics-|eu\.metrics$)`)
  find.toggle('sensors')
  find.toggle('press')
  expect(find.pattern).toBe(String.raw`^(metrics-|eu\.metrics$|sensors$)`)
  expect(await find.read()).toBe(true)
  expect(asked('sources.setPattern')).toEqual([{ pattern: String.raw`^(metrics-|eu\.metrics$|sensors$)` }])
  expect(find.open).toBe(false)
})

test('nothing chosen and nothing typed cannot be read', async () => {
  const { find } = fixture()
  find.start('^metrics-', undefined)
  await expect.poll(() => find.result).toBeDefined()
  find.toggle('eu.metrics')
  expect([find.pattern, find.canRead, await find.read()]).toEqual(['^metrics-', false, false])
})

test('topics without metrics: those that say something first, the rest on demand', async () => {
  const { find } = fixture()
  find.start('^metrics-', undefined)
  await expect.poll(() => find.result).toBeDefined()
  const ids = (): string[] => find.rows.map(({ id }) => id)
  expect(ids().slice(-5)).toEqual(['heading-not', 'topic-orders', 'topic-jobs-0', 'topic-jobs-1', 'more'])
  find.act('more')
  expect(ids()).not.toContain('more')
  expect(ids()).toContain('topic-jobs-5')
  expect(find.selected).toBe('topic-jobs-2')
  // Its button is in the row that is gone.
  find.select('more')
  find.move(1)
  expect(find.selected).toBe('topic-jobs-3')
})

test('a variable that sets the topics: nothing is chosen', async () => {
  const { find } = fixture()
  find.start('^metrics-', 'KAFKA_TOPIC_PATTERN sets the topics.')
  await expect.poll(() => find.result).toBeDefined()
  find.toggle('eu.metrics')
  find.pattern = '^other'
  expect([[...find.chosen], find.canRead]).toEqual([[], false])
})

test('a failed search says why, and another one begins', async () => {
  const { find } = fixture([])
  find.start('^metrics-', undefined)
  await expect.poll(() => find.problem?.message).toBe('Nothing listens.')
  expect(find.busy).toBe(false)
  void find.search()
  expect([find.problem, find.busy]).toEqual([undefined, true])
})

test('closed while it looks: the search is stopped, and its answer changes nothing', async () => {
  const { find, bridge, asked } = fixture()
  find.start('^metrics-', undefined)
  find.close()
  await Promise.resolve()
  bridge.push('sources.findProgress', { looked: 1, of: 2 })
  await Promise.resolve()
  expect([find.open, find.result, find.progress, asked('sources.stopFind').length]).toEqual([
    false,
    undefined,
    undefined,
    1,
  ])
})
