import { Username } from '#shared/rest/auth.ts'
import { createUserOperation, type Account } from '#shared/rest/users.ts'
import type { Role } from '#shared/session/role.ts'
import type { Bridge } from '../../bridge/bridge.ts'
import { FormController } from '../../ui/dialogs/form-controller.svelte.ts'

/** The roles to choose from, each with its permissions. */
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

/** Creates an account for another person. */
export class NewUserForm extends FormController<Fields, Account> {
  constructor(bridge: Bridge, oncreated: (account: Account) => void) {
    super({
      empty: { username: '', email: '', password: '', role: 'viewer' },
      problemsOf: ({ username, email, password }) => ({
        ...(Username.safeParse(username).success ? {} : { username: 'Use only letters, digits and . _ @ + -' }),
        ...(isEmail(email) ? {} : { email: 'Enter an email address, such as ben@example.net.' }),
        ...(password === '' ? { password: 'Enter an initial password.' } : {}),
      }),
      send: (fields) => bridge['users.create'](fields),
      onsent: oncreated,
    })
  }
}

function isEmail(text: string): boolean {
  return createUserOperation.body.schema.shape.email.safeParse(text).success
}
