import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { headCapacity } from './heads/head.ts'
import { aBatchWrite, aPosition, aSample, someSamples, startAt, defined } from './store-builders.ts'
import { aCachePerTest, rowsOf, storedRows } from './test-cache.ts'

const cache = aCachePerTest()

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
    expect(storedRows(cache)).toEqual([[startAt, 71.3]])
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
    expect(storedRows(cache)).toEqual(rowsOf(recent))
    expect(cache.store.stats().samples).toBe(recent.length)
    expect([
      cache.store.alerts.get(resolved.id),
      cache.store.alerts.timeline(resolved.id),
      cache.store.alerts.get(firing.id),
    ]).toEqual([undefined, [], firing])
    cache.reopen()
    expect(cache.store.stats().samples).toBe(recent.length)
  })

  it('drops old gaps, and keeps the newest ten thousand', () => {
    const gap = { topic: 'metrics-node-1', partition: 0, from: 5, to: 0, reason: 'topic was created again' }
    const lose = (at: number): void => cache.store.resetPosition(aPosition(0), { ...gap, at })
    for (let i = 0; i < 10_020; i++) lose(startAt + i)
    expect(cache.store.gaps(20_000)).toHaveLength(10_000)
    expect(defined(cache.store.gaps(1)[0]).at).toBe(startAt + 10_019)
    cache.store.dropBefore(startAt + 10_000)
    expect(cache.store.gaps(20_000).map(({ at }) => at - startAt)).toEqual(
      Array.from({ length: 20 }, (_, i) => 10_019 - i),
    )
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

describe('the size of the cache', () => {
  it('is that of its data; the files on disk are larger by the log', () => {
    const random = someSamples(20_000).map((sample) => ({ ...sample, values: [Math.random()] }))
    for (let i = 0; i < random.length; i += 10)
      cache.store.commitBatch(aBatchWrite({ samples: random.slice(i, i + 10) }))
    const { bytes, diskBytes, samples } = cache.store.stats()
    const sizeOf = (name: string): number => statSync(join(cache.dir, name)).size
    expect(samples).toBe(20_000)
    // A random double is nine bytes in a chunk.
    expect(bytes).toBeGreaterThan(9 * samples)
    expect(bytes).toBeLessThan(20 * samples + 500_000)
    expect(diskBytes).toBe(sizeOf('remo.sqlite') + sizeOf('remo.sqlite-wal'))
    expect(diskBytes).toBeGreaterThan(3 * bytes)
  })

  it('shrinks when data is dropped', () => {
    cache.store.commitBatch(aBatchWrite({ samples: someSamples(50 * headCapacity) }))
    const before = cache.store.stats().bytes
    while (cache.store.dropBefore(1e15));
    expect(cache.store.stats().bytes).toBeLessThan(before - 20_000)
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

it('stores every version of a rule', () => {
  cache.store.rules.save(aRule())
  cache.store.rules.save(aRule({ version: 2, warning: 90 }))
  cache.reopen()
  expect(cache.store.rules.all()).toEqual([aRule(), aRule({ version: 2, warning: 90 })])
})

it('a commit that a constraint refuses changes nothing, and does not stop the next one', () => {
  const { store } = cache
  store.commitBatch(aBatchWrite({ samples: [aSample({ nodeId: 'node-1', nodeName: 'One' })] }))
  const twins = ['c\ud800', 'c\ud801'].map((nodeId) => aSample({ nodeId }))
  const renamed = aSample({ nodeId: 'node-1', nodeName: 'Two', at: startAt + 1000 })
  const batch = aBatchWrite({ samples: [renamed, ...twins, aSample({ nodeId: 'new', names: ['gpu'], values: [1] })] })
  expect(() => store.commitBatch(batch)).toThrow('UNIQUE constraint failed')
  store.discardUnsaved()
  const latest = () => store.samples.latest().map(({ id, name, at }) => [id, name, at - startAt])
  expect(latest()).toEqual([['node-1', 'One', 0]])
  store.commitBatch(
    aBatchWrite({ samples: [aSample({ nodeId: 'node-2', at: startAt + 2000, names: ['gpu'], values: [7] })] }),
  )
  cache.reopen()
  expect(cache.store.samples.latest()).toMatchObject([
    { id: 'node-1' },
    { id: 'node-2', metrics: ['gpu'], values: [7] },
  ])
})
