import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { DemoSignIn } from '#shared/rest/auth.ts'
import type { PageSession } from '../../live/page-session.svelte.ts'

/** The fields of the sign-in page. Signing in and leaving the page clear the password. */
export class SignInController {
  readonly #session: PageSession
  username = $state('')
  password = $state('')
  busy = $state(false)
  problem = $state.raw<IpcFailure>()
  /** The user of a demo, whose password is public. */
  demo = $state.raw<DemoSignIn>()
  /** Empty fields are problems only after the first attempt. */
  validated = $state(false)

  constructor(session: PageSession) {
    this.#session = session
  }

  readonly problems = $derived({
    username: this.validated && this.username.trim() === '' ? 'Enter your username.' : undefined,
    password: this.validated && this.password === '' ? 'Enter your password.' : undefined,
  })

  set(change: { username?: string; password?: string }): void {
    this.username = change.username ?? this.username
    this.password = change.password ?? this.password
    this.problem = undefined
  }

  /** Asks the backend whether it is a demo. Call it when the backend is reachable. */
  async loadDemo(): Promise<void> {
    this.demo = (await this.#session.signInInfo()).demo ?? undefined
  }

  fillIn(): void {
    if (this.demo) this.set(this.demo)
  }

  /** @returns the field to correct, or `undefined` when signed in */
  async submit(): Promise<'username' | 'password' | undefined> {
    if (this.busy) return undefined
    this.validated = true
    this.problem = undefined
    if (this.problems.username) return 'username'
    if (this.problems.password) return 'password'
    this.busy = true
    const result = await this.#session.signIn(this.username.trim(), this.password)
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return 'password'
    }
    this.password = ''
    return undefined
  }
}
