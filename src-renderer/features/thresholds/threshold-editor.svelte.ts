import type { IpcFailure } from '#shared/ipc/contract.ts'
import { draftOfRule, isSameDraft, stockDraftOf } from '#shared/rule/rule-draft.ts'
import { widerRule } from '#shared/rule/rule-scope.ts'
import { ruleSubject } from '#shared/rule/rule-subject.ts'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'
import type { ThresholdForm } from './threshold-fields.ts'
import { newDraftId, ThresholdDrafts } from './threshold-drafts.svelte.ts'
import {
  formOfRule,
  fullDraft,
  isSameForm,
  isSimple,
  newForm,
  simpleDraft,
  targetOf,
  type FormProblems,
} from './threshold-form.ts'
import { inOrder, rowsOf, waitingFor, type Grouping, type ThresholdRow } from './threshold-rows.ts'

/** The list of thresholds and the open one: new, or a version of an existing threshold. */
export class ThresholdEditor {
  readonly #app: AppState
  readonly drafts: ThresholdDrafts
  form = $state.raw<ThresholdForm>(newForm)
  /** The opened version; `undefined` for a new threshold. */
  editing = $state.raw<Rule>()
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

  constructor(app: AppState, drafts = new ThresholdDrafts()) {
    this.#app = app
    this.drafts = drafts
  }

  grouping = $state<Grouping>('all')
  /** Number of changes that were saved here. */
  changes = $state(0)

