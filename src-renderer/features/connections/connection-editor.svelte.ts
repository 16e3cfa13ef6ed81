import type { ConnectionItem, DraftConnection } from '#shared/ipc/connection-views.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { isUnsavedConnection, newConnection, type ConnectionDrafts } from './connection-drafts.svelte.ts'
import {
  brokerNotes,
  firstWrong,
  formOf,
  isSameForm,
  nameOfBrokers,
  newConnectionForm,
  readForm,
  type ConnectionForm,
  type FormContext,
  type FormField,
  type FormProblems,
  type PemKind,
} from './connection-form.ts'
import { ConnectionTest } from './connection-test.svelte.ts'
import { PemChecks } from './pem-checks.svelte.ts'

/** How many fields are shown. `short`: of the first run; a missing name is the host of the first broker. */
type FormLength = 'short' | 'full'

/** The form of one connection: a new one, a saved one, or one that variables describe. */
export class ConnectionEditor {
  readonly #app: AppState
  readonly #length: FormLength
  readonly drafts: ConnectionDrafts
  readonly test: ConnectionTest
  readonly pem: PemChecks
  /** Of the connection; `newConnection` for one that is not saved. */
  id = $state(newConnection)
  form = $state.raw(newConnectionForm)
  #base = $state.raw(newConnectionForm)
  /** Fields that were left: their problems and notes show. */
  #left = $state.raw<ReadonlySet<FormField>>(new Set())
  /** The operator tried to save: all problems show. */
  validated = $state(false)
  busy = $state<'testing' | 'saving'>()
  problem = $state.raw<IpcFailure>()
  /** What was saved, one sentence. */
  done = $state<string>()
  #reading = false
  #isOpen = false
  /** Asked before it happens. */
  confirming = $state<'save-anyway'>()

  constructor(app: AppState, drafts: ConnectionDrafts, length: FormLength = 'full') {
    this.#app = app
    this.#length = length
    this.drafts = drafts
    this.test = new ConnectionTest(app.bridge)
    this.pem = new PemChecks(app.bridge)
  }

