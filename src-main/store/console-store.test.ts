import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import type { HeadCopy } from '../threads/read-calls.ts'
import { databasePath } from './connection.ts'
import { headCapacity } from './heads/head.ts'
import { aBatchWrite, anAnchor, aPosition, aSample, aState, someSamples, startAt, defined } from './store-builders.ts'
import { aCachePerTest } from './test-cache.ts'

const cache = aCachePerTest()

/** Every record of a node, as [time, first value], from chunks and head. */
function stored(nodeId = 'node-1'): Array<readonly [number, number]> {
  const { reader, store } = cache
  const node = defined(reader.node(nodeId))
  const found: Array<readonly [number, number]> = []
  for (const chunk of reader.chunks(node, { from: -1e12, to: 8e15 })) {
    const values = defined(chunk.values(defined(chunk.header.metrics[0]).metric))
    chunk.at.forEach((at, i) => found.push([at, defined(values[i])]))
  }
  const head = defined(store.samples.head(nodeId))
  head.at.forEach((at, i) => found.push([at, defined(head.values[i * head.metrics.length])]))
  return found
}

function asRows(samples: ReturnType<typeof someSamples>): Array<readonly [number, number]> {
  return samples.map(({ at, values }) => [at, defined(values[0])])
}

describe('samples', () => {
  it('are stored once, in chunks and head, before and after a restart', () => {
    const samples = someSamples(1500)
    for (let i = 0; i < samples.length; i += 7)
      cache.store.commitBatch(aBatchWrite({ samples: samples.slice(i, i + 7) }))
    expect(stored()).toEqual(asRows(samples))
    expect(defined(cache.store.samples.head('node-1')).at.length).toBeLessThan(headCapacity)
    cache.reopen()
    expect(stored()).toEqual(asRows(samples))
    expect(cache.store.stats()).toMatchObject({ samples: 1500, nodes: 1 })
  })

  it('of a batch larger than a head fill several chunks', () => {
    const samples = someSamples(3 * headCapacity + 10)
    cache.store.commitBatch(aBatchWrite({ samples }))
    cache.reopen()
    expect(stored()).toEqual(asRows(samples))
  })

  it('keep their metrics when the messages of a node differ', () => {
    cache.store.commitBatch(
      aBatchWrite({
        samples: [
          aSample({ names: ['cpu_usage', 'temp'], values: [1, 2], units: { temp: '°C' } }),
          aSample({ at: startAt + 1, names: ['temp'], values: [3] }),
          aSample({ at: startAt + 2, names: ['disk_io', 'cpu_usage'], values: [4, 5] }),
        ],
      }),
    )
    cache.reopen()
    expect(cache.store.samples.head('node-1')).toEqual<HeadCopy>({
      ordinal: 0,
      metrics: ['cpu_usage', 'temp', 'disk_io'],
      at: Float64Array.of(startAt, startAt + 1, startAt + 2),
      values: Float64Array.of(1, 2, NaN, NaN, 3, NaN, 5, NaN, 4),
    })
    expect(cache.store.samples.metrics()).toEqual([
      { name: 'cpu_usage', unit: '' },
      { name: 'temp', unit: '°C' },
      { name: 'disk_io', unit: '' },
    ])
    expect(cache.store.samples.head('nobody')).toBeNull()
  })

  it('sent twice by a producer are stored once', () => {
    const samples = someSamples(5)
    cache.store.commitBatch(aBatchWrite({ samples: [...samples, ...samples, defined(samples[4])] }))
    cache.store.commitBatch(aBatchWrite({ samples }))
    expect(stored()).toEqual(asRows(samples))
  })

  it('sent twice are stored once, even if the head was closed in between', () => {
    const samples = someSamples(headCapacity * 2)
    for (const sample of samples) cache.store.commitBatch(aBatchWrite({ samples: [sample, sample] }))
    expect(stored()).toEqual(asRows(samples))
  })

  it('with the same time and different values are both stored', () => {
    cache.store.commitBatch(aBatchWrite({ samples: [aSample({ values: [1] }), aSample({ values: [2] })] }))
    expect(stored()).toEqual([
      [startAt, 1],
      [startAt, 2],
    ])
  })

  it('start a new chunk when their time is more than a day apart', () => {
    const day = 86_400_000
    const samples = [
      ...someSamples(3),
      aSample({ at: startAt - 3 * day, values: [7] }),
      ...someSamples(2, { at: startAt + 5000 }),
    ]
    cache.store.commitBatch(aBatchWrite({ samples }))
    const byTime = (a: readonly number[], b: readonly number[]): number => defined(a[0]) - defined(b[0])
    expect(stored().sort(byTime)).toEqual(asRows(samples).sort(byTime))
    expect(defined(cache.reader.node('node-1')).span).toBeLessThan(86_400)
  })

  it('are all stored when many chunks start in the same second', () => {
    const samples = someSamples(20 * headCapacity, { everyMs: 0 }).map((sample, i) => ({ ...sample, values: [i] }))
    cache.store.commitBatch(aBatchWrite({ samples }))
    cache.reopen()
    expect(
      stored()
        .map(([, value]) => value)
        .sort((a, b) => a - b),
    ).toEqual(samples.map(({ values }) => values[0]))
  })

  it('of nodes that start together fill their first chunks at different times', () => {
    for (let i = 0; i < headCapacity; i++) {
      const samples = Array.from({ length: 100 }, (_, n) =>
        aSample({ nodeId: `node-${n}`, at: startAt + i * 1000, values: [i] }),
      )
      cache.store.commitBatch(aBatchWrite({ samples }))
    }
    const lengths = Array.from({ length: 100 }, (_, n) => defined(cache.store.samples.head(`node-${n}`)).at.length)
    expect(new Set(lengths).size).toBeGreaterThan(90)
  })

  it('have a newest value per metric, by event time, with a head and without', () => {
    const samples = [
      ...someSamples(headCapacity * 2, { everyMs: 5000 }),
      aSample({ nodeName: 'Server-Beta', at: startAt - 60_000, values: [99] }),
      aSample({ nodeName: 'Server-Beta', at: startAt - 50_000, names: ['temp'], values: [20] }),
    ]
    cache.store.commitBatch(aBatchWrite({ samples }))
    const latest = [
      {
        id: 'node-1',
        name: 'Server-Beta',
        at: startAt + (headCapacity * 2 - 1) * 5000,
        intervalMs: 5000,
        metrics: ['cpu_usage', 'temp'],
        values: [47.9, 20],
      },
    ]
    expect(cache.store.samples.latest()).toEqual(latest)
    cache.reopen()
    expect(cache.store.samples.latest()).toEqual(latest)
  })
})

