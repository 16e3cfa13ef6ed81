import type { EndedAlert, Episode, SeriesState } from '#shared/evaluation/series-state.ts'

type Firing = Extract<Episode, { phase: 'firing' }>

/** Whether the states differ in more than `last` and the times of parts, which follow from the records. */
export function isChanged(before: SeriesState, after: SeriesState): boolean {
  return (
    before.ruleFrom !== after.ruleFrom ||
    before.startUnknown !== after.startUnknown ||
    isRunChanged(before.clearRun, after.clearRun) ||
    before.resumedAt !== after.resumedAt ||
    before.paceMs !== after.paceMs ||
    isRuleChanged(before.rule, after.rule) ||
    isEpisodeChanged(before.episode, after.episode) ||
    isNoDataChanged(before.noData, after.noData)
  )
}

function isRuleChanged(before: SeriesState['rule'], after: SeriesState['rule']): boolean {
  return before?.id !== after?.id || before?.version !== after?.version
}

function isRunChanged(before: SeriesState['clearRun'], after: SeriesState['clearRun']): boolean {
  return before?.clear !== after?.clear || before?.stepMs !== after?.stepMs
}

/** A pending episode is a new object at each record. Its start, end and hold are carried over. */
function isEpisodeChanged(before: SeriesState['episode'], after: SeriesState['episode']): boolean {
  if (before === after) return false
  if (before.phase === 'ok' || after.phase === 'ok') return before.phase !== after.phase || isKeptChanged(before, after)
  return (
    before.phase !== after.phase ||
    before.alertId !== after.alertId ||
    before.since !== after.since ||
    before.criticalSince !== after.criticalSince ||
    isKeptChanged(before, after) ||
    (before.phase === 'firing' && after.phase === 'firing' && isFiringChanged(before, after))
  )
}

function isFiringChanged(before: Firing, after: Firing): boolean {
  if (before.severity !== after.severity || before.refires !== after.refires) return true
  return before.hold !== after.hold || before.flapping !== after.flapping
}

/** What outlives an episode. */
function isKeptChanged(before: Episode, after: Episode): boolean {
  return endedOf(before) !== endedOf(after) || before.changes !== after.changes
}

function endedOf(episode: SeriesState['episode']): EndedAlert | undefined {
  return episode.phase === 'firing' ? undefined : episode.ended
}

function isNoDataChanged(before: SeriesState['noData'], after: SeriesState['noData']): boolean {
  if (before === after) return false
  if (before.phase === 'ok' || after.phase === 'ok') return before.phase !== after.phase
  return before.alertId !== after.alertId || before.anchor !== after.anchor || before.rule !== after.rule
}
