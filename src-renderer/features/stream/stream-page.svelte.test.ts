import { expect, test } from 'vitest'
import type { SourceView } from '#shared/ipc/source-calls.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { StreamPage } from './stream-page.svelte.ts'

const source = (name: string, part: Partial<SourceView> = {}): SourceView => ({
  name,
  topics: [name],
  topicCount: 1,
  partitions: 1,
  state: 'reading',
  formats: [{ name: 'remo', share: 1 }],
  passed: [],
  hosts: 1,
  metrics: 1,
  series: 1,
  seriesAtMost: 50_000,
  rates: 0,
  recordsPerSecond: 1,
  rejected: 0,
  records: 1,
  since: 0,
  spread: 0,
  ...part,
})

function fixture(sources: SourceView[], pattern = '^(metrics-|telegraf$|otel-)') {
  const state = { pattern, sources }
  const bridge = new FakeBridge({
    'sources.list': () => okReply(state),
    'sources.example': () => okReply({}),
    'sources.setPattern': ({ pattern: next }) => {
      if (next === '^refused') return failureReply('conflict', 'KAFKA_TOPIC_PATTERN sets the topics.')
      state.pattern = next
      return okReply({})
    },
    'partitions.list': () => failureReply('unavailable', 'ReMo is opening Production.'),
    'rejectedRecords.list': () => okReply([]),
    'gaps.list': () => okReply([]),
    'rejectedRecords.export': () => okReply({ saved: true, path: '/home/anna/a.json', rows: 7 }),
  })
  return { bridge, state, page: new StreamPage(new AppState(bridge.api)) }
}

test.each([
  ['telegraf', {}, '^(metrics-|otel-)'],
  ['otel-x', {}, '^(?!otel-x$)(metrics-|telegraf$|otel-)'],
  ['metrics-.*', { topicCount: 48 }, '^(telegraf$|otel-)'],
] as const)('without %s', async (name, part, expected) => {
  const { page, state } = fixture([source(name, part)])
  await page.refresh('sources')
  expect(page.withoutSource).toBe(expected)
  expect(await page.readNoMore()).toBe(true)
  expect([state.pattern, page.pattern]).toEqual([expected, expected])
})

test('the last source cannot be taken out', async () => {
  const { page } = fixture([source('metrics-.*', { topicCount: 2 })], '^metrics-')
  await page.refresh('sources')
  expect([page.withoutSource, await page.readNoMore()]).toEqual([undefined, false])
})

test('a pattern that is refused stays in the field, with the reason', async () => {
  const { page } = fixture([source('telegraf')])
  await page.refresh('sources')
  page.draft = '^('
  expect([await page.setPattern('^('), page.draftProblem]).toEqual([false, expect.stringMatching(/regular expression/)])
  page.draft = '^refused'
  expect(await page.setPattern('^refused')).toBe(false)
  expect([page.draft, page.refusal?.message]).toEqual(['^refused', 'KAFKA_TOPIC_PATTERN sets the topics.'])
})

test('the selected source stays selected while numbers change', async () => {
  const { page, state } = fixture([source('a'), source('b'), source('c')])
  await page.refresh('sources')
  page.move('sources', 1)
  expect(page.source?.name).toBe('b')
  state.sources = [source('b', { records: 9 }), source('a'), source('c')]
  await page.refresh('sources')
  expect(page.source?.name).toBe('b')
})

test('why a list is not available, and where an export is', async () => {
  const { page } = fixture([])
  await page.refresh('partitions')
  expect([page.problem?.message, page.partitionsLoaded]).toEqual(['ReMo is opening Production.', false])
  await page.refresh('rejected')
  expect([page.problem, page.rejectedLoaded]).toEqual([undefined, true])
  await page.exportRejected()
  expect(page.exported).toBe('7 in /home/anna/a.json')
})
