import { expect, test } from 'vitest'
import type { IpcDeps } from './ipc-deps.ts'
import { pageDeps } from './page-deps-builder.ts'
import type { SourceCallDeps } from './source-deps.ts'
import { sourceHandlers } from './source-handlers.ts'

function fixture(over: Partial<SourceCallDeps> = {}, replies: Record<string, unknown> = {}) {
  const calls: unknown[] = []
  const set: string[] = []
  const call = ((name: string, request: unknown) => {
    calls.push([name, request])
    return Promise.resolve(replies[name])
  }) as IpcDeps['data']['call'] & IpcDeps['read']['call']
  const sources: SourceCallDeps = {
    searches: {} as never,
    topics: () => ({ pattern: '^metrics-', fixedBy: 'KAFKA_TOPIC_PATTERN sets the topics.' }),
    setTopics: (topics) => set.push(topics),
    chooseFile: () => Promise.resolve('/home/ada/rejected.json'),
    ...over,
  }
  const { settings } = pageDeps()
  return { handlers: sourceHandlers({ data: { call }, read: { call }, sources, settings, now: () => 0 }), calls, set }
}

test('the sources come with the pattern, and why it cannot be changed', async () => {
  const { handlers } = fixture({}, { 'sources.list': [] })
  expect(await handlers['sources.list']({})).toEqual({
    pattern: '^metrics-',
    fixedBy: 'KAFKA_TOPIC_PATTERN sets the topics.',
    sources: [],
  })
  expect(await handlers['sources.example']({ topics: ['a'] })).toEqual({})
})

test('a pattern that is none is refused here', async () => {
  const { handlers, set } = fixture()
  expect(() => handlers['sources.setPattern']({ pattern: '^(' })).toThrow(/no regular expression/)
  await handlers['sources.setPattern']({ pattern: '^(metrics-|telegraf$)' })
  expect(set).toEqual(['^(metrics-|telegraf$)'])
})

test('an export goes to the chosen file, or nowhere', async () => {
  const { handlers, calls } = fixture({}, { 'rejected.export': { rows: 3 } })
  expect(await handlers['rejectedRecords.export']({})).toEqual({
    saved: true,
    path: '/home/ada/rejected.json',
    rows: 3,
  })
  expect(calls).toEqual([['rejected.export', { path: '/home/ada/rejected.json', zone: 'local' }]])
  const canceled = fixture({ chooseFile: () => Promise.resolve(undefined) })
  expect(await canceled.handlers['rejectedRecords.export']({})).toEqual({ saved: false })
})
