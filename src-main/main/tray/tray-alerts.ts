import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import { type Alert, isOwnAlert } from '#shared/alert/alert.ts'
import { alertLine } from '#shared/alert/alert-text.ts'
import type { AlertSeverity } from '#shared/alert/severity.ts'
import { countedAlerts } from '#shared/alert/inhibit.ts'
import { unitSpace } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { formatClock } from '#shared/format/time.ts'
import type { TrayFacts } from '#shared/health/health-text.ts'
import { unacknowledgedAlerts } from '#shared/health/to-look-at.ts'
import { worstFirst } from '../app/firing-alerts.ts'
import type { TrayActProblems, TrayItem, TrayMenuFacts } from './tray-item.ts'

const mostAlerts = 3

/** The shapes of the severities, as text. */
const marks: Readonly<Record<AlertSeverity, string>> = { critical: '■', warning: '▲', info: '▬' }

/** The worst alerts, each with what can be done, and how many more there are. Nothing while details are hidden. */
export function alertItems(facts: TrayFacts, menu: TrayMenuFacts): TrayItem[] {
  if (menu.hidesDetails) return []
  const alerts = countedAlerts(facts.alerts, facts.isSilenced)
  const worst = worstFirst(alerts, menu.now).slice(0, mostAlerts)
  const more = alerts.length - worst.length
  return [
    ...worst.map((alert): TrayItem => ({
      kind: 'alert',
      label: alertLabel(alert, menu),
      items: alertActs(alert, menu),
    })),
    ...(more > 0 ? [{ kind: 'text', label: `${more} more ${more === 1 ? 'alert' : 'alerts'}` } as const] : []),
  ]
}

/** "Acknowledge all 5…", which asks first. One alert has its own entry. */
export function acknowledgeAllItems(facts: TrayFacts, menu: TrayMenuFacts): TrayItem[] {
  const count = unacknowledgedAlerts(facts, menu.now).length
  const isShown = count > 1 || (count === 1 && menu.hidesDetails)
  if (!isShown) return []
  const problem = menu.problems.acknowledge
  const label = count === 1 ? 'Acknowledge 1 alert…' : `Acknowledge all ${count}…`
  return [{ kind: 'acknowledge-all', label, isEnabled: problem === undefined }, ...reasonItems(problem)]
}

function alertLabel(alert: Alert, menu: TrayMenuFacts): string {
  const timeOf = (at: number): string => formatClock(at, menu)
  return `${marks[alert.severity]} ${alertLine(alert, { clear: menu.clearLevelOf(alert), timeOf })}`
}

const noProblems: TrayActProblems = { acknowledge: undefined, silence: undefined }

function alertActs(alert: Alert, { now, problems: ofTeam }: TrayMenuFacts): TrayItem[] {
  // What this console says about itself needs no role.
  const problems = isOwnAlert(alert) ? noProblems : ofTeam
  const { id, acknowledgement } = alert
  const isDone = isAcknowledged(alert, now)
  const alertIds = [id]
  return [
    { kind: 'act', label: 'Open', action: { kind: 'open', alertId: id }, isEnabled: true },
    {
      kind: 'act',
      label: isDone ? `Acknowledged by ${shownText(acknowledgement?.by ?? '')}` : 'Acknowledge',
      action: { kind: 'acknowledge', alertIds },
      isEnabled: !isDone && problems.acknowledge === undefined,
    },
    {
      kind: 'act',
      label: `Silence 1${unitSpace}h`,
      action: { kind: 'silence', alertIds },
      isEnabled: problems.silence === undefined,
    },
    ...reasonItems(problems.acknowledge ?? problems.silence),
  ]
}

/** Why entries are disabled. What follows the first sentence is for the window, which has the room. */
function reasonItems(problem: string | undefined): TrayItem[] {
  if (problem === undefined) return []
  return [{ kind: 'text', label: /^[^.]+/.exec(problem)?.[0] ?? problem }]
}
