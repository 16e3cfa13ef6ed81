import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { Bridge } from '../../bridge/bridge.ts'

interface Fields {
  readonly current: string
  readonly next: string
  readonly again: string
}
const empty: Fields = { current: '', next: '', again: '' }

/** Changes one's own password. What a password must be is the backend's to say. */
export class PasswordChange {
  readonly #bridge: Bridge
  open = $state(false)
  fields = $state.raw<Fields>(empty)
  busy = $state(false)
  done = $state(false)
  validated = $state(false)
  problem = $state.raw<IpcFailure>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  readonly problems: Partial<Record<keyof Fields, string>> = $derived.by(() => {
    const { current, next, again } = this.fields
    if (!this.validated) return {}
    return {
      ...(current === '' ? { current: 'Enter your current password.' } : {}),
      ...(next === '' ? { next: 'Enter a new password.' } : {}),
      ...(next !== '' && next === current ? { next: 'Choose a password that differs from the current one.' } : {}),
      ...(again === next ? {} : { again: 'The passwords do not match.' }),
    }
  })

  readonly start = (): void => {
    this.#clear()
    this.done = false
    this.open = true
  }

  readonly close = (): void => {
    this.open = false
    this.#clear()
  }

  set(change: Partial<Fields>): void {
    this.fields = { ...this.fields, ...change }
    this.problem = undefined
  }

  async submit(): Promise<void> {
    this.validated = true
    if (this.busy || Object.keys(this.problems).length > 0) return
    this.busy = true
    const { current, next } = this.fields
    const result = await this.#bridge['session.changePassword']({ current_password: current, new_password: next })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    this.#clear()
    this.done = true
  }

  #clear(): void {
    this.fields = empty
    this.validated = false
    this.problem = undefined
  }
}
