import type { Rule } from '#shared/rule/rule.ts'
import type { ThresholdForm } from './threshold-fields.ts'

/** Key of a new threshold. */
export const newDraftId = 'new'

/** An edit that is not saved, as the operator left it. */
export interface KeptDraft {
  readonly form: ThresholdForm
  /** The opened version; `undefined` for a new threshold. */
  readonly editing: Rule | undefined
  readonly full: boolean
}

/**
 * Edits that are not saved, by rule. They outlive the choice of another row and of another page, until they are saved
 * or discarded.
 */
export class ThresholdDrafts {
  kept = $state.raw<ReadonlyMap<string, KeptDraft>>(new Map())

  keep(id: string, draft: KeptDraft): void {
    this.kept = new Map([...this.kept, [id, draft]])
  }

  drop(id: string): void {
    if (!this.kept.has(id)) return
    this.kept = new Map([...this.kept].filter(([key]) => key !== id))
  }
}
