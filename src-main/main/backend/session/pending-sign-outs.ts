import { logoutOperation } from '#shared/rest/auth.ts'
import type { Log } from '#shared/log.ts'
import type { SecretStore } from '../../secrets/secret-store.ts'
import { isTransientFailure } from '../rest/backend-failure.ts'
import type { RestClient } from '../rest/rest-client.ts'

/** Which backend still has to be told of a sign-out, and until when that is of use (epoch ms). No secret. */
export interface PendingSignOut {
  readonly backendUrl: string
  readonly until: number
}

export interface PendingSignOutsDeps {
  readonly url: string
  readonly client: Pick<RestClient, 'call'>
  readonly secrets: SecretStore
  readonly stateFile: {
    readonly value: { readonly pendingSignOut?: PendingSignOut | undefined }
    update(changes: { readonly pendingSignOut: PendingSignOut | undefined }): void
  }
  /** Epoch ms. */
  readonly now: () => number
  readonly log: Log
}

/** No token has one. */
const separator = ' '
/** So long a session of the backend lasts that nobody uses. */
const sessionLifetimeMs = 7 * 24 * 3_600_000

/**
 * Sign-outs that the backend could not be told of: the refresh tokens stay in the keychain, apart from that of whoever
 * works here, until the backend answers again.
 */
export class PendingSignOuts {
  readonly #deps: PendingSignOutsDeps
  readonly #account: string
  /** One after another: each reads what the one before remaining. */
  #last: Promise<void> = Promise.resolve()

  constructor(deps: PendingSignOutsDeps) {
    this.#deps = deps
    this.#account = `signed out at ${deps.url}`
  }

  add(refreshToken: string): Promise<void> {
    return this.#inTurn(async () =>
      this.#save([...(await this.#read()), refreshToken], this.#deps.now() + sessionLifetimeMs),
    )
  }

  /** The backend answers. */
  send(): Promise<void> {
    return this.#inTurn(async () => {
      const { client, stateFile, log } = this.#deps
      const pending = stateFile.value.pendingSignOut
      // without a mark nobody looks into the keychain, which may ask for a password
      if (pending?.backendUrl !== this.#deps.url) return
      const remaining: string[] = []
      for (const token of await this.#read()) {
        const response = await client.call(logoutOperation, { body: { refresh_token: token } })
        if (response.ok) log.info('delayed sign-out sent')
        else if (isTransientFailure(response.failure)) remaining.push(token)
      }
      if (remaining.length === 0) await this.#clear()
      else await this.#save(remaining, pending.until)
    })
  }

  /** What is under way is over. */
  async settled(): Promise<void> {
    await this.#last
  }

  async #read(): Promise<string[]> {
    const { secrets, stateFile, now, url } = this.#deps
    const pending = stateFile.value.pendingSignOut
    if (pending?.backendUrl !== url || pending.until < now()) return []
    const secret = await secrets.read(this.#account)
    return secret?.split(separator) ?? []
  }

  async #save(tokens: readonly string[], until: number): Promise<void> {
    const { secrets, stateFile, url } = this.#deps
    await secrets.write(this.#account, tokens.join(separator))
    stateFile.update({ pendingSignOut: { backendUrl: url, until } })
  }

  async #clear(): Promise<void> {
    const { secrets, stateFile } = this.#deps
    await secrets.delete(this.#account)
    stateFile.update({ pendingSignOut: undefined })
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work)
    return this.#last
  }
}
