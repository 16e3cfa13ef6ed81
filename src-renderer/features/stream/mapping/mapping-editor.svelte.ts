import { shownText } from '#shared/format/shown-text.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { MappingsView, MappingView } from '#shared/ipc/mapping-calls.ts'
import type { SourcesView, SourceView } from '#shared/ipc/source-calls.ts'
import { parsePath } from '#shared/metric/mapping/field-path.ts'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import { fieldsOf, type MappedFields } from '#shared/metric/mapping/mapped-fields.ts'
import { previewMapping, type MappingPreview } from '#shared/metric/mapping/preview-mapping.ts'
import { suggestMapping } from '#shared/metric/mapping/suggest-mapping.ts'
import { withTopics } from '#shared/pattern/topic-pattern.ts'
import type { AppState } from '../../../live/app-state.svelte.ts'
import { chosenValue, filled, nextField } from './field-filling.ts'
import type { MappingDrafts } from './mapping-drafts.ts'
import {
  emptyForm,
  fieldLabels,
  formOf,
  isSameForm,
  lenientMapping,
  readForm,
  type FormProblems,
  type HouseMetric,
  type MappingForm,
  type PathField,
} from './mapping-form.ts'
import { houseNames, lockedText, placesOf } from './mapping-text.ts'
import { sampled, type SampledRecord } from './topic-sample.ts'

/** Records that are looked at. */
const sampleSize = 5

/** The mapping of one topic: its form, the newest records, and what becomes of them. */
export class MappingEditor {
  readonly #app: AppState
  readonly #drafts: MappingDrafts
  readonly topic: string
  list = $state.raw<MappingsView>()
  /** Why the mappings could not be read. */
  problem = $state.raw<IpcFailure>()
  records = $state.raw<readonly SampledRecord[]>()
  recordsProblem = $state.raw<IpcFailure>()
  #sources = $state.raw<SourcesView>()
  /** In effect when the form was opened. */
  #opened = $state.raw<MappingView>()
  #isOpen = $state(false)
  form = $state.raw<MappingForm>(emptyForm)
  #base = $state.raw<MappingForm>(emptyForm)
  /** The form is a guess from the records, as nobody has changed it yet. */
  suggested = $state(false)
  /** The field that the next chosen value goes to. */
  active = $state<PathField>('node')
  /** Fields that were left: their problems show. */
  touched = $state.raw<ReadonlySet<PathField>>(new Set())
  /** Why the last chosen value could not be taken. */
  fillProblem = $state<string>()
  /** What the last chosen value has filled, one sentence. */
  lastFilled = $state<string>()
  /** Index of the record that is shown; 0 is the newest. */
  shown = $state(0)
  busy = $state(false)
  /** Why the last change was refused. */
  refusal = $state.raw<IpcFailure>()
  confirming = $state<'remove' | 'leave'>()
  /** Where the file was written. */
  exported = $state<string>()
  /** Saved, and the topic is not read: the pattern could not be changed. */
  isSavedOnly = $state(false)

  constructor(app: AppState, drafts: MappingDrafts, topic: string) {
    this.#app = app
    this.#drafts = drafts
    this.topic = topic
  }

