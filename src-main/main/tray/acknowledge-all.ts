import type { Alert } from '#shared/alert/alert.ts'
import { shownText } from '#shared/format/shown-text.ts'

/** Nodes that the question names. */
const mostNames = 3

export interface AllQuestion {
  readonly message: string
  readonly detail: string
  /** The first one acknowledges. */
  readonly buttons: readonly [string, string]
}

/**
 * What is asked before these alerts are acknowledged together, once. `hidesDetails`: no names.
 *
 * @param alerts the worst first
 */
export function acknowledgeAllQuestion(alerts: readonly Alert[], hidesDetails: boolean): AllQuestion {
  const critical = alerts.filter(({ severity }) => severity === 'critical').length
  const counts = [
    [critical, 'critical'],
    [alerts.length - critical, 'warning'],
  ] as const
  const severities = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  const names = [...new Set(alerts.map(({ nodeId }) => shownText(nodeId)))]
  const more = names.length - mostNames
  const nodes = names.slice(0, mostNames).join(', ') + (more > 0 ? ` and ${more} more` : '')
  const isOne = alerts.length === 1
  return {
    message: isOne ? 'Acknowledge 1 alert?' : `Acknowledge all ${alerts.length} alerts?`,
    detail: `${severities.join(', ')}${hidesDetails ? '' : ` on ${nodes}`}. ${isOne ? 'It stays' : 'They stay'} acknowledged until ${isOne ? 'it resolves' : 'they resolve'}.`,
    buttons: [`Acknowledge ${alerts.length}`, 'Cancel'],
  }
}
