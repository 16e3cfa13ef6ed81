import { isDeepStrictEqual } from 'node:util'
import {
  changePasswordOperation,
  type DemoSignIn,
  loginOperation,
  meOperation,
  signInInfoOperation,
} from '#shared/rest/auth.ts'
import type { Operation } from '#shared/rest/operation.ts'
import type { BackendLink, OperatorSession } from '#shared/session/operator-session.ts'
import type { Log } from '#shared/log.ts'
import type { SecretStore } from '../../secrets/secret-store.ts'
import type { CallBackend, BackendFailure, BackendResult, RestClient } from '../rest/rest-client.ts'
import type { OperationInput } from '../rest/rest-request.ts'
import { callErrorOf, isTransientFailure } from '../rest/backend-failure.ts'
import { DeviceTokens } from './device-tokens.ts'
import { PendingSignOuts } from './pending-sign-outs.ts'
import { initialSignInState, nextSignInState } from './sign-in-state.ts'
import type { SavedSession, SignInEvent, SignInState } from './sign-in-state.ts'
import { SessionTokens } from './session-tokens.ts'

export interface BackendSessionDeps {
  readonly url: string
  readonly client: Pick<RestClient, 'call'>
  readonly link: { readonly link: BackendLink; onChange(listener: (link: BackendLink) => void): void }
  readonly secrets: SecretStore
  /** Unencrypted state between runs: the user, never a token. */
  readonly stateFile: { readonly value: SavedSession; update(changes: SavedSession): void }
  /** Epoch ms. */
  readonly now: () => number
  readonly log: Log
}

/** Delay after a failed refresh. */
const renewRetryMs = 30_000

/**
 * The operator session of this console. The refresh token in the keychain continues it in the next run. While the
 * backend is unreachable, the last known user and role stay in effect. `call` sends API calls as that user.
 */
export class BackendSession {
  readonly #deps: BackendSessionDeps
  readonly #listeners = new Set<(session: OperatorSession) => void>()
  #state: SignInState
  #tokens: SessionTokens | null = null
  #renewal: NodeJS.Timeout | undefined
  /** The keychain is read once, at the start. Until then it is unknown whether a token exists. */
  #restored: Promise<void> = Promise.resolve()
  #saved: Promise<void> = Promise.resolve()
  readonly #pendingSignOuts: PendingSignOuts
  readonly #devices: DeviceTokens
  #signedOut: Promise<void> = Promise.resolve()
  /** The keychain outlives this session. */
  readonly #stopListening: () => void
  #ended = false

  constructor(deps: BackendSessionDeps) {
    this.#deps = deps
    this.#state = initialSignInState(deps.stateFile.value, deps.url)
    this.#pendingSignOuts = new PendingSignOuts(deps)
    this.#devices = new DeviceTokens(deps)
    this.#stopListening = deps.secrets.onAnswer(() => this.#keychainAnswered())
    deps.link.onChange((link) => {
      this.#notifyListeners()
      if (!link.reachable) return
      void this.#renew()
      void this.#pendingSignOuts.send()
    })
  }

