import { expect, test } from 'vitest'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { aMatcher, aSilence, aWeekly } from '#shared/silence/silence-builders.ts'
import { anAction, aSignedIn } from '../../bridge/bridge-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { TestClock } from '../../live/test-clock.svelte.ts'
import { RecentSilences } from './recent-silences.svelte.ts'
import { SilencesPage } from './silences-page.svelte.ts'

const now = Date.parse('2026-11-24T11:00:00Z')
const hour = 3_600_000
const once = (id: number, from: number, to: number, change = {}) =>
  aSilence({
    id: anId(id),
    schedule: { kind: 'once', startsAt: now + from * hour, endsAt: now + to * hour },
    ...change,
  })
const silences = [
  once(1, -1, 3),
  once(2, -1, 1, { comment: 'Deploy of billing', createdBy: 'ben', matchers: [aMatcher('rule', '=', aRule().id)] }),
  once(3, 2, 4),
  aSilence({ id: anId(4), schedule: aWeekly() }),
  aSilence({ id: anId(5), schedule: aWeekly({ days: [2], from: '11:00', to: '13:00' }) }),
  once(6, -9, -8),
  once(7, -9, 8, { expiredAt: now - hour }),
]

function aPage(bridge = new FakeBridge(), shown?: string) {
  const clock = new TestClock(now)
  const app = new AppState(bridge.api, clock)
  app.session.now = { kind: 'standalone' }
  app.rules.items = [aRule()]
  app.silences.items = silences
  const recent = new RecentSilences(app)
  const page = new SilencesPage(app, recent, shown)
  return { app, bridge, recent, page, tick: (ms: number) => (clock.at += ms) }
}
const ids = (page: SilencesPage): string[] => page.rows.map(({ id }) => id)

test('tabs: what is active, will be, comes each week and was; soonest first', () => {
  const { page } = aPage()
  expect([page.count('active'), page.count('scheduled'), page.count('weekly'), page.count('expired')]).toEqual([
    3, 1, 2, 2,
  ])
  expect(ids(page)).toEqual([anId(2), anId(5), anId(1)])
  page.tab = 'scheduled'
  expect(ids(page)).toEqual([anId(3)])
  page.tab = 'weekly'
  expect(ids(page)).toEqual([anId(5), anId(4)])
  page.tab = 'expired'
  expect(ids(page)).toEqual([anId(7), anId(6)])
})

test('the filter looks at rules, authors and comments', () => {
  const { page } = aPage()
  for (const text of ['cpu', 'BEN', 'billing']) {
    page.filter = text
    expect(ids(page), text).toEqual([anId(2)])
  }
  page.filter = 'nothing like it'
  expect([ids(page), page.row]).toEqual([[], undefined])
})

test('a silence that ends leaves the tab', () => {
  const { page, tick } = aPage()
  tick(hour)
  expect(ids(page)).toEqual([anId(1)])
})

test('an address shows the silence in its tab', () => {
  const { page } = aPage(new FakeBridge(), anId(6))
  expect([page.tab, page.row?.id]).toEqual(['expired', anId(6)])
  page.show(silences[3] ?? once(0, 0, 1))
  expect([page.tab, page.row?.id]).toEqual(['weekly', anId(4)])
})

test('an hour more, and back', async () => {
  const bridge = new FakeBridge({
    'silences.save': ({ id = '', version = 0, draft }) => okReply(aSilence({ ...draft, id, version: version + 1 })),
  })
  const { app, page, recent } = aPage(bridge)
  const [first] = silences
  if (!first) throw new Error('no silence')
  await page.extend(first)
  const ends = (): number | undefined => app.silences.items.find(({ id }) => id === anId(1))?.schedule.endsAt
  expect(ends()).toBe(now + 4 * hour)
  await recent.undo()
  expect(ends()).toBe(now + 3 * hour)
  expect(bridge.requests.map(({ request }) => (request as { version: number }).version)).toEqual([1, 2])
})

test('expired at once; its undo is a new silence with the same end', async () => {
  const bridge = new FakeBridge({
    'silences.expire': ({ id }) => okReply(once(1, -1, 3, { id, version: 2, expiredAt: now })),
    'silences.save': ({ draft }) => okReply(aSilence({ ...draft, id: anId(99) })),
  })
  const { page, recent, app } = aPage(bridge)
  page.select(anId(1))
  if (page.row) await page.expire(page.row)
  expect(ids(page)).toEqual([anId(2), anId(5)])
  expect(recent.newest?.change).toBe('expired')
  await recent.undo()
  expect(ids(page)).toContain(anId(99))
  expect(app.silences.items.find(({ id }) => id === anId(99))?.schedule.endsAt).toBe(now + 3 * hour)
})

test('the offer to undo ends after some seconds', async () => {
  const bridge = new FakeBridge({ 'silences.expire': () => okReply(once(1, -1, 3, { version: 2, expiredAt: now })) })
  const { page, recent, tick } = aPage(bridge)
  page.select(anId(1))
  if (page.row) await page.expire(page.row)
  expect(recent.newest).toBeDefined()
  tick(9000)
  expect(recent.newest).toBeUndefined()
  await recent.undo()
  expect(bridge.requests).toHaveLength(1)
})

test('a refusal is shown', async () => {
  const { page } = aPage(new FakeBridge({ 'silences.expire': () => failureReply('conflict', 'ben was first.') }))
  if (page.row) await page.expire(page.row)
  expect(page.problem?.message).toBe('ben was first.')
})

test('what ended, and a weekly one, cannot be extended; a viewer changes nothing', () => {
  const { app, page } = aPage()
  const can = (at: number) => {
    const silence = silences[at]
    return silence && [page.isChangeable(silence), page.isExtendable(silence)]
  }
  expect([can(0), can(3), can(5)]).toEqual([
    [true, true],
    [true, false],
    [false, false],
  ])
  app.session.now = aSignedIn('viewer')
  expect(can(0)).toEqual([false, false])
})

test('a change that waits for the backend is marked', () => {
  const { app, page, tick } = aPage()
  const [first] = silences
  if (!first) throw new Error('no silence')
  app.session.now = aSignedIn('operator')
  app.session.actions = [anAction({ at: now, change: { kind: 'save-silence', silence: first } })]
  expect(page.isUnsent(first)).toBe(false)
  tick(3000)
  expect(page.isUnsent(first)).toBe(true)
})
