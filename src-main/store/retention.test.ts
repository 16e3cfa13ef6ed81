import Database from 'better-sqlite3'
import fc from 'fast-check'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import { aSilence, aWeekly } from '#shared/silence/silence-builders.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { databasePath } from './connection.ts'
import { ConsoleStore } from './console-store.ts'
import { migrateCache } from './migrate-cache.ts'
import { migrations } from './migrations/migrations.ts'
import { aBatchWrite, aFolder, aPosition, aSample, defined, someSamples, startAt } from './store-builders.ts'
import { aCachePerTest, storedRows } from './test-cache.ts'

const cache = aCachePerTest()
const dayMs = 86_400_000
const hourMs = 3_600_000

/** Values that do not compress: nine bytes each. */
function noise(count: number, { nodeId = 'node-1', at = startAt, everyMs = 1000 } = {}) {
  return someSamples(count, { nodeId, at, everyMs }).map((sample) => ({ ...sample, values: [Math.random()] }))
}

/** Stores them as they come, so that the journal stays short. */
function fill(count: number, how?: Parameters<typeof noise>[1]): void {
  const samples = noise(count, how)
  for (let i = 0; i < count; i += 200) cache.store.commitBatch(aBatchWrite({ samples: samples.slice(i, i + 200) }))
}

function timesOf(nodeId: string): number[] {
  return cache.reader.parts(nodeId).length > 0 ? storedRows(cache, nodeId).map(([at]) => at) : []
}

function fileBytes(): number {
  return statSync(databasePath(cache.dir)).size
}

const action: OperatorAction = {
  id: '5f0c0f1e-58ab-4d5e-9a3c-000000000001',
  at: startAt,
  user: 'kim',
  state: 'waiting',
  change: { kind: 'remove-rule', ruleId: aRule().id, version: 1 },
}

