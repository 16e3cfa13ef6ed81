import { logoutOperation } from '#shared/rest/auth.ts'
import type { Log } from '#shared/log.ts'
import type { SecretStore } from '../../secrets/secret-store.ts'
import { isTransientFailure } from '../rest/backend-failure.ts'
import type { RestClient } from '../rest/rest-client.ts'

/** The backend to which a sign-out must be sent. After `until` (epoch ms) its sessions have expired. No secret. */
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

/** Tokens contain no spaces. */
const separator = ' '
/** Lifetime of an unused session at the backend. */
const sessionLifetimeMs = 7 * 24 * 3_600_000

/**
 * Sign-outs that could not be sent. Their refresh tokens stay in the keychain, under another account than the current
 * token, until the backend is reachable.
 */
export class PendingSignOuts {
  readonly #deps: PendingSignOutsDeps
  readonly #account: string
  /** One at a time: each step reads the result of the one before. */
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

  /** Call it when the backend is reachable. */
  send(): Promise<void> {
    return this.#inTurn(async () => {
      const { client, secrets, stateFile, log } = this.#deps
      const pending = stateFile.value.pendingSignOut
      // The keychain may ask for a password, so it is read only if a sign-out is pending.
      if (pending?.backendUrl !== this.#deps.url) return
      const remaining: string[] = []
      const tokens = await this.#read()
      // Without an answer it is not known what to send. It is sent when the keychain answers.
      if (!secrets.isAnswering) return
      for (const token of tokens) {
        const response = await client.call(logoutOperation, { body: { refresh_token: token } })
        if (response.ok) log.info('delayed sign-out sent')
        else if (isTransientFailure(response.failure)) remaining.push(token)
      }
      if (remaining.length === 0) await this.#clear()
      else await this.#save(remaining, pending.until)
    })
  }

  /** Resolves when the running step is done. */
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
