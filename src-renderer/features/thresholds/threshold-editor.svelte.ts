import type { Failure } from '#shared/ipc/contract.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { LiveData } from '../../live/live-data.svelte.ts'
import { stepFrom } from '../../ui/list-cursor.ts'
import {
  formOf,
  fullDraft,
  isSimple,
  newForm,
  simpleDraft,
  type FormProblems,
  type ThresholdForm,
} from './threshold-form.ts'

/** The list of thresholds and the one that is being edited: a new one, or a version of an existing one. */
export class ThresholdEditor {
  readonly #live: LiveData
  form = $state.raw<ThresholdForm>(newForm)
  /** The version that was opened; `undefined` while a new one is being written. */
  editing = $state.raw<Rule>()
  open = $state(false)
  /** All fields are shown, not only the simple ones. */
  full = $state(false)
  busy = $state(false)
  confirming = $state(false)
  problem = $state.raw<Failure>()
  /** Problems are shown once the operator has tried to save, or has left a field. */
  judged = $state(false)

  constructor(live: LiveData) {
    this.#live = live
  }

  /** All nodes first, then by node, then by metric. */
  readonly rules: readonly Rule[] = $derived.by(() => {
    const place = (rule: Rule): string => (rule.scope.kind === 'all' ? '' : rule.scope.nodeId)
    return this.#live.rules.items.toSorted(
      (a, b) => place(a).localeCompare(place(b)) || a.metric.localeCompare(b.metric),
    )
  })
  readonly #read = $derived(this.full ? fullDraft(this.form) : simpleDraft(this.form))
  readonly draft = $derived(this.#read.ok ? this.#read.draft : undefined)
  readonly problems: FormProblems = $derived(this.judged && !this.#read.ok ? this.#read.problems : {})

  /** Somebody has saved another version since this one was opened. */
  readonly outdated: boolean = $derived.by(() => {
    const { editing } = this
    if (!editing) return false
    const current = this.#live.rules.items.find(({ id }) => id === editing.id)
    return current?.version !== editing.version
  })

  /** A node's own rule, where one for all nodes exists too. */
  overrides(rule: Rule): boolean {
    return (
      rule.scope.kind === 'node' &&
      this.rules.some(({ scope, metric }) => scope.kind === 'all' && metric === rule.metric)
    )
  }

  start(nodeId = ''): void {
    this.#show({ ...newForm, nodeId, scope: nodeId === '' ? 'all' : 'node' }, undefined)
    this.full = false
  }

  edit(id: string): void {
    const rule = this.rules.find((candidate) => candidate.id === id)
    if (!rule || rule === this.editing) return
    this.#show(formOf(rule), rule)
    this.full = !isSimple(rule)
  }

  move(delta: number): void {
    const next = stepFrom(
      this.rules.map(({ id }) => id),
      this.editing?.id,
      delta,
    )
    if (next !== undefined) this.edit(next)
  }

  set(change: Partial<ThresholdForm>): void {
    this.form = { ...this.form, ...change }
  }

  /** Shows the rest of the fields, filled with what the simple ones mean. */
  showAll(): void {
    const read = simpleDraft(this.form)
    if (read.ok) this.form = formOf(read.draft)
    this.full = true
  }

  readonly judge = (): void => {
    this.judged = true
  }

  readonly close = (): void => {
    this.open = false
    this.editing = undefined
    this.problem = undefined
  }

  async save(): Promise<void> {
    this.judged = true
    const { draft, editing } = this
    if (!draft || this.busy) return
    this.busy = true
    this.problem = undefined
    const of = editing ? { id: editing.id, version: editing.version } : {}
    const result = await this.#live.bridge['rules.save']({ ...of, draft })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    this.#live.rules.take([result.value])
    this.#show(formOf(result.value), result.value)
  }

  async remove(): Promise<void> {
    const { editing } = this
    this.confirming = false
    if (!editing || this.busy) return
    this.busy = true
    const result = await this.#live.bridge['rules.remove']({ id: editing.id, version: editing.version })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    this.#live.rules.take([{ ...editing, deleted: true }])
    this.close()
  }

  /** Takes the newest version in place of the outdated one; what was typed is lost, so the operator asks for it. */
  reload(): void {
    const id = this.editing?.id
    const current = this.rules.find((rule) => rule.id === id)
    if (current) this.edit(current.id)
    else this.close()
  }

  #show(form: ThresholdForm, rule: Rule | undefined): void {
    this.form = form
    this.editing = rule
    this.open = true
    this.judged = false
    this.problem = undefined
  }
}
