import type { Alert } from '#shared/alert/alert.ts'
import { formatLevel, formatValue } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { MetricInfo } from '#shared/metric/metric-info.ts'
import type { MetricRule } from '#shared/rule/rule.ts'
import { dayMs } from '#shared/format/time-units.ts'
import { format } from 'echarts/core'
import { clockMinutes, clockTime, dateTime, shortDate } from '../../live/local-time.ts'
import { isUtc } from '../../live/time-style.svelte.ts'
import { valueAxis, type ValueAxis } from '../../ui/values/value-axis.ts'
import type { ChartColors } from './chart-colors.ts'
import type { EChartsCoreOption } from './echarts.ts'

/** Columns of the interleaved array that all series of a chart share. */
const dimensions = ['at', 'min', 'band', 'last']

/** Pixels for the labels of the value axis; wider labels get more. Charts below each other stay aligned. */
const labelRoom = 48
/** Of a digit at the size of the labels, in pixels. */
const digitWidth = 7

/** What charts show of a rule. An alert knows it too, after its rule was changed. */
export type ChartLevels = Pick<MetricRule, 'condition' | 'warning' | 'critical'>

/** A moment with a word: somebody acknowledged the alert. `at`: epoch ms. */
export interface ChartMark {
  readonly at: number
  readonly text: string
}

/** `✓ anna`: short, because it stands in charts that are 200 pixels wide. */
export function acknowledgementMark({ by, at }: { readonly by: string; readonly at: number }): ChartMark {
  return { at, text: `✓ ${shownText(by)}` }
}

export interface ChartStructureOptions {
  readonly metric: MetricInfo
  readonly rangeMs: number
  readonly colors: ChartColors
  /** Width of the whole chart, in pixels. */
  readonly width: number
  /** A small card has no times, no unit and no words at the levels. */
  readonly compact?: boolean
}

/** Axes, line and min-max band. The band keeps a spike visible if one pixel is an hour. */
export function chartStructure({
  metric,
  rangeMs,
  colors,
  width,
  compact = false,
}: ChartStructureOptions): EChartsCoreOption {
  const label = { color: colors.text, fontFamily: colors.font, fontSize: 11 }
  return {
    // Where the ticks of the time axis are.
    useUTC: isUtc(),
    grid: compact
      ? { left: labelRoom, right: 12, top: 8, bottom: 10 }
      : { left: labelRoom, right: 16, top: 26, bottom: 26 },
    dataset: { dimensions, source: new Float64Array(0) },
    tooltip: tooltipOf(colors),
    axisPointer: { lineStyle: { color: colors.text, type: 'solid' } },
    xAxis: {
      type: 'time',
      axisLine: { lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      splitNumber: Math.max(2, Math.min(8, Math.round(width / 75))),
      axisLabel: {
        ...label,
        show: !compact,
        hideOverlap: true,
        formatter: (at: number) => (rangeMs > dayMs ? shortDate(at) : clockMinutes(at)),
      },
      axisPointer: { label: { show: false } },
    },
    yAxis: {
      type: 'value',
      axisLabel: label,
      nameLocation: 'end',
      nameGap: 9,
      nameTextStyle: { ...label, align: 'right', padding: [0, 8, 0, 0] },
      splitLine: { lineStyle: { color: colors.grid } },
    },
    series: seriesOf(metric, colors),
  }
}

function seriesOf(metric: MetricInfo, colors: ChartColors): readonly object[] {
  const series = { type: 'line', symbol: 'none', animation: false, silent: true, datasetIndex: 0, z: 2 }
  const invisible = { lineStyle: { opacity: 0 }, stack: 'envelope', stackStrategy: 'all', tooltip: { show: false } }
  return [
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
    },
    {
      ...series,
      ...invisible,
      id: 'lone',
      stack: undefined,
      symbol: 'circle',
      symbolSize: 5,
      showAllSymbol: true,
      itemStyle: { color: colors.line },
      data: [],
    },
  ]
}

/** The value axis for these values: it has all of them, and the levels. */
export function chartAxis(
  metric: MetricInfo,
  rule: ChartLevels | undefined,
  { low, high }: { readonly low: number; readonly high: number },
): ValueAxis {
  const levels = [rule?.warning, rule?.critical].filter((level) => level !== undefined)
  return valueAxis({
    low: Math.min(low, ...levels),
    high: Math.max(high, ...levels),
    unit: metric.unit,
    max: metric.max,
  })
}

export interface ChartDataOptions {
  readonly metric: MetricInfo
  readonly rule: ChartLevels | undefined
  readonly axis: ValueAxis
  /** Interleaved in the order of `dimensions`, divided by the factor of the axis. */
  readonly points: Float64Array
  readonly from: number
  readonly to: number
  /** End of the band of a firing alert, epoch ms. */
  readonly now: number
  /** Alerts of this series. */
  readonly alerts: readonly Alert[]
  /** Epoch ms at which values begin to come from somewhere else. */
  readonly segmentBoundaries: readonly number[]
  readonly marks?: readonly ChartMark[]
  readonly colors: ChartColors
  readonly compact?: boolean
}

