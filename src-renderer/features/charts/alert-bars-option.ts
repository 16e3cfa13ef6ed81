import type { HistoryBar } from '#shared/history/history.ts'
import type { ChartColors } from './chart-colors.ts'
import type { EChartsCoreOption } from './echarts.ts'
import { countAxis } from '../../ui/values/count-axis.ts'

export interface AlertBarsOptions {
  readonly bars: readonly HistoryBar[]
  /** The name of a bar on the axis, and in the text at the pointer. */
  readonly nameOf: (bar: HistoryBar) => string
  readonly titleOf: (bar: HistoryBar) => string
  readonly colors: ChartColors
}

/** Alerts by day or hour: critical below, warnings on it, then those for information. */
export function alertBarsOption({ bars, nameOf, titleOf, colors }: AlertBarsOptions): EChartsCoreOption {
  const label = { color: colors.text, fontFamily: colors.font, fontSize: 11 }
  const { max, step } = countAxis(Math.max(0, ...bars.map(({ critical, warning, info }) => critical + warning + info)))
  const series = { type: 'bar', stack: 'alerts', barMaxWidth: 44, barCategoryGap: '35%', animation: false }
  return {
    grid: { left: 44, right: 12, top: 10, bottom: 26 },
    tooltip: {
      trigger: 'axis',
      transitionDuration: 0,
      confine: true,
      padding: [6, 9],
      axisPointer: { type: 'shadow' },
      backgroundColor: colors.surface,
      borderColor: colors.border,
      textStyle: { color: colors.strong, fontFamily: colors.font, fontSize: 12 },
      formatter: (items: ReadonlyArray<{ readonly dataIndex: number }>) => {
        const bar = bars[items[0]?.dataIndex ?? -1]
        if (!bar) return ''
        const info = bar.info > 0 ? `, ${bar.info} info` : ''
        return `${titleOf(bar)}: ${bar.critical} critical, ${bar.warning} warning${info}`
      },
    },
    xAxis: {
      type: 'category',
      data: bars.map(nameOf),
      axisLine: { lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      axisLabel: { ...label, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max,
      interval: step,
      axisLabel: label,
      splitLine: { lineStyle: { color: colors.grid } },
    },
    series: [
      {
        ...series,
        name: 'Critical',
        itemStyle: { color: colors.critical },
        data: bars.map(({ critical }) => critical),
      },
      { ...series, name: 'Warning', itemStyle: { color: colors.warning }, data: bars.map(({ warning }) => warning) },
      { ...series, name: 'Info', itemStyle: { color: colors.info }, data: bars.map(({ info }) => info) },
    ],
  }
}
