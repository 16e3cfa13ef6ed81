import { afterEach, describe, expect, test } from 'vitest'
import type { AlertEvent } from '#shared/alert/alert.ts'
import { aRule, anId } from '#shared/rule/rule-builders.ts'
import type { Silence, SilenceDraft } from '#shared/silence/silence.ts'
import { aMatcher, aWeekly } from '#shared/silence/silence-builders.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

// A console without a backend: its silences are its own.

const t0 = 1_764_000_000_000
const hourMs = 3_600_000
const { id: _id, version: _v, deleted: _d, effectiveFrom: _f, updatedBy: _b, updatedAt: _a, ...draft } = aRule()
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function aConsole(): TestEngine {
  const fixture = new TestEngine({ now: t0 - 60_000 })
  fixtures.push(fixture)
  fixture.call('rules.save', { draft: { ...draft, forSeconds: 0 } })
  fixture.now = t0
  return fixture
}

const silenceOf = (node: string, change: Partial<SilenceDraft> = {}): SilenceDraft => ({
  matchers: [aMatcher('node', '=', node)],
  schedule: { kind: 'once', startsAt: t0, endsAt: t0 + hourMs },
  comment: 'disk swap',
  ...change,
})
const save = (fixture: TestEngine, of: SilenceDraft, edited: { id?: string; version?: number } = {}): Silence =>
  fixture.call('silences.save', { ...edited, draft: of, by: 'kim', at: fixture.now })
const offsets = new Map<TestEngine, number>()
/** One value of the CPU, now. */
function send(fixture: TestEngine, node: string, value: number): void {
  const from = offsets.get(fixture) ?? 0
  offsets.set(fixture, from + 1)
  const message = aMessage({ node, at: fixture.now, metrics: { cpu_usage: value } })
  void fixture.engine.handlers.batches(aBatch([message], fixture.now, { topic: 'metrics-all', from }))
}
function after(fixture: TestEngine, ms: number): void {
  fixture.now += ms
  fixture.engine.tick()
}
const linesOf = (fixture: TestEngine, id: string): string[] =>
  fixture
    .call('alerts.timeline', { id })
    .flatMap(({ kind, at, by }: AlertEvent) => (kind === 'opened' ? [] : [`${at - t0} ${kind} ${by ?? ''}`.trim()]))
/** Transitions that wait to be notified, by alert. */
const queuedOf = (fixture: TestEngine): string[] =>
  fixture.store.alerts.queuedNotifications().map(({ alert, transition }) => `${alert.nodeId} ${transition}`)
const notify = (fixture: TestEngine): void => {
  const items = fixture.store.alerts
    .queuedNotifications()
    .map(({ alert, transition }) => ({ alertId: alert.id, transition }))
  fixture.call('notifications.settle', { shown: true, items })
}
const openOn = (fixture: TestEngine, node: string) =>
  only(fixture.call('alerts.list', { open: true }).filter(({ nodeId }) => nodeId === node))

describe('the list', () => {
  test('has a new silence at once, and keeps it through a restart', () => {
    const fixture = aConsole()
    const silence = save(fixture, silenceOf('web-1'))
    expect(silence).toMatchObject({ version: 1, createdBy: 'kim', createdAt: t0, comment: 'disk swap' })
    expect(fixture.emittedOf('silences.changed').at(-1)).toEqual([silence])
    fixture.restart()
    expect(fixture.call('silences.list', {})).toEqual([silence])
    expect(fixture.emittedOf('silences.changed').at(-1)).toEqual([silence])
    expect(fixture.call('actions.list', {})).toEqual([])
  })

  test('an edit is the next version; one of an older version is a conflict', () => {
    const fixture = aConsole()
    const { id } = save(fixture, silenceOf('web-1'))
    fixture.now += 1000
    const edited = save(fixture, silenceOf('web-2'), { id, version: 1 })
    expect(edited).toMatchObject({ id, version: 2, createdAt: t0, updatedAt: t0 + 1000 })
    expect(() => save(fixture, silenceOf('web-3'), { id, version: 1 })).toThrow(
      'kim changed this silence after you opened it. Review it and save again.',
    )
    expect(fixture.call('silences.list', {})).toEqual([edited])
  })

  test('one that was ended stays as ended, cannot be changed, and leaves after 14 days', () => {
    const fixture = aConsole()
    const { id } = save(fixture, silenceOf('web-1'))
    fixture.now += 1000
    const by = { by: 'lee', at: fixture.now }
    const expired = fixture.call('silences.expire', { id, ...by })
    expect(expired).toMatchObject({ version: 2, updatedBy: 'lee', expiredAt: t0 + 1000 })
    expect(() => fixture.call('silences.expire', { id, ...by })).toThrow('This silence has already ended.')
    expect(() => save(fixture, silenceOf('web-1'), { id })).toThrow('This silence has ended. Make a new one.')
    expect(() => fixture.call('silences.expire', { id: anId(7), ...by })).toThrow('This silence no longer exists.')
    fixture.now += 14 * 24 * hourMs - 1
    expect(fixture.call('silences.list', {})).toHaveLength(1)
    fixture.now += 2
    expect(fixture.call('silences.list', {})).toEqual([])
  })

  test('the newest is the first', () => {
    const fixture = aConsole()
    save(fixture, silenceOf('a', { comment: 'first' }))
    fixture.now += 1000
    save(fixture, silenceOf('b', { comment: 'second', schedule: aWeekly() }))
    expect(fixture.call('silences.list', {}).map(({ comment }) => comment)).toEqual(['second', 'first'])
  })
})

