import type { Alert } from '#shared/alert/alert.ts'
import { attentionCounts } from '#shared/health/attention.ts'
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
  const counts = attentionCounts({ alerts, isSilenced: () => false, pending: 0, silentNodes: 0 })
  const names = [...new Set(alerts.map(({ nodeId }) => nodeId).filter(Boolean))].map(shownText)
  const more = names.length - mostNames
  const nodes = names.slice(0, mostNames).join(', ') + (more > 0 ? ` and ${more} more` : '')
  const isOne = alerts.length === 1
  return {
    message: isOne ? 'Acknowledge 1 alert?' : `Acknowledge all ${alerts.length} alerts?`,
    detail: `${counts}${hidesDetails || nodes === '' ? '' : ` on ${nodes}`}. ${isOne ? 'It stays' : 'They stay'} acknowledged until ${isOne ? 'it resolves' : 'they resolve'}.`,
    buttons: [`Acknowledge ${alerts.length}`, 'Cancel'],
  }
}
