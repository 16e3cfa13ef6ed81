import { describe, expect, test } from 'vitest'
import { LiveTable } from '#shared/ipc/live-table.ts'
import { columnsOf, SampleDirectory, type SampleColumns } from '#shared/metric/sample-columns.ts'
import type { Sample } from '#shared/metric/sample.ts'
import { LiveValues } from './live-values.ts'

const directory = new SampleDirectory()

interface LiveSample extends Partial<Sample> {
  readonly part?: string
}

function aSample({ part = '', ...over }: LiveSample = {}): SampleColumns {
  const sample = { nodeId: 'node-1', nodeName: 'Alpha', at: 1000, names: ['cpu_usage'], values: [71.3], ...over }
  const columns = columnsOf([sample], [0], directory)
  const { index } = directory.layout(sample.names, over.units, { part, counters: [] })
  return { ...columns, layout: Uint32Array.of(index) }
}

/** What a window shows that was open all the time. */
class Window {
  readonly table = new LiveTable()
  readonly #live: LiveValues

  constructor(live: LiveValues) {
    this.#live = live
    this.open()
  }

  open(): void {
    const { directory: names, frame } = this.#live.snapshot()
    this.table.reset(names, frame)
  }

  /** Values by node and metric. */
  take(): Record<string, Record<string, number>> {
    const frame = this.#live.takeFrame()
    if (frame) this.table.apply(frame)
    return valuesOf(this.table)
  }
}

function valuesOf(table: LiveTable): Record<string, Record<string, number>> {
  const { nodes, metrics } = table.directory
  return Object.fromEntries(
    nodes.map(({ id }, node) => [
      id,
      Object.fromEntries(table.metricsOf(node).map((metric) => [metrics[metric] ?? '', table.value(node, metric)])),
    ]),
  )
}

test('a frame has the parts that changed, and of the directory only what is new', () => {
  const live = new LiveValues()
  live.apply(aSample())
  live.apply(aSample({ nodeId: 'node-2', nodeName: 'Beta', names: ['temp'], values: [40], units: { temp: '°C' } }))
  expect(live.takeFrame()).toEqual({
    seq: 1,
    blocks: Uint32Array.of(0, 1),
    at: Float64Array.of(1000, 1000),
    intervals: Float64Array.of(NaN, NaN),
    values: Float64Array.of(71.3, 40),
    growth: {
      nodes: [
        { id: 'node-1', name: 'Alpha' },
        { id: 'node-2', name: 'Beta' },
      ],
      metricsFrom: 0,
      metrics: ['cpu_usage', 'temp'],
      unitsOfMetrics: ['', '°C'],
      listsFrom: 0,
      lists: [Uint32Array.of(0), Uint32Array.of(1)],
      blocks: Uint32Array.of(0, 0, 0, 1, 1, 1),
    },
  })
  expect(live.takeFrame()).toBeUndefined()
  live.apply(aSample({ at: 6000, values: [72] }))
  expect(live.takeFrame()).toEqual({
    seq: 2,
    blocks: Uint32Array.of(0),
    at: Float64Array.of(6000),
    intervals: Float64Array.of(5000),
    values: Float64Array.of(72),
  })
})

test('a snapshot has all values, and the next frame continues from it', () => {
  const live = new LiveValues()
  live.apply(aSample())
  live.takeFrame()
  live.apply(aSample({ names: ['temp'], values: [40], part: 'sensors' }))
  const { frame, directory: names } = live.snapshot()
  expect(frame.seq).toBe(1)
  expect(names.nodes).toEqual([{ id: 'node-1', name: 'Alpha' }])
  const window = new Window(live)
  live.apply(aSample({ at: 2000, names: ['fan'], values: [3], part: 'fans' }))
  // The frame has what the snapshot had already.
  expect(window.take()).toEqual({ 'node-1': { cpu_usage: 71.3, temp: 40, fan: 3 } })
  expect(window.table.directory.metrics).toEqual(['cpu_usage', 'temp', 'fan'])
})

test('a late record replaces no newer value, but fills a metric without one', () => {
  const live = new LiveValues()
  const window = new Window(live)
  live.apply(aSample({ at: 5000 }))
  live.apply(aSample({ at: 4000, names: ['cpu_usage', 'disk_io'], values: [1, 2] }))
  expect(window.take()).toEqual({ 'node-1': { cpu_usage: 71.3, disk_io: 2 } })
  expect(window.table.at(0)).toBe(5000)
})

