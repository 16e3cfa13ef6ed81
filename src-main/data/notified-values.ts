import { isNodeAlert, type NodeAlert, type NotifiedAs } from '#shared/alert/alert.ts'
import type { NotifiedTransition } from '#shared/notification/queued-notification.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { TestBackend } from './test-backend.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

/** For tests of what is queued to be notified, and when. */
export const t0 = 1_764_000_000_000
export const second = 1000

/** The values of node-1, a second apart. */
export function valuesOf(fixture: TestEngine) {
  let offset = 0
  const batches = (...values: number[]) => {
    fixture.now = t0 + (offset + values.length - 1) * second
    const records = values.map((value, i) =>
      aMessage({ node: 'node-1', at: t0 + (offset + i) * second, metrics: { cpu_usage: value } }),
    )
    const batch = aBatch(records, fixture.now, { from: offset })
    offset += values.length
    return batch
  }
  return {
    /** The next values; the same batch again is one that Kafka delivers again. */
    send: (...values: number[]) => {
      const batch = batches(...values)
      void fixture.engine.handlers.batches(batch)
      return batch
    },
    skipTo: (to: number) => (offset = to),
  }
}

export const idOf = (fixture: TestEngine): string => only(fixture.call('alerts.list', { open: true })).id

export function settle(
  fixture: TestEngine,
  transition: NotifiedTransition,
  how: { readonly shown: boolean; readonly as?: NotifiedAs; readonly id?: string },
): void {
  const { id = idOf(fixture), ...rest } = how
  fixture.call('notifications.settle', { ...rest, items: [{ alertId: id, transition }] })
}
export const popup = { shown: true, as: 'popup' } as const

/** What waits to be notified: transition, and whether something of the alert was shown before. */
export const queuedIn = (fixture: TestEngine): string[] =>
  fixture.store.alerts
    .queuedNotifications()
    .map(({ transition, wasShown }) => `${transition}${wasShown ? ' again' : ''}`)
/** All that was sent to the main thread so far. */
export const sentBy = (fixture: TestEngine): string[] =>
  fixture
    .emittedOf('notifications.queued')
    .flat()
    .map(({ alert, transition, wasShown }) => `${transition}${wasShown ? ' again' : ''}, ${alert.phase}`)

/** The one open alert. */
export function openAlertIn(fixture: TestEngine): NodeAlert {
  return only(fixture.call('alerts.list', { open: true }).filter(isNodeAlert))
}

/** Fires and clears immediately. */
export const teamRule = aRule({ forSeconds: 0 })

/** A console of a team that knows `teamRule`. `fixtures`: it is removed with them. */
export function aTeamConsole(fixtures: TestEngine[]) {
  const fixture = new TestEngine({ now: t0, hasBackend: true })
  fixtures.push(fixture)
  const backend = new TestBackend(fixture)
  backend.publishRule(teamRule)
  return { fixture, backend, ...valuesOf(fixture) }
}