  get session(): OperatorSession {
    const { url, link, secrets } = this.#deps
    const common = { backendUrl: url, link: link.link }
    if (this.#state.kind === 'signed-out') return { kind: 'signed-out', ...common, reason: this.#state.reason }
    if (this.#state.kind === 'locked') return { kind: 'signed-out', ...common, reason: 'keychain' }
    const { keychainProblem } = secrets
    return {
      kind: 'signed-in',
      ...common,
      user: this.#state.user,
      ...(keychainProblem === undefined ? {} : { notKept: keychainProblem }),
    }
  }

  onChange(listener: (session: OperatorSession) => void): void {
    this.#listeners.add(listener)
  }

  start(): void {
    if (this.#state.kind === 'signed-in') this.#restored = this.#restore(this.#account(this.#state.user.username))
  }

  /** Waits until the last secret is written. */
  async end(): Promise<void> {
    this.#ended = true
    this.#stopListening()
    clearTimeout(this.#renewal)
    await this.#restored
    await this.#saved
    await this.#signedOut
    await this.#pendingSignOuts.settled()
  }

  /** What the sign-in form shows. Without an answer, and from a backend of 0.1.0: nothing. */
  async signInInfo(): Promise<{ readonly demo: DemoSignIn | null }> {
    const response = await this.#deps.client.call(signInInfoOperation, {})
    return response.ok ? response.body : { demo: null }
  }

  /** @throws CallError with a sentence for the sign-in form */
  async signIn(username: string, password: string): Promise<OperatorSession> {
    const { client, log } = this.#deps
    await this.#restored
    const device = await this.#devices.inputFor(username)
    const response = await client.call(loginOperation, { body: { username, password }, ...device })
    if (!response.ok) throw callErrorOf(response.failure)
    const me = await client.call(meOperation, {}, { token: response.body.access_token })
    if (!me.ok) throw callErrorOf(me.failure)
    void this.#dropTokens() // runs next to the new session; `#signedOut` waits for it
    const { username: name, role } = me.body
    this.#tokens = this.#tokensOf(name, response.body.refresh_token)
    this.#tokens.take(response.body)
    this.#saveTokens(() => this.#devices.save(name, response.deviceToken))
    log.info('signed in', { user: name, role })
    this.#apply({ kind: 'signed-in', user: { username: name, role } })
    void this.#renew()
    // The reply contains whether the keychain stored the token.
    await this.#saved
    this.#notifyListeners()
    return this.session
  }

  /** Works without the backend, too: the sign-out is sent when it is reachable. */
  async signOut(): Promise<OperatorSession> {
    await this.#restored
    const revoked = this.#dropTokens()
    this.#apply({ kind: 'signed-out' })
    if (this.#deps.link.link.reachable) await revoked
    return this.session
  }

  async changePassword(current: string, next: string): Promise<void> {
    const response = await this.call(changePasswordOperation, {
      body: { current_password: current, new_password: next },
    })
    if (!response.ok) throw callErrorOf(response.failure)
    this.#tokens?.take(response.body)
    const state = this.#state
    if (state.kind === 'signed-in')
      this.#saveTokens(() => this.#devices.save(state.user.username, response.deviceToken))
    await this.#saved
  }

  /** Calls the API as the session's user. Retries once with a new token if the backend refuses the old one. */
  readonly call: CallBackend = async (contract, input) => {
    await this.#restored
    const tokens = this.#tokens
    if (!tokens) return { ok: false, failure: { kind: 'signed-out' } }
    const access = await this.#access(tokens)
    if (!access.ok) return access
    const response = await this.#with(access.token, contract, input)
    if (response.ok || !isTokenRefused(response.failure)) return response
    const again = await this.#access(tokens, access.token)
    return again.ok ? this.#with(again.token, contract, input) : again
  }

  #with<C extends Operation>(token: string, contract: C, input: OperationInput<C>): Promise<BackendResult<C>> {
    return this.#deps.client.call(contract, input, { token })
  }

  async #access(tokens: SessionTokens, refused?: string): ReturnType<SessionTokens['access']> {
    const access = await tokens.access(refused)
    if (tokens !== this.#tokens) return { ok: false, failure: { kind: 'signed-out' } }
    if (access.ok || access.failure.kind !== 'problem' || isTransientFailure(access.failure)) return access
    const { code } = access.failure.problem
    this.#deps.log.info('the backend ended the session', { code })
    this.#deleteTokens()
    this.#apply({ kind: 'refused', code })
    return { ok: false, failure: { kind: 'signed-out' } }
  }

  async #restore(account: string): Promise<void> {
    const secret = await this.#deps.secrets.read(account)
    if (this.#state.kind === 'signed-out' || this.#tokens) return
    if (secret === undefined) return this.#apply({ kind: this.#deps.secrets.isAnswering ? 'lost' : 'unanswered' })
    this.#tokens = this.#tokensOf(this.#state.user.username, secret)
    this.#apply({ kind: 'restored' })
    if (this.#deps.link.link.reachable) void this.#renew()
  }

  /** Continues the session, unless someone signed in meanwhile. Their token is in the keychain now. */
  #keychainAnswered(): void {
    if (this.#state.kind === 'locked') this.#restored = this.#restore(this.#account(this.#state.user.username))
    else this.#notifyListeners()
    if (this.#deps.link.link.reachable) void this.#pendingSignOuts.send()
  }

  /** Renews before expiry, so an idle console stays signed in and notices that its user was disabled. */
  async #renew(): Promise<void> {
    clearTimeout(this.#renewal)
    await this.#restored
    const tokens = this.#tokens
    if (!tokens || this.#ended) return
    const access = await this.#access(tokens)
    if (access.ok && access.fresh) await this.#refreshUser(access.token)
    if (tokens !== this.#tokens || this.#ended) return
    clearTimeout(this.#renewal)
    const delayMs = access.ok ? Math.max(tokens.renewAtMs - this.#deps.now(), 1000) : renewRetryMs
    this.#renewal = setTimeout(() => void this.#renew(), delayMs)
  }

  async #refreshUser(token: string): Promise<void> {
    const me = await this.#deps.client.call(meOperation, {}, { token })
    if (me.ok) this.#apply({ kind: 'identified', user: { username: me.body.username, role: me.body.role } })
  }

  /** Deletes the tokens here and revokes them at the backend, now or later. */
  #dropTokens(): Promise<void> {
    const revoked = this.#tokens?.revoke()
    this.#deleteTokens()
    const previous = this.#signedOut
    this.#signedOut = (async () => {
      await previous
      const validToken = await revoked
      if (validToken === undefined) return
      await this.#pendingSignOuts.add(validToken)
      // If it became reachable during the first attempt, no further change of the link follows.
      if (this.#deps.link.link.reachable) await this.#pendingSignOuts.send()
    })()
    return this.#signedOut
  }

  #deleteTokens(): void {
    clearTimeout(this.#renewal)
    this.#tokens = null
    if (this.#state.kind === 'signed-out') return
    const account = this.#account(this.#state.user.username)
    this.#saveTokens((secrets) => secrets.delete(account))
  }

  #tokensOf(username: string, refreshToken: string): SessionTokens {
    const { client, now } = this.#deps
    const account = this.#account(username)
    const save = (token: string): void => this.#saveTokens((secrets) => secrets.write(account, token))
    return new SessionTokens({ client, now, save }, refreshToken)
  }

  #saveTokens(change: (secrets: SecretStore) => Promise<void>): void {
    this.#saved = this.#saved.then(() => change(this.#deps.secrets))
  }

  #account(username: string): string {
    return `${username} at ${this.#deps.url}`
  }

  #apply(event: SignInEvent): void {
    const state = nextSignInState(this.#state, event)
    if (isDeepStrictEqual(state, this.#state)) return
    this.#state = state
    const backendUrl = this.#deps.url
    this.#deps.stateFile.update(
      state.kind === 'signed-out'
        ? { backendUrl, user: undefined, ended: state.reason }
        : { backendUrl, user: state.user, ended: undefined },
    )
    this.#notifyListeners()
  }

  #notifyListeners(): void {
    for (const listener of this.#listeners) listener(this.session)
  }
}

/** By code, not by status: a wrong password has the same status but does not concern the token. */
function isTokenRefused(failure: BackendFailure): boolean {
  return failure.kind === 'problem' && ['unauthenticated', 'session_ended'].includes(failure.problem.code)
}