describe('retention by size', () => {
  it('drops the oldest chunks of all nodes, evenly by event time', () => {
    const nodes = ['fast', 'slow', 'late']
    cache.store.commitBatch(
      aBatchWrite({
        samples: [
          ...noise(4000, { nodeId: 'fast', everyMs: 1000 }),
          ...noise(1000, { nodeId: 'slow', everyMs: 4000 }),
          ...noise(2000, { nodeId: 'late', at: startAt + 2000_000, everyMs: 1000 }),
        ],
      }),
    )
    const before = cache.store.usage(5).chunks
    expect(cache.store.dropOldest(20_000)).toBeGreaterThanOrEqual(20_000)
    const oldest = nodes.map((node) => Math.min(...timesOf(node)) - startAt)
    // Half an hour is a chunk of the slow node.
    expect(Math.abs(defined(oldest[0]) - defined(oldest[1]))).toBeLessThan(1800_000)
    expect(oldest[2]).toBe(2000_000)
    expect(before - cache.store.usage(5).chunks).toBeGreaterThan(15_000)
    // Memory and file agree after a restart.
    const kept = cache.store.usage(5)
    cache.reopen()
    expect(cache.store.usage(5)).toMatchObject({ chunks: kept.chunks, values: kept.values, largest: kept.largest })
  })

  it('nothing newer goes before something older, whatever nodes send and in any slices', () => {
    const aNode = fc.record({
      at: fc.integer({ min: 0, max: 30 * 24 }).map((hours) => startAt - hours * hourMs),
      everyMs: fc.constantFrom(1000, 10_000, 60_000, 3_600_000),
      count: fc.integer({ min: 1, max: 600 }),
    })
    const aDrop = fc.record({ bytes: fc.integer({ min: 1, max: 40_000 }), chunks: fc.integer({ min: 1, max: 8 }) })
    fc.assert(
      fc.property(
        fc.array(aNode, { minLength: 1, maxLength: 6 }),
        fc.array(aDrop, { maxLength: 6 }),
        (nodes, drops) => {
          const folder = aFolder()
          const { store } = ConsoleStore.open(folder.dir, startAt)
          try {
            nodes.forEach((node, i) =>
              store.commitBatch(aBatchWrite({ samples: noise(node.count, { nodeId: `n${i}`, ...node }) })),
            )
            const ends = () => endsIn(folder.dir, store, nodes.length)
            for (const { bytes, chunks } of drops) {
              const before = ends()
              store.dropOldest(bytes, { chunks, ms: Infinity })
              const after = ends()
              const kept = new Set(after.map(({ key }) => key))
              const gone = before.filter(({ key }) => !kept.has(key))
              const newestGone = Math.max(...gone.map(({ t1 }) => t1), -Infinity)
              for (const { t1 } of after) expect(t1).toBeGreaterThanOrEqual(newestGone)
            }
          } finally {
            store.close()
            folder.dispose()
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  it('keeps open alerts, resolved ones, thresholds, queued actions and positions', () => {
    const { store } = cache
    store.commitBatch(aBatchWrite({ samples: noise(5000), positions: [aPosition(5000)], alerts: [anAlert()] }))
    store.rules.save(aRule())
    while (store.dropOldest(1e12) > 0);
    expect(timesOf('node-1').length).toBeLessThan(1100)
    expect(store.alerts.firing()).toEqual([anAlert()])
    expect(store.rules.all()).toEqual([aRule()])
    expect(store.positions()).toEqual([aPosition(5000)])
  })

  it('leaves the newest value of every node', () => {
    cache.store.commitBatch(aBatchWrite({ samples: noise(5000) }))
    const latest = cache.store.samples.latest()
    while (cache.store.dropOldest(1e12) > 0);
    expect(cache.store.samples.latest()).toEqual(latest)
    cache.reopen()
    expect(cache.store.samples.latest()).toMatchObject([{ at: startAt + 4999_000 }])
  })

  it('is in slices: a deletion of everything is many short transactions', () => {
    cache.store.commitBatch(aBatchWrite({ samples: someSamples(1200, { everyMs: 2 * dayMs }) }))
    const slices = []
    for (let bytes = -1; bytes !== 0; slices.push(bytes))
      bytes = cache.store.dropOldest(1e12, { chunks: 100, ms: Infinity })
    expect(slices).toHaveLength(13)
    expect(cache.store.dropOldest(1e12, { chunks: 100, ms: 0 })).toBe(0)
  })

  it('counts what each node takes, the largest first', () => {
    cache.store.commitBatch(
      aBatchWrite({ samples: [...noise(4000, { nodeId: 'large' }), ...noise(600, { nodeId: 'small' })] }),
    )
    const { largest, nodes, series, chunks } = cache.store.usage(1)
    expect([largest.map(({ id, series }) => [id, series]), nodes, series]).toEqual([[['large', 1]], 2, 2])
    expect(defined(largest[0]).bytes).toBeGreaterThan(30_000)
    expect(chunks).toBeGreaterThanOrEqual(defined(largest[0]).bytes)
  })

  it('a chunk that is dropped is also gone for a chart that reads at the same time', () => {
    cache.store.commitBatch(aBatchWrite({ samples: noise(5000) }))
    expect(timesOf('node-1')).toHaveLength(5000)
    cache.reader.atOneTime(() => {
      const node = defined(cache.reader.parts('node-1')[0])
      const first = [...cache.reader.chunks(node, { from: 0, to: 8e15 })].length
      cache.store.dropOldest(1e12)
      expect([...cache.reader.chunks(node, { from: 0, to: 8e15 })]).toHaveLength(first)
    })
    expect(timesOf('node-1').length).toBeLessThan(1100)
  })
})

describe('space', () => {
  it('of dropped chunks is used again', () => {
    fill(40_000)
    cache.store.space.emptyWal()
    const before = fileBytes()
    for (let round = 1; round <= 5; round++) {
      cache.store.dropOldest(400_000)
      fill(20_000, { at: startAt + round * dayMs })
    }
    cache.store.space.emptyWal()
    expect(fileBytes()).toBeLessThan(before + 400_000)
  })

  it('is given back in slices, while records are stored', () => {
    fill(110_000)
    cache.store.space.emptyWal()
    const before = fileBytes()
    cache.store.dropOldest(before)
    let slices = 0
    while (cache.store.space.giveBack(Infinity, 0)) {
      slices++
      cache.store.commitBatch(aBatchWrite({ samples: [aSample({ at: startAt + dayMs + slices })] }))
    }
    cache.store.space.emptyWal()
    expect(slices).toBeGreaterThan(2)
    expect(fileBytes()).toBeLessThan(before / 4)
    const times = timesOf('node-1')
    cache.reopen()
    expect(timesOf('node-1')).toEqual(times)
    expect(cache.store.space.sizes().free).toBe(0)
  })

  it('of the write-ahead log waits for no reader', () => {
    cache.store.commitBatch(aBatchWrite({ samples: noise(10_000) }))
    cache.reader.atOneTime(() => {
      cache.reader.parts('node-1')
      cache.store.commitBatch(aBatchWrite({ samples: noise(10_000, { at: startAt + dayMs }) }))
      const started = performance.now()
      cache.store.space.emptyWal()
      expect(performance.now() - started).toBeLessThan(2000)
    })
  })

  it('a file of 0.1.0 is rewritten once, and can become shorter from then on', () => {
    cache.close()
    const folder = aFolder()
    try {
      const old = new Database(databasePath(folder.dir))
      old.pragma('page_size = 4096')
      old.pragma('journal_mode = WAL')
      migrateCache(old, migrations.slice(0, 8))
      old.exec(`INSERT INTO node VALUES (1, 'n', 'N', 0, 0, 300, 300, 0, 0);
        INSERT INTO metric VALUES (1, 'cpu', '')`)
      const insert = old.prepare('INSERT INTO rejected_record VALUES (?, ?, 0, ?, 0, ?, ?, ?)')
      for (let i = 0; i < 1000; i++) insert.run(i, 't', i, 'c', 'r', Buffer.alloc(1024))
      expect(old.pragma('auto_vacuum', { simple: true })).toBe(0)
      old.close()
      const first = ConsoleStore.open(folder.dir, startAt)
      first.store.dropBefore(1)
      while (first.store.space.giveBack(Infinity, 50));
      first.store.space.emptyWal()
      expect(statSync(databasePath(folder.dir)).size).toBeLessThan(300_000)
      first.store.close()
    } finally {
      folder.dispose()
    }
  })
})

describe('silences', () => {
  it('that ended before the retention go; active ones and weekly ones without an end stay', () => {
    const ids = ['1', '2', '3', '4'].map((n) => `51e0ce00-0000-4000-8000-00000000000${n}`)
    const once = (endsAt: number) => ({ kind: 'once' as const, startsAt: 0, endsAt })
    const silences = [
      aSilence({ schedule: once(startAt - 1) }),
      aSilence({ schedule: once(startAt) }),
      aSilence({ schedule: aWeekly() }),
      aSilence({ schedule: aWeekly(), expiredAt: startAt - 1 }),
    ]
    silences.forEach((silence, i) => cache.store.silences.save({ ...silence, id: ids[i] ?? '' }))
    cache.store.dropBefore(startAt)
    expect(cache.store.silences.all(false).map(({ silence }) => silence.id)).toEqual(ids.slice(1, 3))
  })
})

describe('a cache that is cleared', () => {
  it('is empty after the next start, with its thresholds, silences and queued actions', () => {
    const id = cache.store.meta.installationId()
    cache.store.commitBatch(
      aBatchWrite({
        samples: noise(20_000),
        positions: [aPosition(20_000)],
        alerts: [anAlert()],
        rejects: [
          {
            position: { topic: 't', partition: 0, offset: 1 },
            at: startAt,
            reject: { code: 'not-json', reason: 'no' },
            head: Buffer.from('{'),
          },
        ],
      }),
    )
    cache.store.rules.save(aRule())
    cache.store.team.addAction(action)
    cache.store.silences.save(aSilence())
    cache.store.clearAtNextStart()
    cache.reopen()
    const { store } = cache
    expect([
      store.positions(),
      store.samples.latest(),
      store.alerts.list({ open: true }),
      store.rejectedRecords(9),
    ]).toEqual([[], [], [], []])
    expect([store.rules.all(), store.team.actions(), store.meta.installationId()]).toEqual([[aRule()], [action], id])
    expect(store.silences.all(false)).toHaveLength(1)
    expect(fileBytes()).toBeLessThan(300_000)
    cache.store.commitBatch(aBatchWrite({ samples: noise(10) }))
    cache.reopen()
    expect(timesOf('node-1')).toHaveLength(10)
  })

  it('is cleared although the process was killed before', () => {
    cache.store.commitBatch(aBatchWrite({ samples: noise(2000), positions: [aPosition(2000)] }))
    cache.store.clearAtNextStart()
    // No close: the marker file stays, as after a crash.
    const { store } = ConsoleStore.open(cache.dir, startAt)
    expect([store.positions(), store.usage(1).nodes]).toEqual([[], 0])
    store.close()
  })
})

describe('what the tables take', () => {
  it('is by day of event time, and from the oldest record on', () => {
    const samples = [0, 1, 3].flatMap((day) => noise(2000, { at: Date.UTC(2026, 10, 20 + day, 8) }))
    cache.store.commitBatch(aBatchWrite({ samples, alerts: [anAlert()] }))
    const usage = cache.reader.usage('utc')
    expect(usage.days.map(({ at }) => new Date(at).toISOString().slice(0, 10))).toEqual([
      '2026-11-20',
      '2026-11-21',
      '2026-11-23',
    ])
    expect(usage.oldest).toBe(Date.UTC(2026, 10, 20, 8))
    expect(usage.days.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(cache.store.usage(1).chunks)
    expect(usage.alerts).toBe(1)
    expect(usage.history).toBeGreaterThan(300)
  })

  it('is read from the index alone', () => {
    const db = new Database(join(cache.dir, 'remo.sqlite'), { readonly: true })
    const plan = db.prepare('EXPLAIN QUERY PLAN SELECT sum(length(data)) FROM chunk WHERE t1 >= 0 AND t1 < 9').all()
    db.close()
    expect(JSON.stringify(plan)).toContain('USING COVERING INDEX chunk_by_end')
  })
})

/** Each chunk and head: where it ends. */
function endsIn(dir: string, store: ConsoleStore, nodes: number): Array<{ readonly t1: number; readonly key: string }> {
  const db = new Database(databasePath(dir), { readonly: true })
  const chunks = db.prepare<[], { id: number; t1: number }>('SELECT id, t1 FROM chunk').all()
  db.close()
  const heads = Array.from({ length: nodes }, (_, i) => store.samples.head(`n${i}`))
  return [
    ...chunks.map(({ id, t1 }) => ({ t1, key: String(id) })),
    ...heads.flatMap((head, i) => (head && head.at.length > 0 ? [{ t1: Math.max(...head.at), key: `head ${i}` }] : [])),
  ]
}
