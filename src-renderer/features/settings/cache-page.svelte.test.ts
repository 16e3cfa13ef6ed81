import { expect, test } from 'vitest'
import { aCacheUsage } from '../../bridge/cache-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { CachePage } from './cache-page.svelte.ts'

const usage = aCacheUsage({ now: Date.UTC(2026, 10, 24, 12) })

test('a deletion asks first, and says what failed', async () => {
  const bridge = new FakeBridge({
    'cache.usage': () => okReply(usage),
    'cache.delete': () => failureReply('unavailable', 'The disk is full.'),
  })
  const page = new CachePage(bridge.api)
  page.ask()
  expect([page.asking, bridge.requests]).toEqual([true, []])
  page.close()
  expect(page.asking).toBe(false)
  page.ask()
  await page.delete()
  expect(bridge.requests.map(({ call }) => call)).toEqual(['cache.delete', 'cache.usage'])
  expect(page.deleted).toEqual({ ok: false, text: 'Not deleted. The disk is full.' })
})

test('a compaction says how much it gave back, and the numbers are new', async () => {
  const bridge = new FakeBridge({
    'cache.usage': () => okReply({ ...usage, free: 0 }),
    'cache.compact': () => okReply({ before: 90e6, after: 29e6 }),
  })
  const page = new CachePage(bridge.api)
  const work = page.compact()
  expect(page.compacting).toBe(true)
  await work
  expect(page.compacting).toBe(false)
  expect(page.compacted?.text.replaceAll('\u202f', ' ')).toBe('Gave 61 MB back.')
  expect(page.usage?.free).toBe(0)
})

test('a canceled dialog of the bundle says nothing; a saved one says where', async () => {
  const replies = { path: undefined as string | undefined }
  const bridge = new FakeBridge({
    'app.saveDiagnostics': () =>
      okReply(replies.path === undefined ? { saved: false } : { saved: true, path: replies.path }),
  })
  const page = new CachePage(bridge.api)
  await page.saveDiagnostics()
  expect(page.saved).toBeUndefined()
  replies.path = '/home/anna/remo.zip'
  await page.saveDiagnostics()
  expect(page.saved).toEqual({ ok: true, text: 'Saved as /home/anna/remo.zip.' })
})

test('what cannot be read or opened is said', async () => {
  const bridge = new FakeBridge({
    'cache.usage': () => failureReply('unavailable', 'ReMo is opening Production.'),
    'app.openFolder': () => failureReply('failed', 'The system could not open it.'),
  })
  const page = new CachePage(bridge.api)
  await page.refresh()
  await page.openFolder('logs')
  expect([page.usage, page.problem, page.folderProblem]).toEqual([
    undefined,
    'ReMo is opening Production.',
    'The system could not open it.',
  ])
})
