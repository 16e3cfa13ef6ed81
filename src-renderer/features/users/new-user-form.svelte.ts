import type { IpcFailure } from '#shared/ipc/contract.ts'
import { Username } from '#shared/rest/auth.ts'
import { createUser, type Account } from '#shared/rest/users.ts'
import type { Role } from '#shared/session/role.ts'
import type { Bridge } from '../../bridge/bridge.ts'

/** The roles as one chooses among them: each says what it is for. */
export const roleOptions: ReadonlyArray<{ readonly value: Role; readonly label: string }> = [
  { value: 'viewer', label: 'Viewer: can view' },
  { value: 'operator', label: 'Operator: can also acknowledge' },
  { value: 'admin', label: 'Admin: can also manage thresholds and users' },
]

interface Fields {
  readonly username: string
  readonly email: string
  readonly password: string
  readonly role: Role
}
const empty: Fields = { username: '', email: '', password: '', role: 'viewer' }

/** The dialog that makes an account for somebody. */
export class NewUserForm {
  readonly #bridge: Bridge
  readonly #oncreated: (account: Account) => void
  open = $state(false)
  fields = $state.raw<Fields>(empty)
  busy = $state(false)
  validated = $state(false)
  problem = $state.raw<IpcFailure>()

  constructor(bridge: Bridge, oncreated: (account: Account) => void) {
    this.#bridge = bridge
    this.#oncreated = oncreated
  }

  readonly problems: Partial<Record<keyof Fields, string>> = $derived.by(() => {
    if (!this.validated) return {}
    const { username, email, password } = this.fields
    const { shape } = createUser.body.schema
    return {
      ...(Username.safeParse(username).success ? {} : { username: 'Use only letters, digits and . _ @ + -' }),
      ...(shape.email.safeParse(email).success ? {} : { email: 'Enter an email address, such as ben@example.net.' }),
      ...(password === '' ? { password: 'Enter an initial password.' } : {}),
    }
  })

  readonly start = (): void => {
    this.fields = empty
    this.validated = false
    this.problem = undefined
    this.open = true
  }

  readonly close = (): void => {
    this.open = false
    this.fields = empty
  }

  set(change: Partial<Fields>): void {
    this.fields = { ...this.fields, ...change }
    this.problem = undefined
  }

  async submit(): Promise<void> {
    this.validated = true
    if (this.busy || Object.keys(this.problems).length > 0) return
    this.busy = true
    const result = await this.#bridge['users.create'](this.fields)
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    this.close()
    this.#oncreated(result.value)
  }
}
