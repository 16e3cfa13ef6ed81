import { logoutOperation, refreshOperation } from '#shared/rest/auth.ts'
import type { Tokens as TokenAnswer } from '#shared/rest/auth.ts'
import { isTransientFailure } from '../rest/backend-failure.ts'
import type { BackendFailure, RestClient } from '../rest/rest-client.ts'

export interface SessionTokensDeps {
  readonly client: Pick<RestClient, 'call'>
  /** Epoch ms. */
  readonly now: () => number
  /** The refresh token changed: the one before it is worth nothing from now on. */
  readonly save: (refreshToken: string) => void
}

export type AccessTokenResult =
  | { readonly ok: true; readonly token: string; /** It came with a refresh just now. */ readonly fresh: boolean }
  | { readonly ok: false; readonly failure: BackendFailure }

/** An access token is renewed when this share of its time is over. */
const renewAt = 0.8
/**
 * An answer to a refresh that was lost is asked for again at once: for 10 s the backend takes the old token from the
 * same client once more, and later it takes it for a stolen one.
 */
const refreshLimitMs = 4_000

/**
 * The tokens of one session, in memory. One refresh at a time, whoever needs it: a refresh token is good for one. How
 * long an access token is good is counted from its receipt, so the clocks of backend and console may differ.
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

  /** When the access token is to be renewed, epoch ms. */
  get renewAtMs(): number {
    return this.#access?.renewAtMs ?? this.#deps.now()
  }

  take(response: TokenAnswer): void {
    const { access_token, expires_in, refresh_token } = response
    this.#access = { token: access_token, renewAtMs: this.#deps.now() + expires_in * 1000 * renewAt }
    this.#refreshToken = refresh_token
    if (!this.#ended) this.#deps.save(refresh_token)
  }

  /** A token that is good, from a refresh where that is needed. `refused`: one that the backend did not take. */
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
   * Ends the session at the backend, and keeps nothing any more.
   * @returns the token that is still good there, where the backend could not be told
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
