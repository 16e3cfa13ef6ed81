import type { Severity } from '#shared/rule/rule.ts'

/** Pending has the hollow shape of the severity that it becomes. */
export type PendingState = `pending-${Severity}`

/** The states that have a color and a shape. `info`: of alerts about this console; no node has it. */
export type DisplayState = 'ok' | 'info' | 'warning' | 'critical' | 'unknown' | 'maintenance' | PendingState

export const stateWord: Record<DisplayState, string> = {
  ok: 'OK',
  info: 'Info',
  warning: 'Warning',
  critical: 'Critical',
  unknown: 'Stale',
  maintenance: 'Silenced',
  'pending-warning': 'Pending warning',
  'pending-critical': 'Pending critical',
}

const metricColors: Record<string, string> = {
  cpu_usage: '--s-cpu',
  memory_usage: '--s-mem',
  disk_io: '--s-disk',
  network_traffic: '--s-net',
}

/** Custom property with the line color of a metric. Unknown metrics share the neutral color. */
export function metricColorName(metric: string): string {
  return metricColors[metric] ?? '--text-2'
}