describe('parts of a node have their own times', () => {
  test('a part that is some ms older than the newest of its node still updates', () => {
    const live = new LiveValues()
    const window = new Window(live)
    live.apply(aSample({ at: 10_050, part: 'cpu', values: [1] }))
    live.apply(aSample({ at: 10_000, part: 'disk', names: ['disk.used'], values: [2] }))
    live.apply(aSample({ at: 20_050, part: 'cpu', values: [3] }))
    live.apply(aSample({ at: 20_000, part: 'disk', names: ['disk.used'], values: [4] }))
    expect(window.take()).toEqual({ 'node-1': { cpu_usage: 3, 'disk.used': 4 } })
    expect([window.table.at(0), window.table.timed(0, 1)]).toEqual([
      20_050,
      { value: 4, at: 20_000, intervalMs: 10_000 },
    ])
  })

  test('a frame has only the parts that changed', () => {
    const live = new LiveValues()
    for (let disk = 0; disk < 100; disk++) {
      live.apply(aSample({ part: `disk{path=${disk}}`, names: [`disk.used{path=${disk}}`], values: [disk] }))
    }
    live.takeFrame()
    live.apply(aSample({ at: 2000, part: 'disk{path=7}', names: ['disk.used{path=7}'], values: [70] }))
    expect(live.takeFrame()).toMatchObject({ blocks: Uint32Array.of(7), values: Float64Array.of(70) })
  })

  test('the interval of a node is the shortest of those that go on', () => {
    const live = new LiveValues()
    const window = new Window(live)
    for (let i = 0; i <= 12; i++) {
      live.apply(aSample({ at: 1000 + i * 10_000, part: 'cpu' }))
      if (i % 6 === 0) live.apply(aSample({ at: 1000 + i * 10_000 + 7, part: 'disk', names: ['d'], values: [1] }))
    }
    window.take()
    expect(window.table.intervalMs(0)).toBe(10_000)
    for (let i = 3; i <= 8; i++)
      live.apply(aSample({ at: 1000 + i * 60_000 + 7, part: 'disk', names: ['d'], values: [1] }))
    window.take()
    expect(window.table.intervalMs(0)).toBe(60_000)
    const at = 1000 + 8 * 60_000 + 7
    expect([live.silent(at + 179_000, new Set()), live.silent(at + 181_000, new Set())]).toEqual([0, 1])
  })

  test('a metric that two parts have shows the newer value', () => {
    const live = new LiveValues()
    const window = new Window(live)
    live.apply(aSample({ at: 2000, values: [1] }))
    live.apply(aSample({ at: 3000, part: 'total', values: [2] }))
    expect([window.take(), live.valueOf('node-1', 'cpu_usage')]).toEqual([{ 'node-1': { cpu_usage: 2 } }, 2])
    live.apply(aSample({ at: 4000, values: [3] }))
    expect([window.take(), live.valueOf('node-1', 'cpu_usage')]).toEqual([{ 'node-1': { cpu_usage: 3 } }, 3])
  })

  test('after a clock was set back, values from the future are gone, also those of other parts', () => {
    const live = new LiveValues()
    const window = new Window(live)
    const sent = (at: number, part: string, name: string): SampleColumns => ({
      ...aSample({ at, part, names: [name], values: [1] }),
      recordedAt: Float64Array.of(at),
    })
    live.apply(sent(9_000_000, 'cpu', 'a'))
    live.apply(sent(9_000_000, 'disk', 'b'))
    live.apply(sent(1_000_000, 'cpu', 'a'))
    expect([window.take(), window.table.at(0)]).toEqual([{ 'node-1': { a: 1 } }, 1_000_000])
    live.apply(sent(1_005_000, 'disk', 'b'))
    expect([window.take(), window.table.at(0)]).toEqual([{ 'node-1': { a: 1, b: 1 } }, 1_005_000])
  })

  test('a part with only raw values is a sign of life', () => {
    const live = new LiveValues()
    const window = new Window(live)
    live.apply(aSample({ at: 7000, part: 'net', names: [], values: [] }))
    expect([window.take(), window.table.at(0)]).toEqual([{ 'node-1': {} }, 7000])
  })
})

