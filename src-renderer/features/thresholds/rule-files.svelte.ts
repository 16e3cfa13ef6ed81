import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { OpenedRules } from '#shared/ipc/rule-calls.ts'
import type { RuleManagement, RulesApplied } from '#shared/rest/rules.ts'
import type { AppState } from '../../live/app-state.svelte.ts'

/** A chosen file beside what it would change, or its problems. */
export type Import =
  | Extract<OpenedRules, { kind: 'problems' }>
  | (Extract<OpenedRules, { kind: 'rules' }> & { readonly diff: RulesApplied })

/** Thresholds as a file: export, import, and the file that manages them. */
export class RuleFiles {
  readonly #app: AppState
  /** The rules as YAML, to copy at a click. */
  text = $state('')
  management = $state.raw<RuleManagement | null>(null)
  import = $state.raw<Import>()
  busy = $state(false)
  problem = $state.raw<IpcFailure>()
  /** What was done, as a sentence. */
  done = $state<string>()

  constructor(app: AppState) {
    this.#app = app
  }

  /** Reads again what can change outside of this window. */
  async refresh(): Promise<void> {
    const { bridge } = this.#app
    const [text, management] = await Promise.all([bridge['rules.yaml']({}), bridge['rules.management']({})])
    if (text.ok) this.text = text.value.text
    if (management.ok) this.management = management.value
  }

  async save(): Promise<void> {
    this.#begin()
    const result = await this.#app.bridge['rules.export']({})
    if (!result.ok) this.problem = result.error
    else if (result.value.saved) this.done = `Saved to ${result.value.path ?? 'the file'}.`
  }

  /** Asks for a file and compares it. */
  async open(): Promise<void> {
    this.#begin()
    const result = await this.#app.bridge['rules.open']({})
    if (!result.ok) this.problem = result.error
    else if (result.value.kind === 'problems') this.import = result.value
    else if (result.value.kind === 'rules') await this.#compare(result.value)
  }

  /** Applies the compared file, unless a threshold changed since. */
  async apply(): Promise<void> {
    const chosen = this.import
    if (chosen?.kind !== 'rules' || this.busy) return
    this.busy = true
    const { rules, diff, name } = chosen
    const result = await this.#app.bridge['rules.apply']({ rules, ifRevision: diff.revision })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      if (result.error.code === 'conflict') await this.#compare(chosen)
      return
    }
    this.import = undefined
    this.problem = undefined
    this.done = `${name} is applied.`
    await this.refresh()
  }

  readonly close = (): void => {
    this.import = undefined
    this.problem = undefined
  }

  #begin(): void {
    this.problem = undefined
    this.done = undefined
  }

  async #compare(file: Extract<OpenedRules, { kind: 'rules' }>): Promise<void> {
    const result = await this.#app.bridge['rules.apply']({ rules: file.rules, dryRun: true })
    if (result.ok) this.import = { kind: 'rules', name: file.name, rules: file.rules, diff: result.value }
    else this.problem = result.error
  }
}
