import { attentionCounts, noAlerts } from '#shared/health/attention.ts'
import { pauseChoices } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { PauseChoice } from '#shared/do-not-disturb/do-not-disturb.ts'
import { unitSpace } from '#shared/format/number.ts'
import { formatClockMinutes } from '#shared/format/time.ts'
import { dayPrefix } from '#shared/format/zone-time.ts'
import { healthLine } from '#shared/health/health-text.ts'
import type { TrayFacts, WallClock } from '#shared/health/health-text.ts'
import type { Health } from '#shared/health/health.ts'
import { acknowledgeAllItems, alertItems } from './tray-alerts.ts'
import type { TrayItem, TrayMenuFacts } from './tray-item.ts'

/** The menu repeats the icon's state in words, for panels without tooltips. */
export function trayMenu(facts: TrayFacts, menu: TrayMenuFacts): TrayItem[] {
  const alerts = alertItems(facts, menu)
  return [
    ...stateItems(facts, menu),
    { kind: 'line' },
    ...alerts,
    ...(alerts.length > 0 ? [{ kind: 'line' } as const] : []),
    ...acknowledgeAllItems(facts, menu),
    { kind: 'hide-details', label: 'Hide names and values', isOn: menu.hidesDetails },
    { kind: 'line' },
    ...pauseItems(menu),
    { kind: 'line' },
    { kind: 'open', label: 'Open ReMo' },
    { kind: 'quit', label: 'Quit ReMo' },
  ]
}

/** "2 critical, 3 warning", "4 unseen alerts", "Live". "No alerts" is a promise, so it is said only while live. */
function stateItems(facts: TrayFacts, clock: WallClock): TrayItem[] {
  const { health, alerts, isSilenced, unseen = 0 } = facts
  const isLive = health.kind === 'live'
  const counts = attentionCounts(isLive ? facts : { alerts, isSilenced, pending: 0, silentNodes: 0 })
  const isNone = counts === noAlerts
  const labels = [
    ...(isNone && !isLive ? [] : [isNone ? 'No alerts' : counts]),
    ...(unseen > 0 ? [`${unseen} unseen ${unseen === 1 ? 'alert' : 'alerts'}`] : []),
    connection(health, clock),
  ]
  return labels.map((label) => ({ kind: 'text', label }))
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

/** Omits the lag of a live stream: it changes all the time, and a redraw closes an open menu. */
function connection(health: Health, clock: WallClock): string {
  if (health.kind === 'live') return 'Live'
  return health.kind === 'catching-up' ? 'Catching up' : healthLine(health, clock)
}
