type Problems<F> = Partial<Record<keyof F, string>>
interface IpcFailure {
  readonly message: string
}
type SendResult<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: IpcFailure }

export interface FormOptions<F, R> {
  readonly empty: F
  /** One sentence for each invalid field. */
  readonly problemsOf: (fields: F) => Problems<F>
  readonly send: (fields: F) => Promise<SendResult<R>>
  /** Without `onsent`, the dialog stays open and shows that the form was sent. */
  readonly onsent?: (value: R) => void
}

/**
 * A form in a dialog. States: closed → typing → busy → done or closed. A refusal leads back to typing.
 * **Invariant**: closing and sending clear the fields, so that no password stays in the page.
 */
export class FormController<F extends object, R = unknown> {
  readonly #options: FormOptions<F, R>
  open = $state(false)
  fields: F
  busy = $state(false)
  /** The form was sent and the dialog is still open. */
  done = $state(false)
  /** Problems appear only after the operator tried to send. */
  validated = $state(false)
  problem = $state.raw<IpcFailure>()

  constructor(options: FormOptions<F, R>) {
    this.#options = options
    this.fields = $state.raw(options.empty)
  }

  readonly problems: Problems<F> = $derived.by(() => (this.validated ? this.#options.problemsOf(this.fields) : {}))

  readonly start = (): void => {
    this.#clear()
    this.done = false
    this.open = true
  }

  readonly close = (): void => {
    this.open = false
    this.#clear()
  }

  set(change: Partial<F>): void {
    this.fields = { ...this.fields, ...change }
    this.problem = undefined
  }

  async submit(): Promise<void> {
    this.validated = true
    if (this.busy || Object.keys(this.problems).length > 0) return
    this.busy = true
    const result = await this.#options.send(this.fields)
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    this.#clear()
    if (!this.#options.onsent) {
      this.done = true
      return
    }
    this.open = false
    this.#options.onsent(result.value)
  }

  #clear(): void {
    this.fields = this.#options.empty
    this.validated = false
    this.problem = undefined
  }
}
