import type { Alert } from '#shared/alert/alert.ts'
import { formatLevel, formatNumber, formatValue } from '#shared/format/number.ts'
import type { MetricInfo } from '#shared/metric/metric-info.ts'
import type { MetricRule } from '#shared/rule/rule.ts'
import { dayMs } from '#shared/format/time-units.ts'
import { format } from 'echarts/core'
import { clockMinutes, clockTime, dateTime } from '../../live/local-time.ts'
import type { ChartColors } from './chart-colors.ts'
import type { EChartsCoreOption } from './echarts.ts'

/** Columns of the interleaved array that all series of a chart share. */
const dimensions = ['at', 'min', 'band', 'last']

export interface ChartStructureOptions {
  readonly metric: MetricInfo
  readonly rule: MetricRule | undefined
  readonly rangeMs: number
  readonly colors: ChartColors
  /** Width of the whole chart, in pixels. */
  readonly width: number
}

/** Axes, line, min-max band and levels. The band keeps a spike visible if one pixel is an hour. */
export function chartStructure({ metric, rule, rangeMs, colors, width }: ChartStructureOptions): EChartsCoreOption {
  const levels = [rule?.warning, rule?.critical].filter((level) => level !== undefined)
  const label = { color: colors.text, fontFamily: colors.font, fontSize: 11 }
  const series = { type: 'line', symbol: 'none', animation: false, silent: true, datasetIndex: 0, z: 2 }
  const invisible = { lineStyle: { opacity: 0 }, stack: 'envelope', stackStrategy: 'all', tooltip: { show: false } }
  return {
    grid: { left: 48, right: 16, top: 12, bottom: 26 },
    dataset: { dimensions, source: new Float64Array(0) },
    tooltip: tooltipOf(metric, rangeMs, colors),
    axisPointer: { lineStyle: { color: colors.text, type: 'solid' } },
    aria: { enabled: true, label: { description: `Chart of ${metric.label}` } },
    xAxis: {
      type: 'time',
      axisLine: { lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      splitNumber: Math.max(2, Math.min(8, Math.round(width / 75))),
      axisLabel: {
        ...label,
        hideOverlap: true,
        formatter: (at: number) => (rangeMs > dayMs ? shortDate(at) : clockMinutes(at)),
      },
      axisPointer: { label: { show: false } },
    },
    yAxis: {
      type: 'value',
      min: (extent: { min: number }) => Math.min(0, extent.min),
      max: metric.max ?? ((extent: { max: number }) => niceMax(Math.max(extent.max, ...levels))),
      splitNumber: 5,
      axisLabel: { ...label, formatter: (value: number) => formatNumber(value, Number.isInteger(value) ? 0 : 1) },
      splitLine: { lineStyle: { color: colors.grid } },
    },
    series: [
      { ...series, ...invisible, id: 'min', encode: { x: 'at', y: 'min' } },
      {
        ...series,
        ...invisible,
        id: 'band',
        encode: { x: 'at', y: 'band' },
        areaStyle: { color: colors.line, opacity: 0.28 },
      },
      {
        ...series,
        id: 'last',
        name: metric.label,
        encode: { x: 'at', y: 'last' },
        lineStyle: { color: colors.line, width: 1.5 },
        itemStyle: { color: colors.line },
        areaStyle: { color: colors.line, opacity: 0.08 },
        markLine: levelLines(metric, rule, colors),
      },
    ],
  }
}

export interface ChartDataOptions {
  /** Interleaved in the order of `dimensions`. */
  readonly points: Float64Array
  readonly from: number
  readonly to: number
  /** End of the band of a firing alert, epoch ms. */
  readonly now: number
  /** Alerts of this series. */
  readonly alerts: readonly Alert[]
  /** Epoch ms at which values begin to come from somewhere else. */
  readonly segmentBoundaries: readonly number[]
  readonly colors: ChartColors
}

/** Data, the ends of the time axis, alerts as bands behind the line, and changes of the source. */
export function chartData({
  points,
  from,
  to,
  now,
  alerts,
  segmentBoundaries,
  colors,
}: ChartDataOptions): EChartsCoreOption {
  const bands = alerts
    .filter(({ since, resolvedAt }) => since < to && (resolvedAt ?? to) > from)
    .map((alert) => [
      {
        xAxis: Math.max(from, alert.since),
        itemStyle: { color: alert.severity === 'critical' ? colors.critical : colors.warning, opacity: 0.13 },
      },
      { xAxis: Math.min(to, alert.resolvedAt ?? now) },
    ])
  return {
    dataset: { dimensions, source: points },
    xAxis: { min: from, max: to },
    series: [
      { id: 'last', markArea: { silent: true, data: bands } },
      {
        id: 'min',
        markLine: boundaryLines(
          segmentBoundaries.filter((at) => at > from && at < to),
          colors,
        ),
      },
    ],
  }
}

function levelLines(metric: MetricInfo, rule: MetricRule | undefined, colors: ChartColors): object {
  // The labels avoid each other: critical outwards, warning towards the normal values.
  const outward = rule?.condition !== 'less'
  const line = (name: 'warning' | 'critical', level: number | undefined): object[] =>
    level === undefined
      ? []
      : [
          {
            yAxis: level,
            lineStyle: { color: colors[name], type: 'dashed', width: 1 },
            label: {
              formatter: `${name} ${formatLevel(level, metric.unit)}`,
              position: outward === (name === 'critical') ? 'insideEndTop' : 'insideEndBottom',
              color: colors.text,
              fontFamily: colors.font,
              fontSize: 10,
              distance: 2,
              // Readable on top of the line.
              textBorderColor: colors.surface,
              textBorderWidth: 3,
            },
          },
        ]
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    data: [...line('warning', rule?.warning), ...line('critical', rule?.critical)],
  }
}

function boundaryLines(segmentBoundaries: readonly number[], colors: ChartColors): object {
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    label: { show: false },
    lineStyle: { color: colors.text, type: [2, 4], width: 1, opacity: 0.8 },
    data: segmentBoundaries.map((at) => ({ xAxis: at })),
  }
}

function tooltipOf(metric: MetricInfo, rangeMs: number, colors: ChartColors): object {
  return {
    trigger: 'axis',
    transitionDuration: 0,
    confine: true,
    padding: [6, 9],
    backgroundColor: colors.surface,
    borderColor: colors.border,
    textStyle: { color: colors.strong, fontFamily: colors.font, fontSize: 12 },
    formatter: (items: ReadonlyArray<{ data: ArrayLike<number> }>) => {
      const [at = NaN, min = NaN, band = NaN, last = NaN] = Array.from(items[0]?.data ?? [])
      const time = rangeMs > dayMs ? dateTime(at) : clockTime(at)
      const spread = band > 0 ? ` (${formatValue(min)} to ${formatValue(min + band, metric.unit)})` : ''
      return format.encodeHTML(`${time}  ${formatValue(last, metric.unit)}${spread}`)
    },
  }
}

/** Month and day, with the time of day unless it is midnight. */
function shortDate(at: number): string {
  const date = new Date(at)
  const day = dateTime(at).slice(5, 10)
  return date.getHours() + date.getMinutes() === 0 ? day : `${day} ${clockMinutes(at)}`
}

/** The next round number with some space above: 412 -> 500, 88 -> 100, 0 -> 1. */
export function niceMax(value: number): number {
  if (!(value > 0)) return 1
  const unit = 10 ** Math.floor(Math.log10(value))
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * unit >= value * 1.04) ?? 12
  return step * unit
}
