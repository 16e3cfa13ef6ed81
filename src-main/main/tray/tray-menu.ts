import type { Alert } from '#shared/alert/alert.ts'
import { alertLine } from '#shared/alert/alert-text.ts'
import type { AlertSeverity } from '#shared/alert/severity.ts'
import { countedAlerts, silencedAlerts } from '#shared/alert/inhibit.ts'
import { attentionCounts } from '#shared/health/attention.ts'
import { pauseChoices } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { ActivePause, DoNotDisturbRequest, PauseChoice } from '#shared/do-not-disturb/do-not-disturb.ts'
import { unitSpace } from '#shared/format/number.ts'
import { formatClock, formatClockMinutes } from '#shared/format/time.ts'
import { dayPrefix } from '#shared/format/zone-time.ts'
import type { ZoneOffset } from '#shared/format/zone-time.ts'
import { healthLine } from '#shared/health/health-text.ts'
import type { TrayFacts, WallClock } from '#shared/health/health-text.ts'
import type { Health } from '#shared/health/health.ts'
import { worstFirst } from '../app/firing-alerts.ts'

const mostAlerts = 3

/** The shapes of the severities, as text. */
const marks: Readonly<Record<AlertSeverity, string>> = { critical: '■', warning: '▲', info: '▬' }

/** One line of the menu, as data. `line` is a separator; `text` and `heading` have no action. */
export type TrayItem =
  | { readonly kind: 'line' }
  | { readonly kind: 'text' | 'heading'; readonly label: string }
  | { readonly kind: 'open'; readonly label: string }
  | { readonly kind: 'alert'; readonly label: string; readonly alertId: string }
  | {
      readonly kind: 'pause'
      readonly label: string
      readonly request: DoNotDisturbRequest
      /** The choice in force is marked; `undefined`: no choice. */
      readonly isChosen?: boolean
    }
  | { readonly kind: 'quit'; readonly label: string }

export interface TrayMenuFacts extends WallClock {
  readonly clearLevelOf: (alert: Alert) => number | undefined
  readonly pause: {
    readonly active: ActivePause | undefined
    /** Of the zone in which ReMo writes times. */
    readonly offsetAt: ZoneOffset
  }
}

/** The menu repeats the icon's state in words, for panels without tooltips. */
export function trayMenu(facts: TrayFacts, clock: TrayMenuFacts): TrayItem[] {
  const { health } = facts
  const alerts = countedAlerts(facts.alerts, facts.isSilenced)
  const worst = worstFirst(alerts, clock.now).slice(0, mostAlerts)
  const more = alerts.length - worst.length
  const timeOf = (at: number): string => formatClock(at, clock)
  const mark = ({ severity }: Alert): string => marks[severity]
  return [
    { kind: 'open', label: 'Open ReMo' },
    { kind: 'line' },
    ...worst.map((alert): TrayItem => ({
      kind: 'alert',
      label: `${mark(alert)} ${alertLine(alert, { clear: clock.clearLevelOf(alert), timeOf })}`,
      alertId: alert.id,
    })),
    ...(more > 0 ? [{ kind: 'text', label: `${more} more alerts` } as const] : []),
    ...unseenLine(facts),
    ...notFiring(facts).map((label): TrayItem => ({ kind: 'text', label })),
    { kind: 'line' },
    { kind: 'text', label: connection(health, clock) },
    { kind: 'line' },
    ...pauseItems(clock),
    { kind: 'line' },
    { kind: 'quit', label: 'Quit ReMo' },
  ]
}

const choiceLabels: Readonly<Record<PauseChoice, string>> = {
  '15m': `15${unitSpace}m`,
  '1h': `1${unitSpace}h`,
  '4h': `4${unitSpace}h`,
  morning: 'Until 08:00',
}

/**
 * Do not disturb and its choices. The end is a time of day: a countdown would change each minute, and a redraw closes an
 * open menu. The tooltip has the countdown.
 */
function pauseItems(clock: TrayMenuFacts): TrayItem[] {
  const { active } = clock.pause
  const until = active ? `until ${endText(active.until, clock)}` : ''
  const choices = pauseChoices.map((choice): TrayItem => {
    const isChosen = active?.choice === choice
    const label = choiceLabels[choice]
    return {
      kind: 'pause',
      label: isChosen && choice !== 'morning' ? `${label}, ${until}` : label,
      request: choice,
      isChosen,
    }
  })
  return [
    { kind: 'heading', label: active ? `Do not disturb: ${until}` : 'Do not disturb' },
    ...choices,
    ...(active
      ? [
          { kind: 'pause', label: `15${unitSpace}m more`, request: 'extend' } as const,
          { kind: 'pause', label: 'End now', request: 'off' } as const,
        ]
      : []),
  ]
}

/** "12:46", "tomorrow 08:00", "Mon 07:00". */
function endText(until: number, clock: TrayMenuFacts): string {
  const { offsetAt } = clock.pause
  const time = formatClockMinutes(until, { ...clock, offsetMinutes: offsetAt(until) })
  return dayPrefix(until, clock.now, offsetAt) + time
}

/** What fired, and nobody has looked at, also if it has resolved. */
function unseenLine({ unseen = 0 }: TrayFacts): TrayItem[] {
  return unseen > 0 ? [{ kind: 'text', label: `${unseen} unseen ${unseen === 1 ? 'alert' : 'alerts'}` }] : []
}

/** "1 pending, 2 nodes silent, 1 silenced"; "No alerts" if there is nothing at all. */
function notFiring({ alerts, isSilenced, pending = 0, silentNodes = 0, health }: TrayFacts): string[] {
  if (health.kind !== 'live') return []
  const silenced = silencedAlerts(alerts, isSilenced)
  if (pending + silentNodes + silenced.length > 0) {
    return [attentionCounts({ alerts: silenced, isSilenced, pending, silentNodes })]
  }
  return countedAlerts(alerts, isSilenced).length === 0 ? ['No alerts'] : []
}

/** Omits the lag of a live stream: it changes all the time, and a redraw closes an open menu. */
function connection(health: Health, clock: WallClock): string {
  if (health.kind === 'live') return 'Live'
  return health.kind === 'catching-up' ? 'Catching up' : healthLine(health, clock)
}
