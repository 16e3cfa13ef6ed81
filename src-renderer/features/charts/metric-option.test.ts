import { use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { metricInfo, type MetricInfo } from '#shared/metric/metric-info.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import type { MetricRule } from '#shared/rule/rule.ts'
import { SeriesRing } from '../../live/series/series-ring.ts'
import { init } from './echarts.ts'
import { acknowledgementMark, chartAxis, chartData, chartStructure, type ChartMark } from './metric-option.ts'

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
  info: '#000099',
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

interface Example {
  readonly metric?: MetricInfo
  readonly rule?: MetricRule
  /** `[at, value]`; a gap has no value. */
  readonly samples: ReadonlyArray<readonly [number, number]>
  readonly alerts?: readonly Alert[]
  readonly segmentBoundaries?: readonly number[]
  readonly marks?: readonly ChartMark[]
}

const cpu = metricInfo('cpu_usage')
const disk = metricInfo('disk_io')

/** A chart of a minute without a page: its options as ECharts has them, and its texts and drawing. */
function drawn({ metric = cpu, rule, samples, alerts = [], segmentBoundaries = [], marks = [] }: Example) {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 400, height: 200 })
  const ring = new SeriesRing(10)
  for (const [at, value] of samples) ring.append(at, value, 15_000)
  const axis = chartAxis(metric, rule, ring.extent(900))
  const points = ring.interleaved(900, axis.factor)
  const times = { from: 900, to: 60_900, now: 60_000 }
  chart.setOption(chartStructure({ metric, rangeMs: 60_000, colors, width: 400 }), { notMerge: true })
  chart.setOption(chartData({ metric, rule, axis, points, ...times, alerts, segmentBoundaries, marks, colors }))
  const option = chart.getOption() as unknown as Drawn
  const svg = chart.renderToSVGString()
  chart.dispose()
  return { option, svg, texts: textsOf(svg), line: lineOf(svg) }
}

interface Text {
  readonly text: string
  readonly x: number
  readonly y: number
}

function textsOf(svg: string): readonly Text[] {
  return [...svg.matchAll(/<text[^>]*transform="translate\(([-\d.]+) ([-\d.]+)\)"[^>]*>([^<]*)</g)].map(
    ([, x, y, text = '']) => ({ text, x: Number(x), y: Number(y) }),
  )
}

/** Heights of the points of the line, in pixels from the top. */
function lineOf(svg: string): readonly number[] {
  const path = /<path d="([^"]*)"[^>]*fill="none"[^>]*stroke="#111111"/.exec(svg)?.[1] ?? ''
  return [...path.matchAll(/[ML][-\d.]+ ([-\d.]+)/g)].map(([, y]) => Number(y))
}

/** Labels of the value axis from the bottom, which stand left of the plot, and its unit. */
function valueLabels(texts: readonly Text[]): readonly Text[] {
  return texts.filter(({ x, y }) => x < 75 && y < 180).toSorted((a, b) => b.y - a.y)
}

const minuteOfCpu: Example = {
  rule: aRule(),
  samples: [
    [1000, 40],
    [50_000, 97],
  ],
  alerts: [anAlert({ since: 40_000 }), anAlert({ since: 0, resolvedAt: 500 })],
  segmentBoundaries: [20_000, 800],
}

test('marks the boundary between two sources if it is visible', () => {
  const min = drawn(minuteOfCpu).option.series.find(({ id }) => id === 'min')
  expect(min?.markLine?.data.map(({ xAxis }) => xAxis)).toEqual([20_000])
})

test('marks an acknowledgement in the range with the name of its author', () => {
  const marks = [5_000, 50_000, 99_000].map((at) => acknowledgementMark({ by: 'anna', at }))
  const { option, texts } = drawn({ ...minuteOfCpu, marks })
  const band = option.series.find(({ id }) => id === 'band')
  expect(band?.markLine?.data.map(({ xAxis }) => xAxis)).toEqual([5_000, 50_000])
  expect(texts.filter(({ text }) => text === '✓ anna')).toHaveLength(2)
})

test('drawing keeps the structure and puts data, window and alert bands in', () => {
  const { option } = drawn(minuteOfCpu)
  const last = option.series.find(({ id }) => id === 'last')
  expect([...(option.dataset[0]?.source ?? [])]).toEqual([1000, 40, 0, 40, 1001, NaN, NaN, NaN, 50_000, 97, 0, 97])
  expect(option.xAxis[0]).toMatchObject({ min: 900, max: 60_900 })
  expect(last?.markLine?.data.map(({ yAxis }) => yAxis)).toEqual([85, 95])
  expect(last?.markArea?.data.map((band) => band.map(({ xAxis }) => xAxis))).toEqual([[40_000, 60_000]])
})

interface Extreme {
  readonly metric?: MetricInfo
  readonly values: readonly [number, number]
  readonly labels: string
}

test.for<[string, Extreme]>([
  ['137 %', { values: [20, 137], labels: '0 25 50 75 100 125 150 %' }],
  ['0.001 MB/s', { metric: disk, values: [0.005, 0.001], labels: '0 0.001 0.002 0.003 0.004 0.005 0.006 MB/s' }],
  ['123,457 MB/s', { metric: disk, values: [0, 123_457], labels: '0 25 50 75 100 125 150 GB/s' }],
  ['±1.7e308', { metric: metricInfo('odd'), values: [-1.7e308, 1.7e308], labels: '−2e+308 −1e+308 0 1e+308 2e+308' }],
  [
    '-92,345 °C',
    { metric: metricInfo('odd', '°C'), values: [-92_345, 0], labels: '−100,000 −80,000 −60,000 −40,000 −20,000 0 °C' },
  ],
])('%s is drawn: the line, and every label of the axis', ([, { metric, values, labels }]) => {
  const samples = values.map((value, i) => [1000 + i * 9000, value] as const)
  const { texts, line, svg } = drawn({ ...(metric ? { metric } : {}), samples })
  expect(svg).not.toMatch(/NaN|Infinity/)
  expect(line).toHaveLength(2)
  expect(line[0]).not.toBe(line[1])
  for (const y of line) {
    expect(Math.round(y)).toBeGreaterThanOrEqual(26)
    expect(Math.round(y)).toBeLessThanOrEqual(174)
  }
  const shown = valueLabels(texts)
  expect(shown.map(({ text }) => text).join(' ')).toBe(labels)
  // Right-aligned, at most 7 pixels a digit: none begins outside of the chart.
  for (const { text, x } of shown) expect(x - 7 * text.length).toBeGreaterThanOrEqual(0)
})

test.for<[string, ReadonlyArray<readonly [number, number]>, number]>([
  ['the only sample', [[30_000, 50]], 1],
  [
    'a sample between two gaps',
    [
      [1000, 50],
      [20_000, 50],
      [50_000, 50],
      [51_000, 50],
    ],
    2,
  ],
  [
    'no sample of a line',
    [
      [1000, 50],
      [2000, 50],
    ],
    0,
  ],
])('%s is a dot', ([, samples, dots]) => {
  const { svg } = drawn({ samples })
  expect([...svg.matchAll(/<path d="M1 0A1 1 0[^>]*fill="#111111"/g)]).toHaveLength(dots)
})
