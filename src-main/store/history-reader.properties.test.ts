import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import { type Alert, type AlertEvent, OwnAlertKind } from '#shared/alert/alert.ts'
import { factOf } from '#shared/history/history-fact.ts'
import { historyDetails, historyText } from '#shared/history/history-details.ts'
import { byPlace, isBlindInHistory, isInHistory, placeOf } from '#shared/history/history-filter.ts'
import type { BlindEntry, HistoryEntry, HistoryFilter } from '#shared/history/history.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { ConsoleStore } from './console-store.ts'
import { ReadStore } from './read-store.ts'
import { aBatchWrite, aFolder } from './store-builders.ts'

const nodes = ['node-1', 'Node-2', 'ÄRGER', "o'%_\\node"] as const
const metrics = ['cpu_usage', 'temp', '_'] as const
const words = ['batch job', "50% _off_ '", 'ärger', 'looking'] as const
const people = ['anna', 'Ben'] as const

/** Event times on a grid, so that many alerts open at the same time. */
const time = fc.integer({ min: 0, max: 20 }).map((n) => n * 1000)

const event = fc.record({
  kind: fc.constantFrom<AlertEvent['kind']>(
    'acknowledged',
    'escalated',
    'silenced',
    'flapping',
    'commented',
    'notified',
  ),
  at: time,
  by: fc.constantFrom(...people),
  comment: fc.constantFrom('', ...words),
  value: fc.integer({ min: 0, max: 100 }),
})

interface Stored {
  readonly alert: Alert
  readonly events: readonly AlertEvent[]
}

const stored: fc.Arbitrary<Stored> = fc
  .record({
    n: fc.integer({ min: 1, max: 60 }),
    openedAt: time,
    nodeId: fc.constantFrom(...nodes),
    nodeName: fc.constantFrom('Server-Alpha', 'Rack %'),
    metric: fc.constantFrom(...metrics),
    kind: fc.constantFrom('value' as const, 'no-data' as const),
    rule: fc.integer({ min: 100, max: 102 }),
    severity: fc.constantFrom('warning' as const, 'critical' as const),
    resolvedAt: fc.option(time, { nil: undefined }),
    ack: fc.option(fc.constantFrom(...words), { nil: undefined }),
    events: fc.uniqueArray(event, { maxLength: 4, selector: ({ kind, at }) => `${kind} ${at}` }),
  })
  .map(({ n, rule, resolvedAt, ack, events, ...fields }) => {
    const alert = anAlert({
      ...fields,
      id: anId(n),
      ruleId: anId(rule),
      ...(resolvedAt === undefined ? {} : { phase: 'resolved', resolvedAt }),
      ...(ack === undefined ? {} : { acknowledgement: { by: 'carla', at: 500, comment: ack } }),
    })
    return { alert, events: events.map((one) => ({ alertId: alert.id, ...eventOf(one) })) }
  })

function eventOf({ kind, at, by, comment, value }: { kind: AlertEvent['kind'] } & Record<string, unknown>) {
  const more = kind === 'escalated' ? { severity: 'critical' as const, value } : { by, comment }
  return { kind, at, ...more } as Omit<AlertEvent, 'alertId'>
}

/** Of the console about itself: it has no node, and only an unreachable backend is for information. */
const own: fc.Arbitrary<Stored> = fc
  .record({ n: fc.integer({ min: 61, max: 70 }), openedAt: time, kind: fc.constantFrom(...OwnAlertKind.options) })
  .map(({ n, openedAt, kind }) => {
    const severity = kind === 'backend' ? 'info' : kind === 'blind' ? 'critical' : 'warning'
    return { alert: anOwnAlert({ id: anId(n), openedAt, kind, severity }), events: [] }
  })

const blind: fc.Arbitrary<BlindEntry> = fc.record({
  kind: fc.constant('blind' as const),
  from: time,
  to: fc.constant(30_000),
  cause: fc.constantFrom('Kafka did not answer.', 'Looking for a broker.'),
})

const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const filter: fc.Arbitrary<HistoryFilter> = fc
  .record({
    from: time,
    to: fc.oneof(time, fc.constant(1e6)),
    nodeId: maybe(nodes),
    metric: maybe(metrics),
    ruleId: maybe([anId(100), anId(109)]),
    severity: maybe(['info', 'warning', 'critical'] as const),
    outcome: maybe(['firing', 'resolved', 'acknowledged', 'unacknowledged', 'silenced', 'flapped'] as const),
    text: maybe([
      'NODE',
      'this console',
      'Ärger',
      '%',
      '_',
      '\\',
      "'",
      'anna',
      'ben',
      'job',
      ' OFF ',
      'cpu usage',
      "x') OR 1=1 --",
    ]),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as HistoryFilter)

it('pages of any size have each entry once, in order, equal to a filter in memory; new alerts change nothing', () => {
  const folder = aFolder()
  const { store } = ConsoleStore.open(folder.dir, 0)
  const read = ReadStore.open(folder.dir)
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.oneof({ weight: 4, arbitrary: stored }, own), {
        maxLength: 40,
        selector: ({ alert }) => alert.id,
      }),
      fc.uniqueArray(blind, { maxLength: 4, selector: ({ from }) => from }),
      filter,
      fc.integer({ min: 1, max: 7 }),
      (alerts, periods, wanted, limit) => {
        empty(store)
        for (const { alert, events } of alerts) store.commitBatch(aBatchWrite({ alerts: [alert], events }))
        store.blind.save(...periods)
        const expected = inMemory(alerts, periods, wanted)
        const found: HistoryEntry[] = []
        for (let pages = 0, after: HistoryEntry | undefined; pages < 100; pages++) {
          const page = read.history.page({ filter: wanted, limit, after: after && placeOf(after) })
          found.push(...page)
          after = page.at(-1)
          if (page.length < limit) break
          // Newer than any place of the pages that follow.
          store.commitBatch(aBatchWrite({ alerts: [anAlert({ id: anId(900 + pages), openedAt: 999_999 + pages })] }))
        }
        expect(found).toEqual(expected)
        const ofAlerts = expected.flatMap((entry) => (entry.kind === 'alert' ? [factOf(entry)] : []))
        const facts = read.history.facts({ filter: wanted, limit: 1000 })
        expect(facts.filter(({ openedAt }) => openedAt < 900_000)).toEqual(ofAlerts)
      },
    ),
    { numRuns: 150 },
  )
  read.close()
  store.close()
  folder.dispose()
})

function inMemory(alerts: readonly Stored[], periods: readonly BlindEntry[], wanted: HistoryFilter): HistoryEntry[] {
  const entries: HistoryEntry[] = periods.filter((period) => isBlindInHistory(period, wanted))
  for (const { alert, events } of alerts) {
    const details = historyDetails(alert, events)
    const text = historyText(alert, events)
    if (isInHistory({ alert, details, text }, wanted)) entries.push({ kind: 'alert', alert, ...details })
  }
  return entries.sort((a, b) => byPlace(placeOf(a), placeOf(b)))
}

/** Without the firing ones a cache keeps some: each is ended first. */
function empty(store: ConsoleStore): void {
  const ended = store.alerts.firing().map((alert) => ({ ...alert, phase: 'resolved' as const, resolvedAt: 1 }))
  store.commitBatch(aBatchWrite({ alerts: ended }))
  store.dropBefore(2e6)
}
