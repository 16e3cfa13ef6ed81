import type { Alert } from '#shared/alert/alert.ts'
import { alertLine } from '#shared/alert/alert-text.ts'
import { countedAlerts } from '#shared/alert/inhibit.ts'
import { attentionCounts } from '#shared/health/attention.ts'
import { formatClock } from '#shared/format/time.ts'
import { healthLine } from '#shared/health/health-text.ts'
import type { TrayFacts, WallClock } from '#shared/health/health-text.ts'
import type { Health } from '#shared/health/health.ts'
import { worstFirst } from '../app/firing-alerts.ts'

const mostAlerts = 3

/** One line of the menu, as data. `line` is a separator, `text` has no action. */
export type TrayItem =
  | { readonly kind: 'line' }
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'open'; readonly label: string }
  | { readonly kind: 'alert'; readonly label: string; readonly alertId: string }
  | { readonly kind: 'quit'; readonly label: string }

export interface TrayMenuFacts extends WallClock {
  readonly clearLevelOf: (alert: Alert) => number | undefined
}

/** The menu repeats the icon's state in words, for panels without tooltips. */
export function trayMenu(facts: TrayFacts, clock: TrayMenuFacts): TrayItem[] {
  const { health } = facts
  const alerts = countedAlerts(facts.alerts)
  const worst = worstFirst(alerts, clock.now).slice(0, mostAlerts)
  const more = alerts.length - worst.length
  const timeOf = (at: number): string => formatClock(at, clock)
  const mark = (alert: Alert): string => (alert.severity === 'critical' ? '■' : '▲')
  return [
    { kind: 'open', label: 'Open ReMo' },
    { kind: 'line' },
    ...worst.map((alert): TrayItem => ({
      kind: 'alert',
      label: `${mark(alert)} ${alertLine(alert, { clear: clock.clearLevelOf(alert), timeOf })}`,
      alertId: alert.id,
    })),
    ...(more > 0 ? [{ kind: 'text', label: `${more} more alerts` } as const] : []),
    ...notFiring(facts).map((label): TrayItem => ({ kind: 'text', label })),
    { kind: 'line' },
    { kind: 'text', label: connection(health, clock) },
    { kind: 'line' },
    { kind: 'quit', label: 'Quit ReMo' },
  ]
}

/** "1 pending, 2 nodes silent"; "No alerts" if there is nothing at all. */
function notFiring({ alerts, pending = 0, silentNodes = 0, health }: TrayFacts): string[] {
  if (health.kind !== 'live') return []
  if (pending + silentNodes > 0) return [attentionCounts({ alerts: [], pending, silentNodes })]
  return countedAlerts(alerts).length === 0 ? ['No alerts'] : []
}

/** Omits the lag of a live stream: it changes all the time, and a redraw closes an open menu. */
function connection(health: Health, clock: WallClock): string {
  if (health.kind === 'live') return 'Live'
  return health.kind === 'catching-up' ? 'Catching up' : healthLine(health, clock)
}
