import { formatNumber } from '#shared/format/number.ts'

/** The states that color and shape speak of. `info` has no shape of its own: it is not a state of the fleet. */
export type DisplayState = 'ok' | 'warning' | 'critical' | 'unknown'

export const stateWord: Record<DisplayState, string> = {
  ok: 'OK',
  warning: 'Warning',
  critical: 'Critical',
  unknown: 'Stale',
}

const metricColors: Record<string, string> = {
  cpu_usage: '--s-cpu',
  memory_usage: '--s-mem',
  disk_io: '--s-disk',
  network_traffic: '--s-net',
}

/** Custom property that holds the line color of a metric; metrics of strangers share the neutral one. */
export function metricColorName(metric: string): string {
  return metricColors[metric] ?? '--text-2'
}

/** Messages a second: with a tenth where there are few, because 0.2/s is a living node. */
export function rateText(perSecond: number): string {
  return formatNumber(perSecond, perSecond > 0 && perSecond < 9.95 ? 1 : 0)
}
