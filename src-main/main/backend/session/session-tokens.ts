import { logoutOperation, refreshOperation } from '#shared/rest/auth.ts'
import type { Tokens as TokenAnswer } from '#shared/rest/auth.ts'
import { isTransientFailure } from '../rest/backend-failure.ts'
import type { BackendFailure, RestClient } from '../rest/rest-client.ts'

export interface SessionTokensDeps {
  readonly client: Pick<RestClient, 'call'>
  /** Epoch ms. */
  readonly now: () => number
  /** Stores the new refresh token. The previous one is no longer valid. */
  readonly save: (refreshToken: string) => void
}

export type AccessTokenResult =
  | { readonly ok: true; readonly token: string; /** From a refresh in this call. */ readonly fresh: boolean }
  | { readonly ok: false; readonly failure: BackendFailure }

/** Share of its lifetime after which an access token is renewed. */
const renewAt = 0.8
/**
 * A refresh without a response is retried immediately. For 10 s the backend accepts the old token once more from the
 * same client; later it treats the token as stolen.
 */
const refreshLimitMs = 4_000

/**
 * The tokens of one session, in memory. One refresh at a time, because a refresh token is valid once. The lifetime of
 * an access token counts from its receipt, so the clocks of backend and console may differ.
 */
export class SessionTokens {
  readonly #deps: SessionTokensDeps
  #refreshToken: string
  #access: { readonly token: string; readonly renewAtMs: number } | null = null
  #refreshing: Promise<AccessTokenResult> | null = null
  #ended = false

  constructor(deps: SessionTokensDeps, refreshToken: string) {
    this.#deps = deps
    this.#refreshToken = refreshToken
  }

  /** When to renew the access token, epoch ms. */
  get renewAtMs(): number {
    return this.#access?.renewAtMs ?? this.#deps.now()
  }

  take(response: TokenAnswer): void {
    const { access_token, expires_in, refresh_token } = response
    this.#access = { token: access_token, renewAtMs: this.#deps.now() + expires_in * 1000 * renewAt }
    this.#refreshToken = refresh_token
    if (!this.#ended) this.#deps.save(refresh_token)
  }

  /** A valid access token, refreshed if necessary. `refused`: a token that the backend refused. */
  access(refused?: string): Promise<AccessTokenResult> {
    const access = this.#access
    if (access && access.token !== refused && this.#deps.now() < access.renewAtMs)
      return Promise.resolve({ ok: true, token: access.token, fresh: false })
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  /**
   * Revokes the session at the backend.
   * @returns the refresh token, if the backend could not be reached and the token is still valid
   */
  async revoke(): Promise<string | undefined> {
    this.#ended = true
    await this.#refreshing
    const response = await this.#deps.client.call(logoutOperation, { body: { refresh_token: this.#refreshToken } })
    return !response.ok && isTransientFailure(response.failure) ? this.#refreshToken : undefined
  }

  async #refresh(): Promise<AccessTokenResult> {
    const refresh = () =>
      this.#deps.client.call(
        refreshOperation,
        { body: { refresh_token: this.#refreshToken } },
        { limitMs: refreshLimitMs },
      )
    const first = await refresh()
    const response = first.ok || first.failure.kind !== 'unreachable' ? first : await refresh()
    if (!response.ok) return response
    this.take(response.body)
    return { ok: true, token: response.body.access_token, fresh: true }
  }
}
