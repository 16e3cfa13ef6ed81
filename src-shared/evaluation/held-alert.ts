import type { HeldAlert } from '../alert/held.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import type { MetricRule } from '../rule/rule.ts'
import { clearMsOf, steadyMsOf, type Firing } from './episode.ts'
import type { EpisodeInput } from './episode-input.ts'
import { holdMsOf } from './hold.ts'
import { ruleOfEpisode } from './pending-alert.ts'
import type { SeriesState } from './series-state.ts'

/**
 * The hold of a firing series, or the steady time of one that is flapping; `undefined` if there is none.
 * @param receivedAt arrival time of the newest record, epoch ms of this computer's clock
 */
export function heldAlertOf(
  state: SeriesState,
  index: RuleIndex,
  receivedAt: number | undefined,
): HeldAlert | undefined {
  const { episode, last } = state
  if (episode.phase !== 'firing' || last === null) return undefined
  const rule = ruleOfEpisode(state, index)
  const held = rule && (flappingOf(episode, rule) ?? holdOf(episode, { rule, isInDoubt: state.startUnknown === true }))
  if (held === undefined) return undefined
  return { alertId: episode.alertId, ...held, at: last.at, ...(receivedAt === undefined ? {} : { receivedAt }) }
}

type Times = Pick<HeldAlert, 'next' | 'since' | 'endsAt' | 'changes'>

function holdOf({ hold, refires }: Firing, input: Pick<EpisodeInput, 'rule' | 'isInDoubt'>): Times | undefined {
  if (hold?.clear !== undefined) {
    return { next: 'resolved', since: hold.clear, endsAt: hold.clear + clearMsOf(refires, input) }
  }
  if (hold?.below === undefined) return undefined
  return { next: 'warning', since: hold.below, endsAt: hold.below + holdMsOf(input.rule, refires) }
}

function flappingOf({ flapping, refires }: Firing, rule: MetricRule): Times | undefined {
  if (flapping?.steady === undefined) return undefined
  const { steady, changes } = flapping
  const since = Math.max(steady.since, flapping.since)
  const next = steady.zone === 'clear' ? 'resolved' : steady.zone
  return { next, since, endsAt: since + steadyMsOf(refires, rule), changes }
}
