import type { HeldAlert } from '../alert/held.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import { holdMsOf } from './hold.ts'
import { ruleOfEpisode } from './pending-alert.ts'
import type { SeriesState } from './series-state.ts'

/**
 * The hold of a firing series; `undefined` if there is none.
 * @param receivedAt arrival time of the newest record, epoch ms of this computer's clock
 */
export function heldAlertOf(
  state: SeriesState,
  index: RuleIndex,
  receivedAt: number | undefined,
): HeldAlert | undefined {
  const { episode, last } = state
  if (episode.phase !== 'firing' || episode.hold === undefined || last === null) return undefined
  const rule = ruleOfEpisode(state, index)
  const { clear, below } = episode.hold
  const since = clear ?? below
  if (rule === undefined || since === undefined) return undefined
  return {
    alertId: episode.alertId,
    next: clear === undefined ? 'warning' : 'resolved',
    since,
    endsAt: since + holdMsOf(rule, episode.refires),
    at: last.at,
    ...(receivedAt === undefined ? {} : { receivedAt }),
  }
}