describe('the journal', () => {
  it('is cut up to the oldest batch that a head needs', () => {
    for (const sample of someSamples(2000)) cache.store.commitBatch(aBatchWrite({ samples: [sample] }))
    expect(journalRows()).toBeLessThan(headCapacity + 40)
  })

  it('stays within its limits when one node stops sending', () => {
    cache.reopen({ rows: 200, bytes: 1e9 })
    cache.store.commitBatch(aBatchWrite({ samples: [aSample({ nodeId: 'stopped' })] }))
    const samples = someSamples(1000)
    for (const sample of samples) cache.store.commitBatch(aBatchWrite({ samples: [sample] }))
    expect(journalRows()).toBeLessThan(300)
    cache.reopen()
    expect(stored('stopped')).toEqual([[startAt, 71.3]])
    expect(stored()).toEqual(asRows(samples))
  })

  function journalRows(): number {
    const db = new Database(databasePath(cache.dir), { readonly: true })
    const rows = defined(db.prepare<[], number>('SELECT count(*) FROM journal').pluck().get())
    db.close()
    return rows
  }
})

describe('series states', () => {
  it('are restored as written, after any number of journal cuts', () => {
    const firing = { phase: 'firing', since: anAnchor(3), alertId: anAlert().id, severity: 'critical' } as const
    const quiet = aState({ episode: firing, last: anAnchor(4), ruleFrom: startAt })
    cache.store.commitBatch(aBatchWrite({ series: [{ nodeId: 'node-2', metric: 'cpu_usage', state: quiet }] }))
    cache.store.commitBatch(
      aBatchWrite({ series: [{ nodeId: 'node-2', metric: 'cpu_usage', state: { ...quiet, last: anAnchor(9) } }] }),
    )
    someSamples(1000).forEach((sample, i) => {
      const state = aState({ last: anAnchor(i), rule: i < 500 ? null : { id: aRule().id, version: 2 } })
      cache.store.commitBatch(
        aBatchWrite({ samples: [sample], series: [{ nodeId: 'node-1', metric: 'cpu_usage', state }] }),
      )
    })
    const expected = new Map([
      ['node-1', aState({ last: anAnchor(999), rule: { id: aRule().id, version: 2 } })],
      ['node-2', { ...quiet, last: anAnchor(9) }],
    ])
    expect(new Map(cache.store.samples.series().map(({ nodeId, state }) => [nodeId, state]))).toEqual(expected)
    cache.reopen()
    expect(new Map(cache.store.samples.series().map(({ nodeId, state }) => [nodeId, state]))).toEqual(expected)
  })
})

