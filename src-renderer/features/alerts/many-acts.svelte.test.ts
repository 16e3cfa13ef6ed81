import { flushSync } from 'svelte'
import { beforeEach, expect, test, vi } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { Alert } from '#shared/alert/alert.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { anAppInfo, aSignedIn } from '../../bridge/bridge-builders.ts'
import { FakeBridge, failureReply, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { Clock } from '../../live/clock.svelte.ts'
import { alertCommands } from './alert-commands.ts'
import { AlertsPage } from './alerts-page.svelte.ts'
import { ManyActs } from './many-acts.svelte.ts'

const now = 1_764_000_000_000
const hour = 3_600_000

beforeEach(() => {
  vi.spyOn(Date, 'now').mockImplementation(() => now)
})

function aPage(count: number, bridge = new FakeBridge(), clock = new Clock(() => now)) {
  const app = new AppState(bridge.api, clock)
  app.session.now = aSignedIn('operator')
  app.info = anAppInfo()
  app.alerts.take(
    Array.from({ length: count }, (_, i) =>
      anAlert({ id: anId(i), nodeId: `node-${i}`, openedAt: now - (i + 1) * 60_000 }),
    ),
  )
  const page = new AlertsPage(app)
  const acts = new ManyActs(app, page)
  const keys: string[] = []
  const commands = alertCommands({
    app,
    page,
    acts,
    acknowledge: () => void acts.acknowledge(),
    takeOver: () => void acts.takeOver(),
    note: (kind) => keys.push(kind),
    openNode: (id) => keys.push(id),
    focusFilter: () => keys.push('filter'),
    maySilence: () => true,
    silence: (alerts) => keys.push(`silence ${alerts.length}`),
  })
  /** Presses a key as the window does: nothing happens where its command is not available. */
  const press = (key: string): void => {
    const command = commands.find((candidate) => candidate.keys.includes(key))
    if (command?.when?.() ?? true) command?.run()
  }
  return { app, page, acts, bridge, press, keys }
}
const marked = (page: AlertsPage): string[] => page.marked.map(({ id }) => id)
const acknowledged = (n: number, at = now): Alert =>
  anAlert({ id: anId(n), nodeId: `node-${n}`, acknowledgement: { by: 'anna', at, comment: '' } })

test('x marks the row, Shift+x the range, Ctrl+A all, and Esc none', () => {
  const { page, press } = aPage(6)
  press('x')
  expect(marked(page)).toEqual([anId(0)])
  page.move(3)
  press('Shift+x')
  expect(marked(page)).toEqual([0, 1, 2, 3].map((n) => anId(n)))
  press('x')
  expect(marked(page)).toEqual([0, 1, 2].map((n) => anId(n)))
  press('$mod+a')
  expect(marked(page)).toHaveLength(6)
  press('Escape')
  expect(marked(page)).toEqual([])
})

test('only what is listed counts: another severity, filter or state leaves out the rest', () => {
  const { page, app, press } = aPage(4)
  press('$mod+a')
  page.listing.filter = 'node-1'
  expect(marked(page)).toEqual([anId(1)])
  page.listing.filter = ''
  app.alerts.take([anAlert({ id: anId(2), phase: 'resolved', resolvedAt: now, resolveReason: 'cleared' })])
  expect(marked(page)).toEqual([anId(0), anId(1), anId(3)])
  page.tab = 'all'
  expect(marked(page)).toEqual([])
})

test('x on the heading of a group marks all of it, also while it is folded', () => {
  const { page, press } = aPage(5)
  page.listing.group('rule')
  expect(page.row?.kind).toBe('group')
  if (page.row) page.listing.toggle(page.row)
  expect(page.list).toHaveLength(1)
  press('x')
  expect(page.marked).toHaveLength(5)
  press('x')
  expect(page.marked).toHaveLength(0)
})

test('50 are acknowledged in one call, with one undo', async () => {
  const bridge = new FakeBridge({
    'alerts.actOnMany': ({ ids }) => okReply({ alerts: ids.map((_, i) => acknowledged(i)), refused: [] }),
    'alerts.unacknowledgeMany': ({ given }) =>
      okReply({ alerts: given.map((_, i) => anAlert({ id: anId(i), nodeId: `node-${i}` })), refused: [] }),
  })
  const { app, page, acts, press } = aPage(50, bridge)
  press('$mod+a')
  page.comment = 'deploy rolled back'
  await acts.acknowledge()
  expect(bridge.requests).toEqual([
    {
      call: 'alerts.actOnMany',
      request: {
        ids: Array.from({ length: 50 }, (_, i) => anId(i)),
        act: { kind: 'acknowledge', comment: 'deploy rolled back' },
      },
    },
  ])
  expect([page.unacknowledged.length, page.marks.any, app.acknowledged.newestAll.length]).toEqual([0, false, 50])
  await app.acknowledged.undoNewest()
  expect([page.unacknowledged.length, app.acknowledged.newest]).toEqual([50, undefined])
  expect(bridge.requests).toHaveLength(2)
})

test('those that were left out are said; the rest is acknowledged', async () => {
  const message = 'This alert has already resolved, so there is nothing to acknowledge.'
  const bridge = new FakeBridge({
    'alerts.actOnMany': ({ ids }) =>
      okReply({
        alerts: [acknowledged(0)],
        refused: ids.slice(1).map((id) => ({ id, code: 'conflict' as const, message })),
      }),
  })
  const { app, acts, press } = aPage(3, bridge)
  press('$mod+a')
  await acts.acknowledge()
  expect([app.acknowledged.newestAll.length, app.acknowledged.said]).toEqual([1, `2 of 3 were left out. ${message}`])
})

test('nothing is lost when the call fails', async () => {
  const bridge = new FakeBridge({ 'alerts.actOnMany': () => failureReply('unavailable', 'The cache is restarting.') })
  const { page, acts, press } = aPage(3, bridge)
  press('$mod+a')
  page.comment = 'on it'
  expect(await acts.acknowledge()).toBe(false)
  expect([page.problem?.message, page.comment, page.marked.length]).toEqual(['The cache is restarting.', 'on it', 3])
})

test('an end above 24 h asks for a comment at its field, for one alert and for many', async () => {
  const { page, acts, bridge, press } = aPage(2)
  page.end.choice = 'custom'
  expect(await acts.acknowledge()).toBe(false)
  expect(page.fieldProblem).toEqual({ field: 'until', message: 'Choose a date and a time.' })
  page.end.typed = localTime(now + 25 * hour)
  press('$mod+a')
  expect(await acts.acknowledge()).toBe(false)
  expect(page.fieldProblem?.field).toBe('comment')
  page.comment = 'waiting for a disk'
  expect(page.fieldProblem).toBeUndefined()
  await acts.acknowledge()
  expect(bridge.requests).toMatchObject([{ request: { act: { until: now + 25 * hour } } }])
})

test('taking over and commenting are notes on all marked alerts, also on acknowledged ones', async () => {
  const bridge = new FakeBridge({
    'alerts.actOnMany': ({ ids }) => okReply({ alerts: ids.map((_, i) => acknowledged(i)), refused: [] }),
  })
  const { app, page, acts, press } = aPage(2, bridge)
  press('$mod+a')
  await acts.takeOver()
  expect(app.acknowledged.said).toBe('Took over 2 alerts.')
  page.tab = 'acknowledged'
  page.select(anId(1))
  page.comment = 'moved the job'
  await acts.comment()
  expect(bridge.requests.map(({ request }) => request)).toEqual([
    { ids: [anId(0), anId(1)], act: { kind: 'assign', to: 'anna', comment: '' } },
    { ids: [anId(1)], act: { kind: 'comment', comment: 'moved the job' } },
  ])
})

test('a viewer can mark and do nothing', () => {
  const { app, page, press, keys, bridge } = aPage(2)
  app.session.now = aSignedIn('viewer')
  for (const key of ['x', '$mod+a', 'a', 'u', 'c', 'm', 'Shift+m']) press(key)
  expect([page.marked, keys, bridge.requests]).toEqual([[], [], []])
})

test('while the pointer is over the list, no row moves; new alerts come last', () => {
  const { app, page } = aPage(3)
  page.listing.hold()
  expect(page.list).toHaveLength(3)
  app.alerts.take([anAlert({ id: anId(9), openedAt: now })])
  expect(page.list.at(-1)?.id).toBe(anId(9))
  page.listing.release()
  expect(page.list[0]?.id).toBe(anId(9))
})

test('20 alerts within a minute group the list by rule; a choice holds until the storm ends', () => {
  const { app, page } = aPage(0)
  app.alerts.take(Array.from({ length: 20 }, (_, i) => anAlert({ id: anId(100 + i), openedAt: now - i * 1000 })))
  expect([page.listing.storm?.count, page.listing.groupBy, page.list[0]?.kind]).toEqual([20, 'rule', 'group'])
  page.listing.group('none')
  expect([page.listing.groupBy, page.list[0]?.kind]).toEqual(['none', 'alert'])
})

test('a storm groups the list with its alerts, not at the next tick of the clock', () => {
  let at = now
  const { app, page } = aPage(0, new FakeBridge(), new Clock(() => at))
  const shown: string[] = []
  const end = $effect.root(() => {
    $effect(() => {
      shown.push(page.listing.groupBy)
    })
  })
  flushSync()
  at += 900
  app.alerts.take(Array.from({ length: 20 }, (_, i) => anAlert({ id: anId(100 + i), openedAt: at - i })))
  flushSync()
  end()
  expect(shown).toEqual(['none', 'rule'])
})

/** As the field of date and time has it. */
function localTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19)
}
