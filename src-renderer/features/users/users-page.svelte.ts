import type { IpcFailure, IpcRequest } from '#shared/ipc/contract.ts'
import type { Account } from '#shared/rest/users.ts'
import type { Role } from '#shared/session/role.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { retryUntilOk } from '../../live/retry-until-ok.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'

type Change = IpcRequest<'users.update'>['change']

/** The accounts of the backend, and the changes of an administrator to the selected one. */
export class UsersPage {
  readonly #app: AppState
  accounts = $state.raw<readonly Account[]>([])
  loaded = $state(false)
  busy = $state(false)
  /** Why the list is not available. */
  unavailable = $state.raw<IpcFailure>()
  /** Why the last change failed. */
  problem = $state.raw<IpcFailure>()
  /** The effect of the last change, in one sentence. */
  done = $state<string>()
  confirming = $state(false)
  password = $state('')
  #selectedId = $state<string>()

  constructor(app: AppState) {
    this.#app = app
  }

  /** Rows of the list. */
  readonly rows = $derived(this.accounts.map((account) => ({ id: String(account.id), account })))
  readonly selected: Account | undefined = $derived(this.rows.find(({ id }) => id === this.#selectedId)?.account)

  isSelf({ username }: Account): boolean {
    return username === this.#app.session.user?.username
  }

  /** Retries until the backend answers. @returns stops retrying */
  follow(): () => void {
    return retryUntilOk(
      () => this.#app.bridge['users.list']({}),
      (accounts) => {
        this.accounts = accounts
        this.loaded = true
        this.unavailable = undefined
      },
      (failure) => (this.unavailable = failure),
    )
  }

  select(id: string): void {
    if (id === this.#selectedId) return
    this.#selectedId = id
    this.#forget()
  }

  readonly close = (): void => {
    this.#selectedId = undefined
    this.#forget()
  }

  move(delta: number): void {
    const ids = this.rows.map(({ id }) => id)
    const next = movedSelection(ids, this.#selectedId, delta)
    if (next !== undefined) this.select(next)
  }

  /** Adds a new account to the list and selects it. */
  add(account: Account): void {
    this.accounts = [...this.accounts, account].toSorted((a, b) => a.username.localeCompare(b.username))
    this.select(String(account.id))
    this.done = `${account.username} can sign in now.`
  }

  async setRole(role: Role): Promise<void> {
    if (role !== this.selected?.role) await this.#change({ role }, (name) => `${name} now has the role ${role}.`)
  }

  async disable(): Promise<void> {
    this.confirming = false
    await this.#change({ disabled: true }, (name) => `${name} is disabled and signed out everywhere.`)
  }

  async enable(): Promise<void> {
    await this.#change({ disabled: false }, (name) => `${name} can sign in again.`)
  }

  async setPassword(): Promise<void> {
    const { password } = this
    if (password === '') return
    await this.#change({ password }, (name) => `${name} has a new password and is signed out everywhere.`)
    if (!this.problem) this.password = ''
  }

  async #change(change: Change, sentence: (name: string) => string): Promise<void> {
    const account = this.selected
    if (!account || this.busy) return
    this.busy = true
    this.problem = undefined
    this.done = undefined
    const result = await this.#app.bridge['users.update']({ id: account.id, change })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    const changed = result.value
    this.accounts = this.accounts.map((other) => (other.id === changed.id ? changed : other))
    this.done = sentence(changed.username)
  }

  #forget(): void {
    this.problem = undefined
    this.done = undefined
    this.password = ''
  }
}
