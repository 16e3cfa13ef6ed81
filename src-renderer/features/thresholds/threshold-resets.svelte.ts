import { draftOfRule } from '#shared/rule/rule-draft.ts'
import { scopeText } from '#shared/rule/rule-scope.ts'
import { ruleName } from '#shared/rule/rule-text.ts'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import type { ThresholdEditor } from './threshold-editor.svelte.ts'
import { formOfRule } from './threshold-form.ts'

interface Reset {
  readonly text: string
  readonly draft: RuleDraft
  /** The version that is in effect now; `undefined` if the threshold was deleted. */
  readonly replaced: Rule | undefined
  /** `ThresholdEditor.changes` after it. */
  readonly change: number
}

/** Resets of the open threshold, without a question before, but with a way back until the next change. */
export class ThresholdResets {
  readonly #editor: ThresholdEditor
  readonly #app: AppState
  #last = $state.raw<Reset>()

  constructor(editor: ThresholdEditor, app: AppState) {
    this.#editor = editor
    this.#app = app
  }

  /** What can be undone now, as a sentence. */
  readonly text: string | undefined = $derived.by(() =>
    this.#last?.change === this.#editor.changes ? this.#last.text : undefined,
  )

  /** The override is deleted: its nodes follow the wider threshold again. */
  async toWider(): Promise<void> {
    const { editing, wider } = this.#editor
    if (!editing || !wider) return
    const before = this.#editor.changes
    await this.#editor.remove()
    const text = `${ruleName(editing)} is deleted. The threshold for ${scopeText(wider.scope)} applies.`
    this.#keep(before, { text, draft: draftOfRule(editing), replaced: undefined })
  }

  async toStock(): Promise<void> {
    const { editing, stock } = this.#editor
    if (!editing || !stock) return
    const before = this.#editor.changes
    this.#editor.set(formOfRule(stock))
    this.#editor.full = true
    await this.#editor.save()
    const text = `${ruleName(editing)} is reset to stock.`
    this.#keep(before, { text, draft: draftOfRule(editing), replaced: this.#editor.editing })
  }

  /** Saves what the last reset replaced. */
  async undo(): Promise<void> {
    const last = this.#last
    if (!last || this.text === undefined) return
    this.#last = undefined
    const of = last.replaced ? { id: last.replaced.id, version: last.replaced.version } : {}
    const result = await this.#app.bridge['rules.save']({ ...of, draft: last.draft })
    if (!result.ok) {
      this.#editor.problem = result.error
      return
    }
    if (result.value.kind === 'queued') {
      this.#app.session.keep(result.value.action)
      return this.#editor.select(result.value.action.id)
    }
    const { rule } = result.value
    if (!rule) return
    this.#app.rules.take([rule])
    this.#editor.close()
    this.#editor.edit(rule.id)
  }

  /** Nothing to undo where the change was refused, or waits in the queue. */
  #keep(before: number, reset: Omit<Reset, 'change'>): void {
    const { changes, waiting } = this.#editor
    if (changes > before && !waiting) this.#last = { ...reset, change: changes }
  }
}
