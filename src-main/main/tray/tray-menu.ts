import type { Alert } from '#shared/alert/alert.ts'
import { alertSentence } from '#shared/alert/alert-text.ts'
import { healthLine } from '#shared/health/health-text.ts'
import type { WallClock } from '#shared/health/health-text.ts'
import type { Health } from '#shared/health/health.ts'
import { worstFirst } from '../app/firing-alerts.ts'

const mostAlerts = 3

/** One line of the menu, as data. A line without an action only tells something. */
export type TrayItem =
  | { readonly kind: 'line' }
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'open'; readonly label: string }
  | { readonly kind: 'alert'; readonly label: string; readonly alertId: string }
  | { readonly kind: 'quit'; readonly label: string }

/** All that the icon says is here in words too, for panels that show menus but no tooltips. */
export function trayMenu(health: Health, alerts: readonly Alert[], clock: WallClock): TrayItem[] {
  const worst = worstFirst(alerts, clock.now).slice(0, mostAlerts)
  const more = alerts.length - worst.length
  const mark = (alert: Alert): string => (alert.severity === 'critical' ? '■' : '▲')
  return [
    { kind: 'open', label: 'Open ReMo' },
    { kind: 'line' },
    ...worst.map((alert): TrayItem => ({
      kind: 'alert',
      label: `${mark(alert)} ${alert.nodeId} ${alertSentence(alert)}`,
      alertId: alert.id,
    })),
    ...(more > 0 ? [{ kind: 'text', label: `${more} more alerts` } as const] : []),
    ...(alerts.length === 0 && health.kind === 'live' ? [{ kind: 'text', label: 'No alerts' } as const] : []),
    { kind: 'line' },
    { kind: 'text', label: connection(health, clock) },
    { kind: 'line' },
    { kind: 'quit', label: 'Quit ReMo' },
  ]
}

/** The lag of a live stream changes all the time and would redraw, so close, an open menu: it is left out. */
function connection(health: Health, clock: WallClock): string {
  if (health.kind === 'live') return 'Live'
  return health.kind === 'catching-up' ? 'Catching up' : healthLine(health, clock)
}
