import type { IpcFailure } from '#shared/ipc/contract.ts'
import { isMetricRule, isOfflineRule, type MetricRule, type MetricRuleDraft } from '#shared/rule/rule.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'
import type { ThresholdForm } from './threshold-fields.ts'
import { formOfRule, fullDraft, isSimple, newForm, simpleDraft, type FormProblems } from './threshold-form.ts'
import { inOrder, rowsOf, waitingFor, type ThresholdRow } from './threshold-rows.ts'

/** The list of thresholds and the open one: new, or a version of an existing threshold. */
export class ThresholdEditor {
  readonly #app: AppState
  form = $state.raw<ThresholdForm>(newForm)
  /** The opened version; `undefined` for a new threshold. */
  editing = $state.raw<MetricRule>()
  #opened = $state(false)
  /** The operator's own text, kept to compare after loading another user's version. */
  mine = $state.raw<ThresholdForm>()
  /** Id of the selected queued change. */
  #waitingId = $state<string>()
  /** Shows all fields, not only the simple ones. */
  full = $state(false)
  busy = $state(false)
  confirming = $state(false)
  problem = $state.raw<IpcFailure>()
  /** Problems appear after the operator tried to save or left a field. */
  validated = $state(false)

  constructor(app: AppState) {
    this.#app = app
  }

  readonly rules: readonly MetricRule[] = $derived.by(() => inOrder(this.#app.rules.items.filter(isMetricRule)))
  readonly rows: readonly ThresholdRow[] = $derived.by(() => rowsOf(this.rules, this.#app.session.waiting))
  readonly waiting: OperatorAction | undefined = $derived.by(() =>
    this.#app.session.waiting.find(({ id }) => id === this.#waitingId),
  )
  /** The editor shows something. A queued change closes when it is sent. */
  readonly open: boolean = $derived(this.#opened && (this.#waitingId === undefined || this.waiting !== undefined))
  readonly selectedRow: string | undefined = $derived(this.waiting?.id ?? this.editing?.id)

  get mayEdit(): boolean {
    return this.#app.session.may('edit-rules')
  }

  /** Why the open threshold is read-only, in one sentence; `undefined` if it can be edited. */
  readonly locked: string | undefined = $derived.by(() => {
    const { session } = this.#app
    if (this.waiting) return 'Not sent to the backend yet, so not in effect.'
    if (!this.mayEdit) return session.denialReason('edit-rules') ?? ''
    const queued = this.editing && waitingFor(this.editing.id, session.waiting)
    return queued && 'Your change is not sent yet. Until then, this version stays in effect.'
  })
  readonly #read = $derived(this.full ? fullDraft(this.form) : simpleDraft(this.form))
  readonly draft = $derived(this.#read.ok ? this.#read.draft : undefined)
  readonly problems: FormProblems = $derived(this.validated && !this.#read.ok ? this.#read.problems : {})

  /** The version in effect; `undefined` if the threshold was deleted. */
  readonly theirs: MetricRule | undefined = $derived.by(() => {
    const id = this.editing?.id
    return this.rules.find((rule) => rule.id === id)
  })
  /** Another user saved a newer version after this one was opened. */
  readonly outdated: boolean = $derived(this.editing !== undefined && this.theirs?.version !== this.editing.version)

  /** Whether a node's threshold overrides one for all nodes. */
  overrides(rule: MetricRuleDraft): boolean {
    return (
      rule.scope.kind === 'node' &&
      this.rules.some(({ scope, metric }) => scope.kind === 'all' && metric === rule.metric)
    )
  }

  start(nodeId = ''): void {
    if (!this.mayEdit) return
    this.#show({ ...newForm, nodeId, scope: nodeId === '' ? 'all' : 'node' }, undefined)
    this.full = false
  }

  edit(id: string): void {
    const rule = this.rules.find((candidate) => candidate.id === id)
    if (!rule || (rule === this.editing && !this.waiting)) return
    this.#show(formOfRule(rule), rule)
    this.full = !isSimple(rule)
  }

  /** Selects a row of the list: a rule, or a queued change. */
  select(id: string): void {
    if (this.#app.session.waiting.some((action) => action.id === id)) {
      this.close()
      this.#waitingId = id
      this.#opened = true
    } else this.edit(id)
  }

  /** Opens a rule, with the change that the backend did not accept to compare. */
  review(id: string): void {
    this.edit(id)
    const change = this.#app.session.notAccepted.find((action) => waitingFor(id, [action]))?.change
    if (change?.kind !== 'save-rule' || isOfflineRule(change.draft)) return
    if (this.editing?.id === id) this.mine = formOfRule(change.draft)
  }

  move(delta: number): void {
    const next = movedSelection(
      this.rows.map(({ id }) => id),
      this.selectedRow,
      delta,
    )
    if (next !== undefined) this.select(next)
  }

  set(change: Partial<ThresholdForm>): void {
    this.form = { ...this.form, ...change }
  }

  /** Shows all fields, filled from the simple ones. */
  showAll(): void {
    const read = simpleDraft(this.form)
    if (read.ok) this.form = formOfRule(read.draft)
    this.full = true
  }

  readonly validate = (): void => {
    this.validated = true
  }

  readonly close = (): void => {
    this.#opened = false
    this.editing = undefined
    this.mine = undefined
    this.#waitingId = undefined
    this.problem = undefined
  }

  async save(): Promise<void> {
    this.validated = true
    const { draft, editing } = this
    if (!draft || this.busy || this.locked !== undefined) return
    this.busy = true
    this.problem = undefined
    const of = editing ? { id: editing.id, version: editing.version } : {}
    const result = await this.#app.bridge['rules.save']({ ...of, draft })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    const written = result.value
    if (written.kind === 'queued') return this.#showQueued(written.action)
    if (!written.rule || isOfflineRule(written.rule)) return this.close()
    this.#app.rules.take([written.rule])
    this.#show(formOfRule(written.rule), written.rule)
  }

  async remove(): Promise<void> {
    const { editing } = this
    this.confirming = false
    if (!editing || this.busy || this.locked !== undefined) return
    this.busy = true
    const result = await this.#app.bridge['rules.remove']({ id: editing.id, version: editing.version })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    if (result.value.kind === 'queued') return this.#showQueued(result.value.action)
    this.#app.rules.take([{ ...editing, deleted: true }])
    this.close()
  }

  /** Replaces the outdated version by the one in effect. The typed text stays to compare. */
  loadTheirs(): void {
    const { theirs, form } = this
    if (!theirs) return this.close()
    this.#show(formOfRule(theirs), theirs)
    this.full = true
    this.mine = form
  }

  /** Continues with the typed text on top of the version in effect; as a new threshold if that was deleted. */
  keepMine(): void {
    const form = this.mine ?? this.form
    this.#show(form, this.theirs)
    this.full = true
    this.validate()
  }

  #show(form: ThresholdForm, rule: MetricRule | undefined): void {
    this.form = form
    this.editing = rule
    this.#opened = true
    this.validated = false
    this.mine = undefined
    this.#waitingId = undefined
    this.problem = undefined
  }

  #showQueued(action: OperatorAction): void {
    this.#app.session.keep(action)
    this.select(action.id)
  }
}
