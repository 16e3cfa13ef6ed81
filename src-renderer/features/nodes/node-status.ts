import { firesInText } from '#shared/alert/pending-text.ts'
import { formatDuration, formatDurationShort } from '#shared/format/duration.ts'
import { ago } from '#shared/format/time.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import { stateWord } from '../../ui/values/display-state.ts'
import type { FleetRow } from './fleet.svelte.ts'

/** Seconds count only at first. */
const brief = (ms: number): string => (ms < 10 * minuteMs ? formatDuration(ms) : formatDurationShort(ms))

/**
 * State of a node in words: "Critical, 3 m 20 s", "Fires in 48 s", "Offline in 19 s", "OK".
 * @param at time of the values on screen, epoch ms
 * @param live whether values arrive; without them nothing counts down
 */
export function statusText(node: FleetRow, at: number, live: boolean): string {
  const { state, alerts, lastAt, freshness } = node
  if (alerts.offline && lastAt !== null) return `Offline, ${brief(at - lastAt)}`
  if (freshness === 'ahead' && lastAt !== null) return `Clock ${ago(lastAt, at)}`
  if (state === 'critical' || state === 'warning') return `${stateWord[state]}, ${brief(at - alerts.since)}`
  if (state === 'unknown') return silentText(node, at, live)
  if (state === 'maintenance') return silencedText(alerts.silenced)
  return pendingText(node, at, live) ?? stateWord[state]
}

/** How many alerts of a node are silenced: `1 alert silenced`. */
export function silencedText(silenced: number): string {
  return silenced === 1 ? '1 alert silenced' : `${silenced} alerts silenced`
}

function pendingText({ state, pending: [next] }: FleetRow, at: number, live: boolean): string | undefined {
  if (next === undefined || state === 'ok' || !live) return undefined
  const fires = firesInText(next, at)
  return fires.charAt(0).toUpperCase() + fires.slice(1)
}

function silentText({ lastAt, offlineAt }: FleetRow, at: number, live: boolean): string {
  if (lastAt === null) return 'No sample yet'
  return live && offlineAt !== undefined && offlineAt > at
    ? `Offline in ${formatDuration(offlineAt - at + 999)}`
    : `Silent, ${brief(at - lastAt)}`
}