/** Data, both axes, levels, alerts as bands behind the line, marks, and changes of the source. */
export function chartData({
  metric,
  rule,
  axis,
  points,
  from,
  to,
  now,
  alerts,
  segmentBoundaries,
  marks = [],
  colors,
  compact = false,
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
    grid: { left: leftOf(axis, compact) },
    dataset: { dimensions, source: points },
    tooltip: { formatter: tooltipText(metric, to - from, axis.factor) },
    xAxis: { min: from, max: to },
    yAxis: {
      min: axis.min,
      max: axis.max,
      // A small card has room for the ends only.
      interval: compact ? axis.max - axis.min : axis.interval,
      name: compact ? '' : axis.unit,
      axisLabel: { formatter: axis.label },
    },
    series: [
      {
        id: 'last',
        markArea: { silent: true, data: bands },
        markLine: levelLines({ metric, rule, axis, colors, compact }),
      },
      { id: 'lone', data: lonePoints(points) },
      {
        id: 'band',
        markLine: markLines(
          marks.filter(({ at }) => at > from && at < to),
          { colors, middle: (from + to) / 2 },
        ),
      },
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

/** Room for the widest label. */
function leftOf({ min, max, interval, label }: ValueAxis, compact: boolean): number {
  if (compact) return Math.max(label(min).length, label(max).length) * digitWidth + 14
  let longest = 0
  for (let tick = min; tick <= max + interval / 2; tick += interval) longest = Math.max(longest, label(tick).length)
  return Math.max(labelRoom, longest * digitWidth + 10)
}

/** Points without a neighbor, which a line does not show: `[at, value]`, and the ends of the band. */
function lonePoints(points: Float64Array): ReadonlyArray<readonly [number, number]> {
  const isGap = (at: number): boolean => Number.isNaN(points[at + 3] ?? NaN)
  const lone: Array<readonly [number, number]> = []
  for (let i = 0; i < points.length; i += 4) {
    if (isGap(i) || !isGap(i - 4) || !isGap(i + 4)) continue
    const [at = NaN, min = NaN, band = NaN, last = NaN] = points.subarray(i, i + 4)
    lone.push([at, last])
    if (band > 0) lone.push([at, min], [at, min + band])
  }
  return lone
}

interface LevelLinesOptions {
  readonly metric: MetricInfo
  readonly rule: ChartLevels | undefined
  readonly axis: ValueAxis
  readonly colors: ChartColors
  readonly compact: boolean
}

function levelLines({ metric, rule, axis, colors, compact }: LevelLinesOptions): object {
  // The labels avoid each other: critical outwards, warning towards the normal values.
  const outward = rule?.condition !== 'less'
  const line = (name: 'warning' | 'critical', level: number | undefined): object[] =>
    level === undefined
      ? []
      : [
          {
            yAxis: level / axis.factor,
            lineStyle: { color: colors[name], type: 'dashed', width: 1 },
            label: {
              show: !compact,
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

/** A line with its word at the foot, on the side where there is room. */
function markLines(
  marks: readonly ChartMark[],
  { colors, middle }: { readonly colors: ChartColors; readonly middle: number },
): object {
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    lineStyle: { color: colors.strong, type: 'solid', width: 1, opacity: 0.55 },
    data: marks.map(({ at, text }) => ({
      xAxis: at,
      label: {
        formatter: text,
        rotate: 0,
        position: 'start',
        align: at < middle ? 'left' : 'right',
        verticalAlign: 'bottom',
        offset: [at < middle ? 4 : -4, -4],
        distance: 0,
        color: colors.strong,
        fontFamily: colors.font,
        fontSize: 10,
        textBorderColor: colors.surface,
        textBorderWidth: 3,
      },
    })),
  }
}

function tooltipOf(colors: ChartColors): object {
  return {
    trigger: 'axis',
    transitionDuration: 0,
    confine: true,
    padding: [6, 9],
    backgroundColor: colors.surface,
    borderColor: colors.border,
    textStyle: { color: colors.strong, fontFamily: colors.font, fontSize: 12 },
  }
}

type TooltipText = (items: ReadonlyArray<{ data: ArrayLike<number> }>) => string

function tooltipText(metric: MetricInfo, rangeMs: number, factor: number): TooltipText {
  return (items) => {
    const [at = NaN, min = NaN, band = NaN, last = NaN] = Array.from(items[0]?.data ?? [])
    const text = (drawn: number): string => formatValue(drawn * factor, metric.unit)
    const time = rangeMs > dayMs ? dateTime(at) : clockTime(at)
    return format.encodeHTML(`${time}  ${text(last)}${band > 0 ? ` (${text(min)} to ${text(min + band)})` : ''}`)
  }
}