  readonly item: ConnectionItem | undefined = $derived.by(() =>
    this.#app.connections.items.find(({ connection }) => connection.id === this.id),
  )
  readonly fixed: Readonly<Partial<Record<string, string>>> = $derived(this.item?.fixed ?? {})
  /** Variables describe it, or it is the demo: nothing here can be saved. */
  readonly readOnly: boolean = $derived(this.item?.origin === 'environment' || this.item?.origin === 'demo')
  readonly edited: boolean = $derived(!isSameForm(this.form, this.#base))
  readonly #context: FormContext = $derived.by(() => {
    const others = this.#app.connections.items.filter(
      ({ connection, origin }) => connection.id !== this.id && origin === 'saved',
    )
    return {
      ...(this.item?.origin === 'saved' || this.readOnly ? { id: this.id } : {}),
      hasPassword: this.item?.hasPassword ?? false,
      fixed: this.fixed,
      names: others.map(({ connection }) => connection.name),
    }
  })
  readonly #named: ConnectionForm = $derived.by(() => {
    const { form } = this
    const isNamed = this.#length === 'full' || form.name.trim() !== ''
    return isNamed ? form : { ...form, name: this.#freeName(nameOfBrokers(form.brokers)) }
  })
  readonly #problems: FormProblems = $derived.by(() => this.#problemsOf(this.#context))
  /** One sentence for each wrong field, as far as it is time to say so. */
  readonly problems: FormProblems = $derived.by(() => {
    if (this.validated) return this.#problems
    const shown = Object.entries(this.#problems).filter(([field]) => this.#left.has(field as FormField))
    return Object.fromEntries(shown)
  })
  /** What ReMo understood of the typed brokers. */
  readonly notes: readonly string[] = $derived.by(() =>
    this.validated || this.#left.has('brokers') ? brokerNotes(this.form.brokers) : [],
  )
  /** The form has changed since the test, or was never tested. */
  readonly untested: boolean = $derived.by(() => {
    const { tested } = this.test
    const read = readForm(this.#named, this.#anyway)
    return tested === undefined || !read.ok || JSON.stringify(read.draft) !== JSON.stringify(tested)
  })
  /** What will not work if the form is saved as it is: for Save anyway. */
  readonly willNotWork: string = $derived.by(() => {
    const { result } = this.test
    if (this.untested || !result) return 'The connection was not tested as it is now. ReMo may not be able to read it.'
    return result.willNotWork ?? 'The test found nothing that will not work.'
  })

  get #anyway(): FormContext {
    return { ...this.#context, withoutSecrets: true }
  }

  /** Opens a connection, with the edits that were kept. */
  open(id: string): void {
    this.keepEdits()
    const item = this.#app.connections.items.find(({ connection }) => connection.id === id)
    const base = item ? formOf(item.connection) : newConnectionForm
    this.#isOpen = true
    this.id = item || isUnsavedConnection(id) ? id : newConnection
    this.#base = base
    this.form = this.drafts.kept.get(this.id) ?? base
    this.#forget()
    if (!this.test.running) this.test.clear()
    void this.pem.check(this.form)
  }

  /** Opens the connection that another part of the window wants to show. */
  openWanted(): void {
    const { wanted } = this.drafts
    if (wanted === undefined) return
    this.drafts.wanted = undefined
    // What is typed in the open form must not replace what is wanted.
    if (this.id === wanted) {
      this.#isOpen = true
      this.form = this.drafts.kept.get(wanted) ?? this.form
      this.#forget()
    } else this.open(wanted)
  }

  /** Shows what another window or the file has changed, unless something is typed here. */
  refresh(): void {
    if (!this.item || this.edited || this.busy) return
    this.#base = formOf(this.item.connection)
    this.form = this.#base
  }

  set(change: Partial<ConnectionForm>): void {
    this.form = { ...this.form, ...change }
    this.problem = undefined
    this.done = undefined
  }

  /** A field was left. An empty one is not wrong yet. */
  leave(field: FormField): void {
    const value = this.form[field]
    if (value === '' || (typeof value === 'object' && value.kind === 'none')) return
    this.#left = new Set([...this.#left, field])
    if (typeof value === 'object') void this.pem.check(this.form)
  }

  /** Opens the native dialog for a file. */
  async choosePem(kind: PemKind): Promise<void> {
    const reply = await this.#app.bridge['connections.choosePem']({ kind })
    if (!reply.ok) this.problem = reply.error
    else if ('file' in reply.value) {
      this.set({ [kind]: { kind: 'file', file: reply.value.file } })
      this.leave(kind)
    }
  }

  /** Keeps the edits, for the next time that this connection is opened. */
  keepEdits(): void {
    // Before the first `open`, nothing of this form is typed. What is wanted must not be replaced.
    if (!this.#isOpen || this.drafts.wanted === this.id) return
    if (this.edited && !this.readOnly) this.drafts.keep(this.id, this.form)
    else this.drafts.drop(this.id)
  }

  /** Back to what is saved. */
  readonly discard = (): void => {
    this.form = this.#base
    this.drafts.drop(this.id)
    this.#forget()
  }

  /** A new connection with the same fields. */
  readonly copy = (): void => {
    const form = { ...this.form, name: '', password: '' }
    this.drafts.offer({ ...form, key: form.key.kind === 'stored' ? { kind: 'none' } : form.key })
    this.openWanted()
  }

  /** @returns the first wrong field, which gets the focus; `undefined` if the test has run */
  async testOnly(): Promise<FormField | undefined> {
    const read = await this.#read(this.#context)
    if (!read.draft) return read.wrong
    this.busy = 'testing'
    await this.test.run(read.draft)
    this.busy = undefined
    return undefined
  }

  /** Saves if no step of the test failed. @returns the first wrong field */
  async testAndSave(): Promise<FormField | undefined> {
    if (this.readOnly) return this.testOnly()
    const read = await this.#read(this.#context)
    if (!read.draft) return read.wrong
    this.busy = 'testing'
    const result = await this.test.run(read.draft)
    this.busy = undefined
    if (result !== undefined && result.state !== 'failed') await this.#save(read.draft)
    return undefined
  }

  /** Asks first. @returns the first wrong field: a connection that cannot be written is never saved */
  async askSaveAnyway(): Promise<FormField | undefined> {
    const read = await this.#read(this.#anyway)
    if (!read.draft) return read.wrong
    this.confirming = 'save-anyway'
    return undefined
  }

  async saveAnyway(): Promise<void> {
    this.confirming = undefined
    const { draft } = await this.#read(this.#anyway)
    if (draft && !this.readOnly) await this.#save(draft)
  }

  /** Checks all fields, those that need a file too. */
  async #read(context: FormContext): Promise<{ readonly draft?: DraftConnection; readonly wrong?: FormField }> {
    if (this.busy || this.test.running || this.#reading) return {}
    this.problem = undefined
    this.done = undefined
    this.#reading = true
    await this.pem.check(this.form)
    this.#reading = false
    const wrong = firstWrong(this.#problemsOf(context))
    this.validated = true
    if (wrong) return { wrong }
    const read = readForm(this.#named, context)
    return read.ok ? { draft: read.draft } : {}
  }

  async #save(draft: DraftConnection): Promise<void> {
    this.busy = 'saving'
    const { inUse, view } = this.#app.connections
    const isNothing = inUse?.origin === 'unset' || inUse?.origin === 'demo'
    const use = this.item?.inUse === true || (isNothing && view?.switchProblem === undefined)
    const saved = this.form
    const reply = await this.#app.bridge['connections.save']({ draft, use })
    this.busy = undefined
    if (!reply.ok) {
      this.problem = reply.error
      return
    }
    this.#app.connections.take(reply.value.view)
    this.drafts.drop(this.id)
    this.id = reply.value.id
    this.#base = this.item ? formOf(this.item.connection) : { ...saved, password: '' }
    // What was typed while it was tested and saved stays.
    if (this.form === saved) this.form = this.#base
    this.#forget()
    this.done = use ? 'Saved. ReMo reads this connection now.' : 'Saved. “Switch” makes ReMo read it.'
  }

  #problemsOf(context: FormContext): FormProblems {
    const read = readForm(this.#named, context)
    return { ...this.pem.problems(this.form), ...(read.ok ? {} : read.problems) }
  }

  #freeName(name: string): string {
    const { names } = this.#context
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name} ${number}`
      if (!names.some((other) => other.toLowerCase() === candidate.toLowerCase())) return candidate
    }
  }

  #forget(): void {
    this.#left = new Set()
    this.validated = false
    this.problem = undefined
    this.done = undefined
  }
}