describe('positions', () => {
  it('advance with the batch', () => {
    cache.store.commitBatch(aBatchWrite({ positions: [aPosition(3), aPosition(7, 'metrics-node-2')] }))
    cache.store.commitBatch(aBatchWrite({ positions: [aPosition(5)] }))
    cache.reopen()
    expect(cache.store.position('metrics-node-1', 0)).toEqual(aPosition(5))
    expect(cache.store.position('metrics-node-1', 1)).toBeUndefined()
    expect(cache.store.positions()).toEqual([aPosition(5), aPosition(7, 'metrics-node-2')])
  })

  it('go back only together with a gap', () => {
    cache.store.commitBatch(aBatchWrite({ samples: [aSample()], positions: [aPosition(5)] }))
    expect(() =>
      cache.store.commitBatch(aBatchWrite({ samples: [aSample({ at: 1 })], positions: [aPosition(4)] })),
    ).toThrow('go back')
    expect(stored()).toEqual([[startAt, 71.3]])
    const gap = {
      topic: 'metrics-node-1',
      partition: 0,
      from: 5,
      to: 0,
      reason: 'topic was created again',
      at: startAt,
    }
    cache.store.resetPosition(aPosition(0), gap)
    expect([cache.store.position('metrics-node-1', 0), cache.store.gaps(10)]).toEqual([aPosition(0), [gap]])
  })
})

describe('rejected records', () => {
  it('are listed newest first, each offset once', () => {
    const rejects = [1, 2, 2].map((offset) => ({
      position: { topic: 't', partition: 0, offset },
      at: startAt + offset,
      reject: { code: 'not-json', reason: 'not JSON' } as const,
      head: Buffer.from('{oops'),
    }))
    cache.store.commitBatch(aBatchWrite({ rejects }))
    const row = { topic: 't', partition: 0, code: 'not-json', reason: 'not JSON', head: 'e29vcHM=' }
    expect(cache.store.rejectedRecords(10)).toEqual([
      { ...row, offset: 2, at: startAt + 2 },
      { ...row, offset: 1, at: startAt + 1 },
    ])
  })

  it('are limited to the newest ten thousand', () => {
    const rejects = Array.from({ length: 10_050 }, (_, offset) => ({
      position: { topic: 't', partition: 0, offset },
      at: startAt,
      reject: { code: 'empty', reason: 'empty' } as const,
      head: new Uint8Array(0),
    }))
    cache.store.commitBatch(aBatchWrite({ rejects }))
    expect(cache.store.rejectedRecords(20_000)).toHaveLength(10_000)
    expect(defined(cache.store.rejectedRecords(1)[0]).offset).toBe(10_049)
  })
})