  readonly rules: readonly Rule[] = $derived.by(() => inOrder(this.#app.rules.items, this.grouping))
  readonly rows: readonly ThresholdRow[] = $derived.by(() =>
    rowsOf(this.rules, this.#app.session.waiting, this.drafts.kept),
  )
  readonly waiting: OperatorAction | undefined = $derived.by(() =>
    this.#app.session.waiting.find(({ id }) => id === this.#waitingId),
  )
  /** The editor shows something. A queued change closes when it is sent. */
  readonly open: boolean = $derived(this.#opened && (this.#waitingId === undefined || this.waiting !== undefined))
  readonly selectedRow: string | undefined = $derived.by(() => {
    if (this.waiting) return this.waiting.id
    if (this.editing) return this.editing.id
    return this.#opened && this.drafts.kept.has(newDraftId) ? newDraftId : undefined
  })
  /** The form as it was opened. */
  #base = $state.raw<ThresholdForm>(newForm)
  /** The open form has edits that are not saved. */
  readonly edited: boolean = $derived(
    this.#opened && this.#waitingId === undefined && !isSameForm(this.form, this.#base),
  )

  /** The file that the thresholds come from; nobody edits them here then. */
  managedBy = $state<string>()

  get mayEdit(): boolean {
    return this.managedBy === undefined && this.#app.session.may('edit-rules')
  }

  /** Why the open threshold is read-only, in one sentence; `undefined` if it can be edited. */
  readonly locked: string | undefined = $derived.by(() => {
    const { session } = this.#app
    if (this.waiting) return 'Not sent to the backend yet, so not in effect.'
    if (this.managedBy !== undefined)
      return `This threshold comes from ${this.managedBy}. To change it, change the file.`
    if (!this.mayEdit) return session.denialReason('edit-rules') ?? ''
    const queued = this.editing && waitingFor(this.editing.id, session.waiting)
    return queued && 'Your change is not sent yet. Until then, this version stays in effect.'
  })
  readonly #read = $derived(this.full ? fullDraft(this.form) : simpleDraft(this.form))
  readonly draft = $derived(this.#read.ok ? this.#read.draft : undefined)
  readonly problems: FormProblems = $derived(this.validated && !this.#read.ok ? this.#read.problems : {})

  /** The version in effect; `undefined` if the threshold was deleted. */
  readonly theirs: Rule | undefined = $derived.by(() => {
    const id = this.editing?.id
    return this.rules.find((rule) => rule.id === id)
  })
  /** Another user saved a newer version after this one was opened. */
  readonly outdated: boolean = $derived(this.editing !== undefined && this.theirs?.version !== this.editing.version)

  /** The threshold that the open form overrides. */
  readonly wider: Rule | undefined = $derived.by(() => {
    return widerRule(targetOf(this.form), this.rules)
  })
  /** What the open stock threshold says in this version, if that differs. */
  readonly stock: RuleDraft | undefined = $derived.by(() => {
    const { editing } = this
    const draft = editing && stockDraftOf(editing.id)
    return draft && !isSameDraft(draft, draftOfRule(editing)) ? draft : undefined
  })

  /** Whether a threshold of a node or a pattern overrides one for all nodes. */
  overrides(rule: RuleDraft): boolean {
    return (
      rule.scope.kind !== 'all' &&
      this.rules.some((other) => other.scope.kind === 'all' && ruleSubject(other) === ruleSubject(rule))
    )
  }

  /** Opens a new threshold, or the one that is not saved yet. */
  start(nodeId = ''): void {
    if (!this.mayEdit) return
    this.keepEdits()
    const form: ThresholdForm = { ...newForm, nodeId, scope: nodeId === '' ? 'all' : 'node' }
    this.#show(form, undefined)
    this.full = false
    this.#resume(newDraftId)
  }

  edit(id: string): void {
    const rule = this.rules.find((candidate) => candidate.id === id)
    if (rule && rule.id === this.editing?.id && !this.waiting) return
    this.keepEdits()
    if (rule) {
      this.#show(formOfRule(rule), rule)
      this.full = !isSimple(rule)
    } else if (!this.drafts.kept.has(id)) return
    this.#resume(id)
  }

  /** Keeps the edits of the open form, for the next time that its row is opened. */
  keepEdits(): void {
    if (!this.#opened || this.#waitingId !== undefined) return
    const { form, editing, full } = this
    const id = editing?.id ?? newDraftId
    if (this.edited) this.drafts.keep(id, { form, editing, full })
    else this.drafts.drop(id)
  }

  /** Whether this row has edits that are not saved. */
  isUnsaved({ id, unsaved }: ThresholdRow): boolean {
    return id === this.selectedRow ? this.edited : unsaved === true
  }

  /** Selects a row of the list: a rule, or a queued change. */
  select(id: string): void {
    if (id === newDraftId) this.start()
    else if (this.#app.session.waiting.some((action) => action.id === id)) {
      this.keepEdits()
      this.#leave()
      this.#waitingId = id
      this.#opened = true
    } else this.edit(id)
  }

  /** Opens a rule, with the change that the backend did not accept to compare. */
  review(id: string): void {
    this.edit(id)
    const change = this.#app.session.notAccepted.find((action) => waitingFor(id, [action]))?.change
    if (change?.kind === 'save-rule' && this.editing?.id === id) this.mine = formOfRule(change.draft)
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
    // Node offline has few fields: the form shows all of them.
    if (change.kind === 'offline') this.full = true
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

  /** Closes the form and discards its edits. */
  readonly close = (): void => {
    if (this.#opened && this.#waitingId === undefined) this.drafts.drop(this.editing?.id ?? newDraftId)
    this.#leave()
  }

  #leave(): void {
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
    this.changes++
    const written = result.value
    this.drafts.drop(editing?.id ?? newDraftId)
    if (written.kind === 'queued') return this.#showQueued(written.action)
    if (!written.rule) return this.close()
    this.#app.rules.take([written.rule])
    this.#show(formOfRule(written.rule), written.rule)
  }

  /** Opens a new threshold for some nodes, with the values of this one. */
  startOverride(rule: Rule): void {
    if (!this.mayEdit) return
    this.start()
    this.form = { ...formOfRule(rule), scope: 'pattern' }
    this.full = true
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
    this.changes++
    this.drafts.drop(editing.id)
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
    const { theirs, editing } = this
    const form = this.mine ?? this.form
    if (editing) this.drafts.drop(editing.id)
    this.#show(form, theirs)
    this.#base = theirs ? formOfRule(theirs) : newForm
    this.full = true
    this.validate()
  }

  /** Puts the kept edits of this row into the form. */
  #resume(id: string): void {
    const kept = this.drafts.kept.get(id)
    if (!kept) return
    if (kept.editing) this.#show(formOfRule(kept.editing), kept.editing)
    this.form = kept.form
    this.full = kept.full
  }

  #show(form: ThresholdForm, rule: Rule | undefined): void {
    this.form = form
    this.#base = form
    this.editing = rule
    this.#opened = true
    this.validated = false
    this.mine = undefined
    this.#waitingId = undefined
    this.problem = undefined
  }

  #showQueued(action: OperatorAction): void {
    this.#app.session.keep(action)
    this.#leave()
    this.select(action.id)
  }
}
