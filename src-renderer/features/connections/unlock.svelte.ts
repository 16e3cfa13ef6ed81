import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { AppState } from '../../live/app-state.svelte.ts'

/** Asks for the password of the connection in use, if no keychain has it. It opens by itself once. */
export class Unlock {
  readonly #app: AppState
  open = $state(false)
  password = $state('')
  busy = $state(false)
  problem = $state.raw<IpcFailure>()
  #wasOffered = false

  constructor(app: AppState) {
    this.#app = app
  }

  readonly needed: boolean = $derived.by(() => this.#app.info?.connection.needsPassword === true)
  readonly name: string = $derived.by(() => this.#app.info?.connection.name ?? '')
  readonly user: string = $derived.by(() => this.#app.connections.inUse?.connection.username ?? '')
  /** Why ReMo asks: one sentence of the keychain. */
  readonly reason: string | undefined = $derived.by(() => this.#app.connections.view?.keychainProblem)

  /** Opens the dialog at the start. Closed once, it stays closed: the notice opens it again. */
  offer(): void {
    if (!this.needed || this.#wasOffered) return
    this.#wasOffered = true
    this.start()
  }

  readonly start = (): void => {
    this.open = true
  }

  /** The typed password does not stay in the page. */
  readonly close = (): void => {
    this.open = false
    this.password = ''
    this.problem = undefined
  }

  set(password: string): void {
    this.password = password
    this.problem = undefined
  }

  async submit(): Promise<void> {
    if (this.busy) return
    if (this.password === '') {
      this.problem = { code: 'bad-request', message: 'Enter the password.' }
      return
    }
    this.busy = true
    const reply = await this.#app.bridge['connections.unlock']({ password: this.password })
    this.busy = false
    if (!reply.ok) {
      this.problem = reply.error
      return
    }
    this.close()
    this.#app.connections.take(reply.value)
    await this.#app.readInfo()
  }
}
