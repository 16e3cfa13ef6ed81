import { afterEach, describe, expect, test } from 'vitest'
import { isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { hourMs, minuteMs } from '#shared/format/time-units.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { TestBackend } from './test-backend.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []
const rule = aRule({ forSeconds: 0 })

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

/** A live console whose next records are numbered. */
function aConsole(hasBackend = false, firstOffset = 0) {
  const fixture = new TestEngine({ now: t0, hasBackend })
  fixtures.push(fixture)
  const backend = new TestBackend(fixture)
  if (hasBackend) backend.publishRule(rule)
  else fixture.call('rules.save', { draft: rule })
  let from = firstOffset
  /** Values of the CPU of a node. Each is a record, in seconds of event time from `at` on. */
  const read = (node: string, at: number, ...values: number[]): void => {
    const records = values.map((value, i) => aMessage({ node, at: at + i * 1000, metrics: { cpu_usage: value } }))
    fixture.engine.handlers.batches(aBatch(records, at, { from }))
    from += records.length
  }
  fixture.now = t0 + 10_000
  fixture.connect([{ topic: 'metrics-node-1', end: 0 }])
  return { fixture, backend, read }
}

const unseen = (fixture: TestEngine): string[] => fixture.call('unseen.list', {})
const openIn = (fixture: TestEngine): NodeAlert[] => fixture.call('alerts.list', { open: true }).filter(isNodeAlert)

describe('an alert that fires', () => {
  test('is unseen, also after it resolved and after a restart, until somebody looks at it', () => {
    const { fixture, read } = aConsole()
    read('node-1', t0 + 10_000, 50, 97)
    const { id } = only(openIn(fixture))
    expect(fixture.emittedOf('unseen.changed').at(-1)).toEqual([id])
    read('node-1', t0 + 12_000, 10)
    fixture.restart()
    expect(unseen(fixture)).toEqual([id])
    fixture.call('alerts.seen', { ids: [id] })
    expect([unseen(fixture), fixture.emittedOf('unseen.changed').at(-1)]).toEqual([[], []])
    fixture.restart()
    expect(unseen(fixture)).toEqual([])
  })

  test('is seen when somebody acknowledges it here', () => {
    const { fixture, read } = aConsole()
    read('node-1', t0 + 10_000, 97)
    const { id } = only(openIn(fixture))
    fixture.call('alerts.acknowledge', { id, acknowledgement: { by: 'kim', at: t0 + 11_000, comment: '' } })
    expect([unseen(fixture), fixture.emittedOf('unseen.changed').at(-1)]).toEqual([[], []])
  })

  test('is seen with all others by one call', () => {
    const { fixture, read } = aConsole()
    read('node-1', t0 + 10_000, 97)
    read('node-2', t0 + 10_000, 97)
    expect(unseen(fixture)).toHaveLength(2)
    fixture.call('alerts.seen', { all: true })
    expect(unseen(fixture)).toEqual([])
  })

  test('stays seen when its records are read again', () => {
    const { fixture, read } = aConsole()
    read('node-1', t0 + 10_000, 97)
    fixture.call('alerts.seen', { all: true })
    fixture.engine.handlers.batches(
      aBatch([aMessage({ node: 'node-1', at: t0 + 10_000, metrics: { cpu_usage: 97 } })], t0 + 10_000, { from: 50 }),
    )
    expect(unseen(fixture)).toEqual([])
  })

  test('is not unseen if it fired before the console was there', () => {
    const { fixture, backend } = aConsole(true)
    backend.publishAlert(anAlert({ id: anId(7), openedAt: t0 - hourMs, since: t0 - hourMs }))
    backend.publishAlert(anAlert({ id: anId(8), nodeId: 'node-8', openedAt: t0 + 20_000, since: t0 + 20_000 }))
    expect(unseen(fixture)).toEqual([anId(8)])
  })
})

test('an alert that gets the id of the backend keeps what was seen, and a withdrawn one is gone', () => {
  for (const isSeen of [false, true]) {
    // The first record that is read breaches, and is not the first of its log: the alert is provisional.
    const { fixture, backend, read } = aConsole(true, 5)
    read('node-1', t0 + 10_000, 97)
    const own = only(openIn(fixture))
    expect(own.provisional).toBe(true)
    if (isSeen) fixture.call('alerts.seen', { ids: [own.id] })
    backend.publishAlert({
      ...own,
      id: anId(7),
      provisional: false,
      since: own.since - 1000,
      openedAt: own.openedAt - 1000,
    })
    expect(openIn(fixture).map(({ id }) => id)).toEqual([anId(7)])
    expect(unseen(fixture)).toEqual(isSeen ? [] : [anId(7)])
  }
})

describe('an absence', () => {
  /** What the line above the list says. */
  const line = (fixture: TestEngine) => {
    const away = fixture.call('away.get', {})
    return away && [away.fired, away.resolved, away.firing, away.from - t0, away.to - t0]
  }

  test('of a closed app counts what fired in between, once, also through another restart', () => {
    const { fixture, read } = aConsole()
    fixture.engine.tick()
    read('node-1', t0 + 9000, 97)
    fixture.restart()
    expect(line(fixture)).toBeNull()
    fixture.engine.stop()
    fixture.now = t0 + 8 * hourMs
    fixture.store.close()
    fixture.reopen()
    fixture.connect([{ topic: 'metrics-node-1', end: 10 }])
    read('node-2', t0 + hourMs, 50, 97, 97, 10)
    read('node-3', t0 + 2 * hourMs, 50, 97)
    read('node-4', t0 + 9 * hourMs, 50, 97)
    expect(line(fixture)).toEqual([2, 1, 1, 10_000, 8 * hourMs])
    fixture.engine.tick()
    expect(fixture.emittedOf('away.changed').at(-1)).toMatchObject({ fired: 2, resolved: 1, firing: 1 })
    fixture.restart()
    expect(line(fixture)).toEqual([2, 1, 1, 10_000, 8 * hourMs])
    fixture.call('away.dismiss', {})
    expect([line(fixture), fixture.emittedOf('away.changed').at(-1)]).toEqual([null, null])
    fixture.restart()
    expect(line(fixture)).toBeNull()
  })

  test('asleep, announced or not, ends with the wake', () => {
    for (const isAnnounced of [true, false]) {
      const { fixture, read } = aConsole()
      fixture.engine.tick()
      if (isAnnounced) fixture.call('power.changed', { isAsleep: true })
      fixture.now = t0 + hourMs
      if (isAnnounced) fixture.call('power.changed', { isAsleep: false })
      fixture.engine.tick()
      read('node-2', t0 + 30 * minuteMs, 50, 97)
      expect(line(fixture)).toEqual([1, 0, 1, 10_000, hourMs])
    }
  })

  test('behind a locked screen ends with the unlocking, also if the computer slept meanwhile', () => {
    const { fixture, read } = aConsole()
    fixture.engine.tick()
    fixture.call('away.lock', { isLocked: true })
    for (let i = 1; i <= 60; i++) {
      fixture.now = t0 + i * minuteMs
      fixture.engine.tick()
    }
    read('node-2', t0 + 30 * minuteMs, 50, 97)
    expect(line(fixture)).toBeNull()
    fixture.call('away.lock', { isLocked: false })
    expect(line(fixture)).toEqual([1, 0, 1, 10_000, hourMs])
  })

  test('of less than five minutes, or without an alert, is none', () => {
    const { fixture, read } = aConsole()
    fixture.engine.tick()
    fixture.now = t0 + 4 * minuteMs
    read('node-2', t0 + 2 * minuteMs, 50, 97)
    fixture.engine.tick()
    expect(line(fixture)).toBeNull()
    fixture.now = t0 + hourMs
    fixture.engine.tick()
    expect(line(fixture)).toBeNull()
  })

  test('that follows another one, which nobody dismissed, makes it longer', () => {
    const { fixture, read } = aConsole()
    fixture.engine.tick()
    fixture.now = t0 + hourMs
    fixture.engine.tick()
    read('node-2', t0 + 30 * minuteMs, 50, 97)
    fixture.now = t0 + 3 * hourMs
    fixture.engine.tick()
    read('node-3', t0 + 2 * hourMs, 50, 97)
    expect(line(fixture)).toEqual([2, 0, 2, 10_000, 3 * hourMs])
  })
})
