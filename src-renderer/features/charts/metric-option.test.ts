import { use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { SeriesRing } from '../../live/series/series-ring.ts'
import { init } from './echarts.ts'
import { chartData, niceMax, chartStructure } from './metric-option.ts'

const colors = {
  line: '#111111',
  text: '#222222',
  grid: '#333333',
  axis: '#444444',
  surface: '#555555',
  border: '#666666',
  strong: '#777777',
  warning: '#888800',
  critical: '#990000',
  font: 'sans-serif',
}

interface Drawn {
  readonly dataset: ReadonlyArray<{ readonly source: Float64Array }>
  readonly xAxis: ReadonlyArray<{ readonly min: number; readonly max: number }>
  readonly series: ReadonlyArray<{
    readonly id: string
    readonly markLine?: { readonly data: ReadonlyArray<{ readonly yAxis?: number; readonly xAxis?: number }> }
    readonly markArea?: { readonly data: ReadonlyArray<ReadonlyArray<{ readonly xAxis: number }>> }
  }>
}

// Without a page there is no canvas, so tests draw SVG.
use([SVGRenderer])

/** A chart without a page. Reads the options back from ECharts. */
function drawn(): Drawn {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 400, height: 200 })
  const ring = new SeriesRing(10)
  ring.append(1000, 40, 15_000)
  ring.append(50_000, 97, 15_000)
  const alerts = [anAlert({ since: 40_000 }), anAlert({ since: 0, resolvedAt: 500 })]
  chart.setOption(
    chartStructure({ metric: metricInfo('cpu_usage'), rule: aRule(), rangeMs: 60_000, colors, width: 400 }),
    { notMerge: true },
  )
  chart.setOption(
    chartData({
      points: ring.interleaved(0),
      from: 900,
      to: 60_900,
      now: 60_000,
      alerts,
      segmentBoundaries: [20_000, 800],
      colors,
    }),
  )
  const option = chart.getOption() as unknown as Drawn
  chart.dispose()
  return option
}

test('marks the boundary between two sources if it is visible', () => {
  const min = drawn().series.find(({ id }) => id === 'min')
  expect(min?.markLine?.data.map(({ xAxis }) => xAxis)).toEqual([20_000])
})

test('drawing keeps the structure and puts data, window and alert bands in', () => {
  const option = drawn()
  const last = option.series.find(({ id }) => id === 'last')
  expect([...(option.dataset[0]?.source ?? [])]).toEqual([1000, 40, 0, 40, 1001, NaN, NaN, NaN, 50_000, 97, 0, 97])
  expect(option.xAxis[0]).toMatchObject({ min: 900, max: 60_900 })
  expect(last?.markLine?.data.map(({ yAxis }) => yAxis)).toEqual([85, 95])
  expect(last?.markArea?.data.map((band) => band.map(({ xAxis }) => xAxis))).toEqual([[40_000, 60_000]])
})

test.for([
  [0, 1],
  [0.3, 0.4],
  [88, 100],
  [97, 120],
  [412, 500],
  [NaN, 1],
] as const)('an axis for %d ends at %d', ([value, end]) => {
  expect(niceMax(value)).toBeCloseTo(end, 9)
})
