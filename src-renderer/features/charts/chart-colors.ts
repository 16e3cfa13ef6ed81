import { metricColorName } from '../../ui/values/display-state.ts'

/** Colors of one chart, read from the tokens: a canvas has no custom properties. */
export interface ChartColors {
  readonly line: string
  readonly text: string
  readonly grid: string
  readonly axis: string
  readonly surface: string
  readonly border: string
  readonly strong: string
  readonly warning: string
  readonly critical: string
  readonly info: string
  readonly font: string
}

/** @param line token of the line; default: that of the metric */
export function chartColors(element: Element, metric: string, line = metricColorName(metric)): ChartColors {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    line: token(line),
    text: token('--text-3'),
    grid: token('--line'),
    axis: token('--line-strong'),
    surface: token('--surface-2'),
    border: token('--line-strong'),
    strong: token('--text'),
    warning: token('--warn'),
    critical: token('--crit'),
    info: token('--info'),
    font: token('--font-ui'),
  }
}
