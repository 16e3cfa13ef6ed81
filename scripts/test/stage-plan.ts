/** A stage, and the stages that run beside it. */
export interface PlannedStage {
  readonly stage: string
  readonly beside: readonly string[]
}

/** Checks of the sources need no test, and no test needs them. */
const checks = ['lint', 'types']
/** The stage that waits more than it computes. */
const idle = 'e2e'

/**
 * The stages in run order. With the end-to-end tests among them, the checks of the sources run beside these on the time
 * that the processor is idle.
 *
 * @param chosen in run order; all of them can run on this system
 */
export function stagePlan(chosen: readonly string[]): PlannedStage[] {
  const beside = chosen.includes(idle) ? checks.filter((stage) => chosen.includes(stage)) : []
  return chosen
    .filter((stage) => !beside.includes(stage))
    .map((stage) => ({ stage, beside: stage === idle ? beside : [] }))
}