  /** What is in effect for the topic now. */
  readonly current: MappingView | undefined = $derived.by(() =>
    this.list?.mappings.find(({ mapping }) => mapping.topic === this.topic),
  )
  readonly source: SourceView | undefined = $derived.by(() =>
    this.#sources?.sources.find(({ topics }) => topics.includes(this.topic)),
  )
  readonly edited: boolean = $derived(this.#isOpen && !isSameForm(this.form, this.#base))
  /** Somebody changed or removed the mapping after it was opened here, and here is something else. */
  readonly outdated: boolean = $derived(this.#isOpen && !isSame(this.current, this.#opened))
  readonly isNew: boolean = $derived(this.#opened === undefined)
  /** Why nothing can be changed here. */
  readonly locked: string | undefined = $derived.by(
    () => this.list && lockedText(this.current, this.list.saves, this.#app.session.denialReason('edit-mappings')),
  )

  readonly #read = $derived.by(() => readForm(this.topic, this.form))
  readonly problems: FormProblems = $derived(this.#read.ok ? {} : this.#read.problems)
  readonly mapping: FieldMapping | undefined = $derived(this.#read.ok ? this.#read.mapping : undefined)
  readonly #tried = $derived((this.records ?? []).filter(({ isCut }) => !isCut))
  /** Records that are too long to be tried. */
  readonly cut: number = $derived((this.records?.length ?? 0) - this.#tried.length)
  readonly record: SampledRecord | undefined = $derived(this.records?.[this.shown])
  readonly preview: MappingPreview | undefined = $derived.by(() => {
    const looked = this.#tried.map((record) => record.looked)
    return this.mapping && looked.length > 0 ? previewMapping(looked, this.mapping) : undefined
  })
  /** Where the fields are in the record that is shown; also while the form is not complete. */
  readonly fields: MappedFields | undefined = $derived.by(() =>
    this.record?.json === undefined ? undefined : fieldsOf(lenientMapping(this.topic, this.form), this.record.json),
  )
  /** Names that can be a metric of the house: found ones, and those that are set already. */
  readonly names: readonly string[] = $derived(houseNames(this.preview, this.form))

  readonly phase: 'loading' | 'failed' | 'no-json' | 'ready' = $derived.by(() => {
    if (this.problem && !this.list) return 'failed'
    if (!this.list || (!this.records && !this.recordsProblem)) return 'loading'
    const isNoJson = this.#tried.length > 0 && this.#tried.every(({ json }) => json === undefined)
    return isNoJson && !this.current ? 'no-json' : 'ready'
  })

  /** The pattern of the connection, if it has to change so that the topic is read. */
  readonly #widerPattern: string | undefined = $derived.by(() => {
    const pattern = this.#sources?.pattern
    const wider = pattern === undefined ? undefined : withTopics(pattern, [this.topic])
    return wider === pattern ? undefined : wider
  })
  /** Why saving does not make ReMo read the topic. */
  readonly notReadBecause: string | undefined = $derived.by(() =>
    this.#widerPattern === undefined ? undefined : this.#sources?.fixedBy,
  )
  /** Why the mapping cannot be saved, one sentence; `undefined` if it can. */
  readonly notYet: string | undefined = $derived.by(() => {
    if (this.locked !== undefined) return this.locked
    const [problem] = Object.values(this.problems)
    if (problem !== undefined) return problem
    if (this.records?.length === 0) return 'There is no record to try it on.'
    if (!this.preview) return 'There is no record that it can be tried on.'
    if (this.preview.read === 0) return 'It reads none of the records.'
    if (this.outdated) return 'It has changed since it was opened here.'
    if (!this.edited && !this.isNew && this.#widerPattern === undefined) return 'Nothing has changed.'
    return undefined
  })

  /** Reads the mappings and the newest records, and follows changes of the mappings. @returns stops it, and keeps edits */
  follow(): () => void {
    const stop = this.#app.bridge.on('mappings.changed', () => void this.readList())
    void this.load()
    return () => {
      stop()
      this.#keepEdits()
    }
  }

  async load(): Promise<void> {
    await Promise.all([this.readList(), this.readRecords(), this.#readSources()])
    if (!this.#isOpen && this.list) this.#openFirst()
  }

  async readRecords(): Promise<void> {
    this.recordsProblem = undefined
    const answer = await this.#app.bridge['sources.records']({ topic: this.topic, limit: sampleSize })
    if (!answer.ok) {
      this.recordsProblem = answer.error
      return
    }
    this.records = sampled(answer.value.records)
    this.shown = 0
  }

  set(change: Partial<MappingForm>): void {
    this.form = { ...this.form, ...change, isElement: this.form.isElement && change.value === undefined }
    this.suggested = false
    this.fillProblem = undefined
    this.lastFilled = undefined
    this.refusal = undefined
  }

  setHouse(metric: HouseMetric, name: string): void {
    this.set({ house: { ...this.form.house, [metric]: name } })
  }

  /** A field got the focus: the next chosen value is for it. */
  activate(field: PathField): void {
    this.active = field
    this.fillProblem = undefined
  }

  /** A field was left. */
  touch(field: PathField): void {
    this.touched = new Set([...this.touched, field])
  }

  /** The value at this path of the shown record is what the active field names. The next empty field is active then. */
  choose(path: string): void {
    const steps = parsePath(path)
    if (!steps || this.locked !== undefined || this.record?.json === undefined) return
    const result = filled(this.form, this.active, chosenValue(steps, this.record.json))
    if (!result.ok) {
      this.fillProblem = result.problem
      return
    }
    const { active } = this
    this.set(result.form)
    this.active = nextField(result.form, active)
    this.lastFilled = `${fieldLabels[active]} is ${shownText(result.form[active] || 'the whole record')}.`
  }

  /** Shows an older record, or a newer one for a negative number. */
  move(delta: number): void {
    const last = (this.records?.length ?? 1) - 1
    this.shown = Math.max(0, Math.min(last, this.shown + delta))
  }

  /** Saves the mapping, and reads the topic from now on. @returns whether the page has nothing left to do */
  async save(): Promise<boolean> {
    const { mapping } = this
    if (!mapping || this.notYet !== undefined || this.busy) return false
    const saved = await this.#change(() => this.#app.bridge['mappings.save']({ mapping, ...this.#version }))
    if (!saved) return false
    this.#forget()
    if (this.#widerPattern === undefined || this.notReadBecause !== undefined) return true
    const pattern = this.#widerPattern
    this.isSavedOnly = !(await this.#change(() => this.#app.bridge['sources.setPattern']({ pattern })))
    return !this.isSavedOnly
  }

  /** Records are read as before the mapping. */
  async remove(): Promise<boolean> {
    this.confirming = undefined
    if (this.busy || this.isNew) return false
    const { topic } = this
    const removed = await this.#change(() => this.#app.bridge['mappings.remove']({ topic, ...this.#version }))
    if (removed) this.#forget()
    return removed
  }

  async exportFile(): Promise<void> {
    const { mapping } = this
    if (!mapping || this.busy) return
    await this.#change(async () => {
      const answer = await this.#app.bridge['mappings.export']({ mapping })
      if (answer.ok && answer.value.saved) this.exported = answer.value.path
      return answer
    })
  }

  /** Whether the page can be left at once. Else it asks. */
  mayLeave(): boolean {
    if (this.edited) this.confirming = 'leave'
    return !this.edited
  }

  discard(): void {
    this.confirming = undefined
    this.#forget()
  }

  /** Shows what is in effect now instead of what is typed. */
  loadTheirs(): void {
    this.#open(this.current)
  }

  /** What is typed stays, as a change of what is in effect now. */
  keepMine(): void {
    this.#opened = this.current
    this.#base = this.current ? formOf(this.current.mapping) : emptyForm
    this.refusal = undefined
  }

  get #version(): { version?: number } {
    return this.#opened?.version === undefined ? {} : { version: this.#opened.version }
  }

  async #change(
    send: () => Promise<{ readonly ok: true } | { readonly ok: false; error: IpcFailure }>,
  ): Promise<boolean> {
    this.busy = true
    this.refusal = undefined
    const answer = await send()
    this.busy = false
    if (answer.ok) return true
    this.refusal = answer.error
    if (answer.error.code === 'conflict') await this.readList()
    return false
  }

  /** Also what the operator may do now. */
  async readList(): Promise<void> {
    const answer = await this.#app.bridge['mappings.list']({})
    this.problem = answer.ok ? undefined : answer.error
    if (!answer.ok) return
    const { edited } = this
    this.list = answer.value
    if (this.#isOpen && !edited && !this.busy && this.outdated) this.#open(this.current)
  }

  async #readSources(): Promise<void> {
    const answer = await this.#app.bridge['sources.list']({})
    if (answer.ok) this.#sources = answer.value
  }

  /** What was typed before, else what is in effect, else a guess. */
  #openFirst(): void {
    const draft = this.#drafts.of(this.topic)
    this.#open(draft ? draft.opened : this.current)
    if (draft) this.form = draft.form
    else if (!this.current) this.#suggest()
  }

  #open(view: MappingView | undefined): void {
    this.#opened = view
    this.#base = view ? formOf(view.mapping) : emptyForm
    this.form = this.#base
    this.#isOpen = true
    this.suggested = false
    this.fillProblem = undefined
    this.refusal = undefined
  }

  #suggest(): void {
    const looked = this.#tried.map((record) => record.looked)
    this.#base = formOf(suggestMapping(this.topic, looked))
    this.form = this.#base
    this.suggested = !isSameForm(this.form, emptyForm)
    this.active = nextField(this.form, 'unit')
  }

  #keepEdits(): void {
    if (this.edited && this.locked === undefined)
      this.#drafts.keep(this.topic, { form: this.form, opened: this.#opened })
    else this.#drafts.drop(this.topic)
  }

  /** The form has nothing that is not saved any more. */
  #forget(): void {
    this.#base = this.form
    this.#opened = this.current
    this.suggested = false
    this.#drafts.drop(this.topic)
  }

  /** What the next chosen value is for. */
  get activeLabel(): string {
    return fieldLabels[this.active]
  }

  /** Where the active field is in the record that is shown. */
  get activePath(): string | undefined {
    return this.fields && placesOf(this.active, this.fields)[0]?.path
  }
}

function isSame(a: MappingView | undefined, b: MappingView | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
