import { describe, expect, test } from 'vitest'
import { hourMs, minuteMs } from '#shared/format/time-units.ts'
import { anId, anOfflineRule, aRule } from '#shared/rule/rule-builders.ts'
import type { MetricRule, Rule, RuleDraft } from '#shared/rule/rule.ts'
import { headCapacity } from '../store/heads/head.ts'
import { aPartBatch, aPartSample } from '../store/part-builders.ts'
import { aBatchWrite, aSample, aState, startAt } from '../store/store-builders.ts'
import { aCachePerTest } from '../store/test-cache.ts'
import { CurrentPreview, PreviewJob, type PreviewJobDeps } from './preview-job.ts'

const cache = aCachePerTest()
const draft = ({ id: _, version: _v, deleted: _d, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...own }: Rule) =>
  own
const rule = aRule({ warning: 85, critical: 95, clear: 75, forSeconds: 0 })

/** A node that sends each second; `values` are the values at some seconds, others are 50. */
function write(nodeId: string, seconds: number, values: Readonly<Record<number, number>> = {}): void {
  const samples = Array.from({ length: seconds }, (_, second) =>
    aSample({ nodeId, nodeName: `Name of ${nodeId}`, at: startAt + second * 1000, values: [values[second] ?? 50] }),
  )
  cache.store.commitBatch(aBatchWrite({ samples }))
}

function deps(): PreviewJobDeps {
  const copies = (nodeId: string, metrics?: readonly string[]) =>
    Promise.resolve(cache.store.samples.heads(nodeId, metrics))
  let clock = 0
  return { store: () => cache.reader, heads: { known: () => null, heads: copies }, clock: () => clock++ }
}

async function previewOf(tried: Rule, current: readonly Rule[] = [tried], seconds = 3600) {
  const request = {
    rules: current,
    id: tried.id,
    draft: draft(tried) as RuleDraft,
    from: startAt,
    to: startAt + seconds * 1000,
  }
  const job = new PreviewJob(request, deps())
  const progress = await job.step(Infinity)
  expect(progress.done).toBe(progress.total)
  return progress.result
}

describe('a rule is tried on what the cache has', () => {
  const spikes = { 100: 90, [headCapacity + 100]: 97, [headCapacity * 2 + 5]: 90 }

  test('in chunks and in the head, beside the rule in effect', async () => {
    write('node-1', headCapacity * 2 + 60, spikes)
    write('node-2', headCapacity * 2 + 60)
    const lower = aRule({ warning: 45, critical: 96, clear: 40, forSeconds: 0 })
    const { after, before, nodes, applies } = await previewOf({ ...lower, id: rule.id }, [rule])
    expect(before).toEqual({ fired: 3, critical: 1, nodes: 1 })
    expect(after).toEqual({ fired: 2, critical: 1, nodes: 2 })
    expect([nodes.map(({ nodeId, count }) => `${nodeId} ${count}`), applies]).toEqual([['node-1 1', 'node-2 1'], 2])
  })

  test('an alert has its times, its value and the highest severity', async () => {
    write('node-1', headCapacity * 2 + 60, { 100: 90, 101: 97, 102: 90, 103: 50 })
    const [node] = (await previewOf(rule)).nodes
    const alert = { from: startAt + 100_000, to: startAt + 103_000, severity: 'critical', value: 90 }
    expect(node).toEqual({ nodeId: 'node-1', nodeName: 'Name of node-1', count: 1, alerts: [alert] })
  })

  test('only from the beginning of the range on; what was open then counts', async () => {
    write('node-1', 600, {
      10: 90,
      11: 50,
      300: 90,
      ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [301 + i, 80])),
    })
    const request = {
      rules: [rule],
      id: rule.id,
      draft: draft(rule) as RuleDraft,
      from: startAt + 350_000,
      to: startAt + 600_000,
    }
    const { result } = await new PreviewJob(request, deps()).step(Infinity)
    expect(result.nodes[0]?.alerts.map(({ from }) => from)).toEqual([startAt + 300_000])
  })

  test('it says where it would fire on saving, and no rule in effect does', async () => {
    write('node-1', 60, { 58: 80, 59: 80 })
    write('node-2', 60, { 59: 97 })
    const lower: MetricRule = { ...rule, warning: 70, clear: 60 }
    const { firesNow } = await previewOf(lower, [rule])
    expect(firesNow).toEqual([{ nodeId: 'node-1', value: 80, since: startAt + 58_000 }])
  })

  test('a rule for one node is tried on it alone, and the rule for all nodes is what it is compared with', async () => {
    write('node-1', 60, { 10: 90 })
    write('node-2', 60, { 10: 90, 20: 97 })
    const own = aRule({
      id: anId(9),
      scope: { kind: 'node', nodeId: 'node-2' },
      warning: 95,
      critical: 99,
      clear: 80,
      forSeconds: 0,
    })
    const { after, before, applies } = await previewOf(own, [rule])
    expect([before.fired, after.fired, applies]).toEqual([2, 1, 1])
  })

  test('a rule for offline nodes finds the times without a record', async () => {
    write('node-1', 60)
    const samples = [600, 601].map((second) => aSample({ at: startAt + second * 1000 }))
    cache.store.commitBatch(aBatchWrite({ samples }))
    const { nodes, before } = await previewOf(anOfflineRule({ seconds: 120 }), [], 3600)
    expect(before.fired).toBe(0)
    expect(nodes[0]?.alerts).toEqual([
      { from: startAt + 179_000, to: startAt + 600_000, severity: 'critical', value: null },
      { from: startAt + 721_000, to: null, severity: 'critical', value: null },
    ])
  })

  test('a node with parts is offline after intervals of its parts, whatever lies between two of its records', async () => {
    // Plugins two seconds apart, each of them once a minute, for as many records as chunks and heads hold.
    const at = (minute: number, plugin: number): number => startAt + minute * minuteMs + plugin * 2000
    const minutes = [...Array.from({ length: headCapacity + 10 }, (_, i) => i), headCapacity + 12, headCapacity + 20]
    const samples = minutes.flatMap((minute) =>
      ['cpu', 'load', 'swap'].map((part, plugin) => aPartSample({ part, names: [part], at: at(minute, plugin) })),
    )
    for (let i = 0; i < samples.length; i += 500) {
      cache.store.commitBatch(aBatchWrite({ samples: [aPartBatch(samples.slice(i, i + 500))] }))
    }
    const end = at(headCapacity + 21, 0)
    const { nodes } = await previewOf(anOfflineRule({ seconds: 60 }), [], (end - startAt) / 1000)
    const from = at(headCapacity + 12, 2) + 3 * minuteMs
    expect(nodes[0]?.alerts).toEqual([{ from, to: at(headCapacity + 20, 0), severity: 'critical', value: null }])
  })

  test('a metric that nobody sends fires nowhere', async () => {
    write('node-1', 60)
    const result = await previewOf({ ...rule, metric: 'unknown' })
    expect(result.after).toEqual({ fired: 0, critical: 0, nodes: 0 })
  })
})