test('growing in nodes and metrics keeps every value', () => {
  const live = new LiveValues()
  const window = new Window(live)
  const expected: Record<string, Record<string, number>> = {}
  for (let i = 0; i < 400; i++) {
    const [nodeId, metric] = [`n${i % 100}`, `m${i % 7}`]
    live.apply(aSample({ nodeId, nodeName: nodeId, names: [metric], values: [i] }))
    ;(expected[nodeId] ??= {})[metric] = i
    if (i % 50 === 0) window.take()
  }
  expect(window.take()).toEqual(expected)
  window.open()
  expect(valuesOf(window.table)).toEqual(expected)
})

test('a removed node leaves the others as they are, and a number of the frames', () => {
  const live = new LiveValues()
  for (const nodeId of ['a', 'b', 'c']) {
    live.apply(aSample({ nodeId, nodeName: nodeId, values: [nodeId.charCodeAt(0)] }))
    live.apply(aSample({ nodeId, nodeName: nodeId, at: 6000, part: 'x', names: ['x'], values: [1] }))
    live.apply(aSample({ nodeId, nodeName: nodeId, at: 11_000, part: 'x', names: ['x'], values: [2] }))
  }
  live.takeFrame()
  live.remove('b')
  expect(live.takeFrame()?.seq).toBe(3)
  const window = new Window(live)
  expect(valuesOf(window.table)).toEqual({ a: { cpu_usage: 97, x: 2 }, c: { cpu_usage: 99, x: 2 } })
  expect(window.table.intervalMs(1)).toBe(5000)
  live.apply(aSample({ nodeId: 'c', nodeName: 'c', at: 12_000, values: [5] }))
  expect(window.take()['c']).toEqual({ cpu_usage: 5, x: 2 })
  expect([live.valueOf('c', 'cpu_usage'), live.valueOf('b', 'cpu_usage')]).toEqual([5, NaN])
})

test('a renamed node sends its names', () => {
  const live = new LiveValues()
  const window = new Window(live)
  live.apply(aSample())
  window.take()
  live.apply(aSample({ at: 2000, nodeName: 'Alpha II' }))
  window.take()
  expect(window.table.directory.nodes).toEqual([{ id: 'node-1', name: 'Alpha II' }])
})

test('names and units that change with every sample end as in the newest one', () => {
  const live = new LiveValues()
  const window = new Window(live)
  const celsius = aSample({ at: 1000, units: { cpu_usage: '°C' } })
  const percent = aSample({ at: 2000, nodeName: 'Alpha II', units: { cpu_usage: '%' } })
  for (const samples of [celsius, percent, celsius, percent]) live.apply(samples)
  window.take()
  const expected = { nodes: [{ id: 'node-1', name: 'Alpha II' }], metrics: ['cpu_usage'], units: ['%'] }
  expect([live.directory(), window.table.directory]).toMatchObject([expected, expected])
  live.apply(celsius)
  window.take()
  expect(window.table.directory).toMatchObject({ nodes: [{ name: 'Alpha' }], units: ['°C'] })
})

test('samples of another directory keep their nodes and parts', () => {
  const live = new LiveValues()
  const window = new Window(live)
  live.apply(aSample())
  live.apply(aSample({ nodeId: 'node-2', nodeName: 'Beta', values: [1] }))
  const other = { nodeId: 'node-2', nodeName: 'Beta', at: 3000, names: ['disk_io', 'cpu_usage'], values: [5, 2] }
  live.apply(columnsOf([other]))
  expect(window.take()).toEqual({ 'node-1': { cpu_usage: 71.3 }, 'node-2': { cpu_usage: 2, disk_io: 5 } })
})

test('what the cache knows is there at once', () => {
  const live = new LiveValues()
  const node = { id: 'node-1', name: 'Alpha', at: 20_000, steps: [], metrics: [], values: [] }
  const part = { nodeId: 'node-1', at: 20_000, steps: [10_000], metrics: ['cpu_usage'], values: [5] }
  live.restore(
    [node],
    [
      { ...part, part: '' },
      { ...part, part: 'x', at: 19_000, metrics: ['x'], values: [7] },
    ],
    () => '%',
  )
  const window = new Window(live)
  expect([valuesOf(window.table), window.table.at(0), window.table.intervalMs(0)]).toEqual([
    { 'node-1': { cpu_usage: 5, x: 7 } },
    20_000,
    10_000,
  ])
  live.apply(aSample({ at: 29_000, part: 'x', names: ['x', 'y'], values: [8, 9] }))
  expect(window.take()).toEqual({ 'node-1': { cpu_usage: 5, x: 8, y: 9 } })
})
