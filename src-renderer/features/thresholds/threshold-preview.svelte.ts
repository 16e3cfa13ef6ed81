import { untrack } from 'svelte'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { PreviewResult } from '#shared/preview/rule-preview.ts'
import type { RuleDraft } from '#shared/rule/rule.ts'
import type { Bridge } from '../../bridge/bridge.ts'

/** The hours that a threshold is tried on. */
export const previewHours = 24

/** A threshold and what it would have raised. `done` of `total` nodes are read. */
export interface ShownPreview {
  readonly from: number
  readonly to: number
  readonly done: number
  readonly total: number
  readonly result: PreviewResult
}

/** Tries the shown threshold. A later one replaces it; an answer that comes too late is dropped. */
export class ThresholdPreview {
  readonly #bridge: Pick<Bridge, 'rules.preview' | 'rules.previewStep'>
  shown = $state.raw<ShownPreview>()
  problem = $state.raw<IpcFailure>()
  /** The shown figures are of an earlier text of the form. */
  isOld = $state(false)
  #current = 0

  constructor(bridge: Pick<Bridge, 'rules.preview' | 'rules.previewStep'>) {
    this.#bridge = bridge
  }

  readonly isRunning: boolean = $derived(this.isOld || (this.shown !== undefined && this.shown.done < this.shown.total))

  /** The form changes: what is shown is old until `run`. */
  outdate(): void {
    this.#current++
    // Untracked: an effect that calls this would start again with each answer.
    this.isOld = untrack(() => this.shown !== undefined)
  }

  /** Nothing can be tried. */
  clear(): void {
    this.#current++
    this.shown = undefined
    this.problem = undefined
    this.isOld = false
  }

  /** @param id the threshold that the draft replaces */
  async run(id: string | undefined, draft: RuleDraft): Promise<void> {
    const own = ++this.#current
    const isCurrent = (): boolean => own === this.#current
    const begun = await this.#bridge['rules.preview']({
      draft,
      hours: previewHours,
      ...(id === undefined ? {} : { id }),
    })
    if (!isCurrent()) return
    if (!begun.ok) return this.#fail(begun.error)
    const { from, to } = begun.value
    for (;;) {
      const step = await this.#bridge['rules.previewStep']({ id: begun.value.id })
      if (!isCurrent()) return
      if (!step.ok) return this.#fail(step.error)
      this.problem = undefined
      this.isOld = false
      this.shown = { from, to, ...step.value }
      if (step.value.done >= step.value.total) return
    }
  }

  #fail(problem: IpcFailure): void {
    this.shown = undefined
    this.isOld = false
    this.problem = problem
  }
}