describe('alerts, rules and notifications', () => {
  const opened = { alertId: anAlert().id, kind: 'opened', at: startAt, severity: 'critical' } as const

  it('written twice are stored once', () => {
    const write = aBatchWrite({
      alerts: [anAlert()],
      events: [opened],
      queuedNotifications: [{ alertId: anAlert().id, transition: 'opened' }],
    })
    cache.store.commitBatch(write)
    cache.store.commitBatch(write)
    expect(cache.store.alerts.firing()).toEqual([anAlert()])
    expect(cache.store.alerts.timeline(anAlert().id)).toEqual([opened])
    expect(cache.store.alerts.queuedNotifications()).toEqual([{ alert: anAlert(), transition: 'opened' }])
  })

  it('keep a notification queued until it is shown, and never queue it again', () => {
    const queued = { alertId: anAlert().id, transition: 'opened' } as const
    cache.store.commitBatch(aBatchWrite({ alerts: [anAlert()], queuedNotifications: [queued] }))
    cache.reopen()
    expect(cache.store.alerts.queuedNotifications()).toEqual([{ alert: anAlert(), transition: 'opened' }])
    cache.store.alerts.settleNotifications([queued], { shown: true, at: startAt + 1 })
    cache.store.alerts.settleNotifications([queued], { shown: true, at: startAt + 2 })
    cache.store.commitBatch(aBatchWrite({ queuedNotifications: [queued] }))
    cache.reopen()
    expect(cache.store.alerts.queuedNotifications()).toEqual([])
    expect(cache.store.alerts.timeline(anAlert().id)).toEqual([
      { alertId: anAlert().id, kind: 'notified', at: startAt + 1 },
    ])
  })

  it('list firing and resolved alerts separately, newest first', () => {
    const alerts = [1, 2, 3, 4].map((n) =>
      anAlert({
        id: `7d1f8f6e-58ab-8d5e-9a3c-00000000000${n}`,
        openedAt: startAt + n,
        phase: n % 2 ? 'firing' : 'resolved',
      }),
    )
    cache.store.commitBatch(aBatchWrite({ alerts }))
    expect(cache.store.alerts.list({ open: true })).toEqual([alerts[2], alerts[0]])
    expect(cache.store.alerts.list({ open: false })).toEqual([alerts[3], alerts[1]])
    expect(cache.store.alerts.get(defined(alerts[1]).id)).toEqual(alerts[1])
    expect(cache.store.alerts.get('7d1f8f6e-58ab-8d5e-9a3c-000000000009')).toBeUndefined()
  })

  it('store an acknowledgement and every version of a rule', () => {
    const acknowledged = anAlert({ acknowledgement: { by: 'anna', at: startAt, comment: 'on it' } })
    const event = { alertId: acknowledged.id, kind: 'acknowledged', at: startAt, by: 'anna', comment: 'on it' } as const
    cache.store.alerts.save(acknowledged, event)
    cache.store.rules.save(aRule())
    cache.store.rules.save(aRule({ version: 2, warning: 90 }))
    cache.reopen()
    expect([cache.store.alerts.get(acknowledged.id), cache.store.alerts.timeline(acknowledged.id)]).toEqual([
      acknowledged,
      [event],
    ])
    expect(cache.store.rules.all()).toEqual([aRule(), aRule({ version: 2, warning: 90 })])
  })
})

describe('retention', () => {
  it('drops old chunks and resolved alerts, and keeps firing alerts', () => {
    const day = 86_400_000
    const old = someSamples(headCapacity * 4, { everyMs: 60_000, at: startAt - 20 * day })
    const recent = someSamples(headCapacity * 4)
    cache.store.commitBatch(aBatchWrite({ samples: [...old, ...recent] }))
    const resolved = anAlert({
      id: '7d1f8f6e-58ab-8d5e-9a3c-000000000002',
      phase: 'resolved',
      openedAt: startAt - 20 * day,
    })
    const firing = anAlert({ openedAt: startAt - 20 * day })
    cache.store.commitBatch(
      aBatchWrite({ alerts: [resolved, firing], events: [{ alertId: resolved.id, kind: 'opened', at: 0 }] }),
    )
    while (cache.store.dropBefore(startAt - 14 * day));
    expect(stored()).toEqual(asRows(recent))
    expect(cache.store.stats().samples).toBe(recent.length)
    expect([
      cache.store.alerts.get(resolved.id),
      cache.store.alerts.timeline(resolved.id),
      cache.store.alerts.get(firing.id),
    ]).toEqual([undefined, [], firing])
    cache.reopen()
    expect(cache.store.stats().samples).toBe(recent.length)
  })

  it('drops one slice per call', () => {
    // More than a day apart, so each record is in its own chunk.
    const samples = someSamples(1200, { everyMs: 2 * 86_400_000 })
    cache.store.commitBatch(aBatchWrite({ samples }))
    expect([cache.store.dropBefore(1e15), cache.store.dropBefore(1e15), cache.store.dropBefore(1e15)]).toEqual([
      true,
      true,
      false,
    ])
  })
})

it('keeps the installation id and single values', () => {
  const id = cache.store.meta.installationId()
  cache.store.meta.set('kafka.group', 'a')
  cache.reopen()
  expect([
    cache.store.meta.installationId(),
    cache.store.meta.get('kafka.group'),
    cache.store.meta.get('other'),
  ]).toEqual([id, 'a', undefined])
})