describe('a silenced alert', () => {
  test('goes on, its timeline says so, and it is notified again when the silence ends', () => {
    const fixture = aConsole()
    send(fixture, 'web-1', 99)
    send(fixture, 'web-2', 99)
    notify(fixture)
    fixture.now += 500
    const { id: silenceId } = save(fixture, silenceOf('web-1'))
    after(fixture, 500)
    after(fixture, 1000)
    const { id } = openOn(fixture, 'web-1')
    const [, silenced] = fixture.call('alerts.timeline', { id }).filter(({ kind }) => kind !== 'notified')
    expect(silenced).toEqual({
      alertId: id,
      kind: 'silenced',
      at: t0 + 1000,
      by: 'kim',
      comment: 'disk swap',
      silenceId,
    })
    expect(queuedOf(fixture)).toEqual([])
    fixture.now = t0 + hourMs - 1000
    after(fixture, 1000)
    after(fixture, 1000)
    expect(linesOf(fixture, id)).toEqual(['0 notified', '1000 silenced kim', `${hourMs} unsilenced`])
    expect(queuedOf(fixture)).toEqual(['web-1 unsilenced'])
    expect(fixture.emittedOf('notifications.queued').at(-1)).toMatchObject([{ transition: 'unsilenced' }])
  })

  test('is notified at the end of each silence, once', () => {
    const fixture = aConsole()
    send(fixture, 'web-1', 99)
    notify(fixture)
    for (const round of [1, 2]) {
      const startsAt = fixture.now
      save(fixture, silenceOf('web-1', { schedule: { kind: 'once', startsAt, endsAt: startsAt + 60_000 } }))
      after(fixture, 1000)
      after(fixture, 60_000)
      expect([round, queuedOf(fixture)]).toEqual([round, ['web-1 unsilenced']])
      notify(fixture)
      after(fixture, 1000)
      expect([round, queuedOf(fixture)]).toEqual([round, []])
    }
  })

  test('that ends before the silence has no line for its end, and is not notified again', () => {
    const fixture = aConsole()
    save(fixture, silenceOf('web-1'))
    send(fixture, 'web-1', 99)
    after(fixture, 1000)
    send(fixture, 'web-1', 5)
    fixture.now = t0 + hourMs
    after(fixture, 1000)
    const resolved = only(fixture.call('alerts.list', { open: false }))
    expect(linesOf(fixture, resolved.id)).toEqual(['1000 silenced kim', '1000 resolved'])
    // Its popup would say what nobody was shown: the plan drops both.
    expect(queuedOf(fixture)).toEqual(['web-1 opened', 'web-1 resolved'])
    expect(fixture.store.alerts.queuedNotifications().some(({ wasShown }) => wasShown)).toBe(false)
  })

  test('has each line once, whenever the console restarts', () => {
    const fixture = aConsole()
    send(fixture, 'web-1', 99)
    save(fixture, silenceOf('web-1'))
    const { id } = openOn(fixture, 'web-1')
    for (const step of [1000, 1000, hourMs - 2000, 1000]) {
      fixture.restart()
      after(fixture, step)
      fixture.restart()
      after(fixture, 0)
    }
    expect(linesOf(fixture, id)).toEqual(['1000 silenced kim', `${hourMs} unsilenced`])
  })

  test('whose silence ended while the console was closed, is notified at the next start', () => {
    const fixture = aConsole()
    send(fixture, 'web-1', 99)
    save(fixture, silenceOf('web-1'))
    after(fixture, 1000)
    notify(fixture)
    fixture.now = t0 + 2 * hourMs
    fixture.restart()
    after(fixture, 0)
    expect(queuedOf(fixture)).toEqual(['web-1 unsilenced'])
  })

  test('stays silenced while another silence matches; the one who ended the last one is named', () => {
    const fixture = aConsole()
    send(fixture, 'web-1', 99)
    const short = save(fixture, silenceOf('web-1', { comment: 'short' }))
    save(
      fixture,
      silenceOf('web-1', {
        schedule: aWeekly({ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00', daysLater: 1 }),
      }),
    )
    after(fixture, 1000)
    fixture.call('silences.expire', { id: short.id, by: 'lee', at: fixture.now })
    after(fixture, 1000)
    const { id } = openOn(fixture, 'web-1')
    expect(linesOf(fixture, id)).toEqual(['1000 silenced kim'])
    for (const silence of fixture.call('silences.list', {}))
      if (silence.expiredAt === undefined)
        fixture.call('silences.expire', { id: silence.id, by: 'lee', at: fixture.now })
    after(fixture, 1000)
    expect(linesOf(fixture, id)).toEqual(['1000 silenced kim', '3000 unsilenced lee'])
  })

  test('costs nothing more while nothing changes: no transaction, and no event', () => {
    const fixture = aConsole()
    send(fixture, 'web-1', 99)
    save(fixture, silenceOf('web-1'))
    after(fixture, 1000)
    const before = fixture.emittedOf('alerts.changed').length
    // After a minute without records, the console is blind: that is an alert.
    for (let i = 0; i < 50; i++) after(fixture, 1000)
    expect(fixture.emittedOf('alerts.changed')).toHaveLength(before)
  })
})

describe('notices', () => {
  const noticesOf = (fixture: TestEngine): string[] =>
    fixture.emittedOf('silences.due').flatMap((notices) => notices.map(({ kind, at }) => `${at - t0} ${kind}`))

  test('come at the start, ten minutes before the end and at the end, each once, through restarts', () => {
    const fixture = aConsole()
    save(fixture, silenceOf('web-1', { schedule: { kind: 'once', startsAt: t0 + 2000, endsAt: t0 + hourMs } }))
    for (const at of [1000, 2000, 3000, 3_000_000, 3_001_000, hourMs, hourMs + 1000]) {
      fixture.now = t0 + at
      fixture.engine.tick()
      fixture.restart()
      fixture.engine.tick()
    }
    expect(noticesOf(fixture)).toEqual(['2000 began', '3000000 ends-soon', `${hourMs} ended`])
  })

  test('do not come for what happened while the console was closed', () => {
    const fixture = aConsole()
    save(fixture, silenceOf('web-1', { schedule: { kind: 'once', startsAt: t0 + 2000, endsAt: t0 + hourMs } }))
    fixture.restart()
    after(fixture, 5 * hourMs)
    expect(noticesOf(fixture)).toEqual([])
  })
})

describe('the end of an acknowledgement', () => {
  const acknowledge = (fixture: TestEngine, node: string, until: number): string => {
    const { id } = openOn(fixture, node)
    fixture.call('alerts.acknowledge', { id, acknowledgement: { by: 'kim', at: fixture.now, comment: '', until } })
    return id
  }

  test('is a line of the timeline with its own time; the alert has none any more, and is notified again', () => {
    const fixture = aConsole()
    send(fixture, 'web-1', 99)
    notify(fixture)
    const id = acknowledge(fixture, 'web-1', t0 + 60_000)
    after(fixture, 59_999)
    expect(openOn(fixture, 'web-1').acknowledgement).toMatchObject({ by: 'kim' })
    after(fixture, 700)
    after(fixture, 1000)
    expect(openOn(fixture, 'web-1').acknowledgement).toBeUndefined()
    expect(linesOf(fixture, id)).toEqual(['0 notified', '0 acknowledged kim', '60000 expired kim'])
    expect(queuedOf(fixture)).toEqual(['web-1 expired'])
    expect(fixture.emittedOf('alerts.changed').at(-1)).toEqual([openOn(fixture, 'web-1')])
  })

  test('comes once, also if the console was closed then, and again for the next acknowledgement', () => {
    const fixture = aConsole()
    send(fixture, 'web-1', 99)
    notify(fixture)
    const id = acknowledge(fixture, 'web-1', t0 + 60_000)
    fixture.now = t0 + hourMs
    fixture.restart()
    after(fixture, 0)
    fixture.restart()
    after(fixture, 1000)
    expect(queuedOf(fixture)).toEqual(['web-1 expired'])
    notify(fixture)
    acknowledge(fixture, 'web-1', t0 + 2 * hourMs)
    fixture.now = t0 + 2 * hourMs
    after(fixture, 0)
    after(fixture, 1000)
    expect(queuedOf(fixture)).toEqual(['web-1 expired'])
    const ends = linesOf(fixture, id).filter((line) => line.includes('expired'))
    expect(ends).toEqual(['60000 expired kim', `${2 * hourMs} expired kim`])
  })

  test('of an alert that resolved is no event', () => {
    const fixture = aConsole()
    send(fixture, 'web-1', 99)
    const id = acknowledge(fixture, 'web-1', t0 + 60_000)
    fixture.now += 1000
    send(fixture, 'web-1', 5)
    after(fixture, hourMs)
    expect(linesOf(fixture, id)).toEqual(['0 acknowledged kim', '1000 resolved'])
  })
})
