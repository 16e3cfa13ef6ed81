import type { MappingView } from '#shared/ipc/mapping-calls.ts'
import type { MappingForm } from './mapping-form.ts'

/** An edit that is not saved. `opened`: what was in effect when it began. */
export interface KeptMapping {
  readonly form: MappingForm
  readonly opened: MappingView | undefined
}

/** Edits that are not saved, by topic. They outlive the page, so that an alert can be looked at in between. */
export class MappingDrafts {
  readonly #kept = new Map<string, KeptMapping>()

  of(topic: string): KeptMapping | undefined {
    return this.#kept.get(topic)
  }

  keep(topic: string, draft: KeptMapping): void {
    this.#kept.set(topic, draft)
  }

  drop(topic: string): void {
    this.#kept.delete(topic)
  }
}
