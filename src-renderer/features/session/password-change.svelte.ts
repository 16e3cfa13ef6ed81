import type { Bridge } from '../../bridge/bridge.ts'
import { FormController } from '../../ui/dialogs/form-controller.svelte.ts'

interface Fields {
  readonly current: string
  readonly next: string
  readonly again: string
}

/** Changes the operator's own password. The backend decides which passwords are good enough. */
export class PasswordChange extends FormController<Fields> {
  constructor(bridge: Bridge) {
    super({
      empty: { current: '', next: '', again: '' },
      problemsOf: ({ current, next, again }) => ({
        ...(current === '' ? { current: 'Enter your current password.' } : {}),
        ...(next === '' ? { next: 'Enter a new password.' } : {}),
        ...(next !== '' && next === current ? { next: 'Choose a password that differs from the current one.' } : {}),
        ...(again === next ? {} : { again: 'The passwords do not match.' }),
      }),
      send: ({ current, next }) => bridge['session.changePassword']({ current_password: current, new_password: next }),
    })
  }
}
