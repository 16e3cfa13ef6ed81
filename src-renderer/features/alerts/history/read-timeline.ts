import type { AlertEvent } from '#shared/alert/alert.ts'
import type { Bridge } from '../../../bridge/bridge.ts'

/** What happened to an alert, the newest first; a text says why that is not known. */
export type TimelineRead = Promise<readonly AlertEvent[] | string>

/** Reads a timeline. To be read again when the alert changes, because each change adds an event. */
export async function readTimeline(bridge: Bridge, { id }: { readonly id: string }): TimelineRead {
  const result = await bridge['alerts.timeline']({ id })
  return result.ok ? result.value.toSorted((a, b) => b.at - a.at) : result.error.message
}
