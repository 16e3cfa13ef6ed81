import type { SecretStore } from '../../secrets/secret-store.ts'

/**
 * Tokens by which the backend recognizes this console at a sign-in, one for each user. They do not sign in. With one,
 * the user can sign in while others guess their password. They stay after a sign-out.
 */
export class DeviceTokens {
  readonly #url: string
  readonly #secrets: SecretStore

  constructor({ url, secrets }: { readonly url: string; readonly secrets: SecretStore }) {
    this.#url = url
    this.#secrets = secrets
  }

  /** The token as input of an operation. */
  async inputFor(username: string): Promise<{ readonly deviceToken?: string }> {
    const deviceToken = await this.#secrets.read(this.#account(username))
    return deviceToken === undefined ? {} : { deviceToken }
  }

  /** @param deviceToken absent: the backend is of a version without these tokens */
  async save(username: string, deviceToken: string | undefined): Promise<void> {
    if (deviceToken !== undefined) await this.#secrets.write(this.#account(username), deviceToken)
  }

  /** Users type their name in any case. */
  #account(username: string): string {
    return `device of ${username.toLowerCase()} at ${this.#url}`
  }
}
