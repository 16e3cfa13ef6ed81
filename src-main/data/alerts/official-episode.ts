import { isDeepStrictEqual } from 'node:util'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { isWorse } from '#shared/alert/apply-transition.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { adoptEpisode } from '#shared/evaluation/unknown-start.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import type { TeamStore } from '../../store/groups/team-store.ts'
import type { OpenAlerts } from './open-alerts.ts'

interface AdoptInput {
  readonly index: RuleIndex
  readonly alerts: OpenAlerts
}

/**
 * Continues the backend's episode in a series in doubt. If the alert has ended here, it is open again.
 * @param officials alerts of the backend for this series
 * @returns `undefined` if the backend published no episode that fits
 */
export function adoptOfficial(
  next: SeriesState,
  officials: readonly NodeAlert[],
  { index, alerts }: AdoptInput,
): SeriesState | undefined {
  for (const official of officials) {
    const adopted = adoptEpisode(next, official, index)
    if (adopted === undefined) continue
    const isOver = official.phase === 'firing' && alerts.find(official.id)?.phase === 'resolved'
    if (isOver) alerts.stageAlert({ ...official, provisional: false }, [])
    return adopted
  }
  return undefined
}

/**
 * Whether another user acknowledged this escalation before its record was read here. Only in a backlog: live, the
 * order of arrival decides, and the clock of the node does not matter.
 */
export function isAcknowledgedLater(
  transition: Transition,
  alerts: OpenAlerts,
  backend: Pick<TeamStore, 'pendingAcknowledgements'> | undefined,
): boolean {
  const { alertId, at } = transition
  const alert = backend === undefined ? undefined : alerts.find(alertId)
  const ack = alert?.acknowledgement
  if (backend === undefined || alert === undefined || ack === undefined) return false
  if (ack.at < at || !isWorse(alert, transition)) return false
  return !backend.pendingAcknowledgements(alertId).some((own) => isDeepStrictEqual(own, ack))
}