test('it goes on step by step, and a new preview ends the one before', async () => {
  for (const node of ['a', 'b', 'c']) write(node, 30, { 10: 90 })
  const current = new CurrentPreview(deps())
  const request = { rules: [rule], id: rule.id, draft: draft(rule) as RuleDraft, from: startAt, to: startAt + hourMs }
  const first = current.begin(request)
  const progress = await current.step(first.id, 0)
  expect([progress.done, progress.total, progress.result.after.nodes]).toEqual([1, 3, 1])
  const second = current.begin({ ...request, to: startAt + minuteMs })
  await expect(current.step(first.id, 0)).rejects.toMatchObject({ code: 'not-found' })
  expect((await current.step(second.id, Infinity)).result.after.nodes).toBe(3)
  current.clear()
  await expect(current.step(second.id, 0)).rejects.toMatchObject({ code: 'not-found' })
})

test('a rule for any tags is tried on each series, and counted by node', async () => {
  const disk = (path: string, values: readonly number[]) =>
    values.forEach((value, second) => {
      const names = [`disk.used_percent{path=${path}}`]
      const sample = aSample({ at: startAt + second * 1000, names, values: [value] })
      const write = aBatchWrite({ samples: [sample] })
      const samples = write.samples.map((batch) => {
        const { index } = batch.columns.directory.layout(names, undefined, { part: `disk{path=${path}}`, counters: [] })
        return { ...batch, columns: { ...batch.columns, layout: Uint32Array.of(index) } }
      })
      cache.store.commitBatch({ ...write, samples })
    })
  disk('/', [50, 90, 50])
  disk('/var', [90, 90, 96])
  disk('/tmp', [50, 50, 50])
  const any = aRule({
    metric: 'disk.used_percent',
    anyTags: ['path'],
    warning: 85,
    critical: 95,
    clear: 75,
    forSeconds: 0,
  })
  const { after, applies, nodes, firesNow } = await previewOf(any)
  expect([after, applies, nodes.length]).toEqual([{ fired: 2, critical: 1, nodes: 1 }, 1, 1])
  expect(firesNow).toEqual([])
  expect((await previewOf(any, [])).firesNow).toEqual([{ nodeId: 'node-1', value: 90, since: startAt }])
})

test('a rule for any tags is tried on the series of records without parts too', async () => {
  const names = ['/', '/var'].map((path) => `disk.used_percent{path=${path}}`)
  const samples = [50, 90].map((value, second) => aSample({ at: startAt + second * 1000, names, values: [value, 50] }))
  const series = names.map((metric) => ({ nodeId: 'node-1', metric, state: aState() }))
  cache.store.commitBatch(aBatchWrite({ samples, series }))
  const any = aRule({ metric: 'disk.used_percent', anyTags: ['path'], forSeconds: 0 })
  const { after, applies } = await previewOf(any)
  expect([after, applies]).toEqual([{ fired: 1, critical: 0, nodes: 1 }, 1])
})
