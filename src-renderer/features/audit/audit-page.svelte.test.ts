import { expect, test } from 'vitest'
import type { AuditEntry } from '#shared/rest/audit.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AuditPage } from './audit-page.svelte.ts'

const entry = (id: string): AuditEntry => ({
  id,
  at: '2026-11-24T10:15:30.123Z',
  actor: 'anna',
  action: 'rule.changed',
  subject: 'x',
  before: null,
  after: null,
})

test('the audit is read page by page, and from the start with a filter', async () => {
  const bridge = new FakeBridge({
    'audit.list': ({ cursor }) =>
      okReply(cursor === undefined ? { entries: [entry('3'), entry('2')], next: 'c' } : { entries: [entry('1')] }),
  })
  const page = new AuditPage(bridge.api)
  await page.read()
  expect([page.entries.length, page.hasMore]).toEqual([2, true])
  await page.more()
  expect([page.entries.map(({ id }) => id), page.hasMore]).toEqual([['3', '2', '1'], false])
  page.move(1)
  expect(page.selected?.id).toBe('3')
  page.action = 'rule.changed'
  page.text = ' anna '
  await page.read()
  expect(bridge.requests.map(({ request }) => request)).toEqual([
    {},
    { cursor: 'c' },
    { action: 'rule.changed', text: 'anna' },
  ])
})

test('a failure keeps what is listed, and says why', async () => {
  const bridge = new FakeBridge({ 'audit.list': () => okReply({ entries: [entry('1')] }) })
  const page = new AuditPage(bridge.api)
  await page.read()
  bridge.replies['audit.list'] = () => failureReply('unavailable', 'The backend is unavailable.')
  await page.read()
  expect([page.entries.length, page.problem?.message]).toEqual([1, 'The backend is unavailable.'])
})

test('of two requests the later one counts', async () => {
  const answers: Array<(entries: AuditEntry[]) => void> = []
  const bridge = new FakeBridge({
    'audit.list': () => new Promise((resolve) => answers.push((entries) => resolve(okReply({ entries })))),
  })
  const page = new AuditPage(bridge.api)
  const [first, second] = [page.read(), page.read()]
  answers[1]?.([entry('2')])
  answers[0]?.([entry('1')])
  await Promise.all([first, second])
  expect(page.entries.map(({ id }) => id)).toEqual(['2'])
})
