import { formatDuration } from '../format/duration.ts'
import { formatLevel } from '../format/number.ts'
import { secondMs } from '../format/time-units.ts'
import { metricInfo } from '../metric/metric-info.ts'
import { pendingProgress, type PendingAlert } from './pending.ts'

/**
 * A pending episode in words: "over 95 % for 1 m 12 s, fires in 48 s".
 * @param now epoch ms of this computer's clock; while it is blind, the time of its newest sample
 * @param unit the producer's unit, for metrics that ReMo does not know
 */
export function pendingSentence(pending: PendingAlert, now: number, unit?: string): string {
  return `${heldText(pending, now, unit)}, ${firesInText(pending, now)}`
}

/** How long it holds: "over 95 % for 1 m 12 s". While the console is blind or behind, it does not know when it fires. */
export function heldText(pending: PendingAlert, now: number, unit?: string): string {
  const { heldMs } = pendingProgress(pending, now)
  const side = pending.condition === 'greater' ? 'over' : 'under'
  const level = formatLevel(pending.threshold, metricInfo(pending.metric, unit).unit)
  return `${side} ${level} for ${formatDuration(heldMs)}`
}

/** When it fires: "fires in 48 s", or "fires with the next sample". Seconds are rounded up: it never says 0 s. */
export function firesInText(pending: PendingAlert, now: number): string {
  const { firesInMs } = pendingProgress(pending, now)
  if (firesInMs === 0) return 'fires with the next sample'
  return `fires in ${formatDuration(Math.ceil(firesInMs / secondMs) * secondMs)}`
}
