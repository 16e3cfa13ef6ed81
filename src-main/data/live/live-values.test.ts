import { expect, test } from 'vitest'
import { columnsOf, SampleDirectory, type SampleColumns } from '#shared/metric/sample-columns.ts'
import type { Sample } from '#shared/metric/sample.ts'
import { LiveValues } from './live-values.ts'

const directory = new SampleDirectory()

function aSample(over: Partial<Sample> = {}): SampleColumns {
  return columnsOf(
    [{ nodeId: 'node-1', nodeName: 'Alpha', at: 1000, names: ['cpu_usage'], values: [71.3], ...over }],
    [0],
    directory,
  )
}

test('a frame holds the changed rows, and the directory only if it grew', () => {
  const live = new LiveValues()
  live.apply(aSample())
  live.apply(aSample({ nodeId: 'node-2', nodeName: 'Beta', names: ['temp'], values: [40], units: { temp: '°C' } }))
  expect(live.takeFrame()).toEqual({
    seq: 1,
    width: 2,
    nodes: Uint32Array.of(0, 1),
    at: Float64Array.of(1000, 1000),
    intervals: Float64Array.of(NaN, NaN),
    values: Float64Array.of(71.3, NaN, NaN, 40),
    directory: {
      nodes: [
        { id: 'node-1', name: 'Alpha' },
        { id: 'node-2', name: 'Beta' },
      ],
      metrics: ['cpu_usage', 'temp'],
      units: ['', '°C'],
    },
  })
  expect(live.takeFrame()).toBeUndefined()
  live.apply(aSample({ at: 6000, values: [72] }))
  expect(live.takeFrame()).toEqual({
    seq: 2,
    width: 2,
    nodes: Uint32Array.of(0),
    at: Float64Array.of(6000),
    intervals: Float64Array.of(5000),
    values: Float64Array.of(72, NaN),
  })
})

test('a snapshot holds all values, and the next frame continues from it', () => {
  const live = new LiveValues()
  live.apply(aSample())
  live.takeFrame()
  const { frame, directory } = live.snapshot()
  expect(frame.seq).toBe(1)
  expect(frame.values).toEqual(Float64Array.of(71.3))
  expect(directory.nodes).toEqual([{ id: 'node-1', name: 'Alpha' }])
  live.apply(aSample({ at: 2000 }))
  expect(live.takeFrame()?.seq).toBe(2)
})

test('a late record replaces no newer value, but fills a metric without one', () => {
  const live = new LiveValues()
  live.apply(aSample({ at: 5000 }))
  live.apply(aSample({ at: 4000, names: ['cpu_usage', 'disk_io'], values: [1, 2] }))
  const { frame } = live.snapshot()
  expect([...frame.at]).toEqual([5000])
  expect([...frame.values]).toEqual([71.3, 2])
})

test('growing in nodes and metrics keeps every value where it was', () => {
  const live = new LiveValues()
  for (let node = 0; node < 100; node++) {
    live.apply(aSample({ nodeId: `n${node}`, nodeName: `N${node}`, names: [`m${node % 10}`], values: [node] }))
  }
  const { frame } = live.snapshot()
  expect(frame.width).toBe(10)
  for (let node = 0; node < 100; node++) expect(frame.values[node * 10 + (node % 10)]).toBe(node)
  expect([...frame.values].filter((value) => !Number.isNaN(value))).toHaveLength(100)
})

test('a renamed node sends a new directory', () => {
  const live = new LiveValues()
  live.apply(aSample())
  live.takeFrame()
  live.apply(aSample({ at: 2000, nodeName: 'Alpha II' }))
  expect(live.takeFrame()?.directory?.nodes).toEqual([{ id: 'node-1', name: 'Alpha II' }])
})

test('names and units that change with every sample end as in the newest one', () => {
  const live = new LiveValues()
  const celsius = aSample({ at: 1000, units: { cpu_usage: '°C' } })
  const percent = aSample({ at: 2000, nodeName: 'Alpha II', units: { cpu_usage: '%' } })
  for (const samples of [celsius, percent, celsius, percent]) live.apply(samples)
  expect(live.directory()).toEqual({
    nodes: [{ id: 'node-1', name: 'Alpha II' }],
    metrics: ['cpu_usage'],
    units: ['%'],
  })
  live.apply(celsius)
  expect(live.directory()).toMatchObject({ nodes: [{ name: 'Alpha' }], units: ['°C'] })
})

test('samples of another directory keep their rows', () => {
  const live = new LiveValues()
  live.apply(aSample())
  live.apply(aSample({ nodeId: 'node-2', nodeName: 'Beta', values: [1] }))
  const other = { nodeId: 'node-2', nodeName: 'Beta', at: 3000, names: ['disk_io', 'cpu_usage'], values: [5, 2] }
  live.apply(columnsOf([other]))
  const { frame, directory: names } = live.snapshot()
  expect(names.metrics).toEqual(['cpu_usage', 'disk_io'])
  expect([...frame.values]).toEqual([71.3, NaN, 2, 5])
})
