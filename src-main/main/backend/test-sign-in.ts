import type { Role } from '#shared/session/role.ts'
import { aProblem, healthy } from './test-server.ts'
import type { Answer, SentResponse } from './test-server.ts'

/** The sign-in API for the user `ada` with the password `correct horse`. A refresh token is valid for one refresh. */
export class TestSignIn {
  role: Role = 'operator'
  disabled = false
  /** Lifetime of an access token, in seconds. */
  expiresIn = 600
  accessToken = ''
  refreshToken = ''
  refreshes = 0
  #made = 0

  readonly answer: Answer = ({ method, path, headers, body }) => {
    const given = (body ?? {}) as Record<string, string>
    if (path === '/health') return healthy
    if (path === '/api/auth/login') return this.#login(given)
    if (path === '/api/auth/refresh') return this.#refresh(given)
    if (path === '/api/auth/logout') return this.#logout(given)
    if (headers['authorization'] !== `Bearer ${this.accessToken}` || this.accessToken === '')
      return aProblem('session_ended')
    if (path === '/api/auth/me') return { status: 200, body: this.#user() }
    if (path === '/api/auth/password')
      return given['current_password'] === 'correct horse' ? this.#tokens() : aProblem('invalid_credentials')
    return method === 'get' ? { status: 200, body: [] } : aProblem('forbidden')
  }

  /** As if an administrator disabled the user or signed them out everywhere. */
  endSession(): void {
    this.accessToken = ''
    this.refreshToken = ''
  }

  #login({ username, password }: Record<string, string>): SentResponse {
    if (this.disabled) return aProblem('account_disabled')
    return username === 'ada' && password === 'correct horse' ? this.#tokens() : aProblem('invalid_credentials')
  }

  #refresh({ refresh_token }: Record<string, string>): SentResponse {
    this.refreshes++
    if (this.disabled) return aProblem('account_disabled')
    return refresh_token === this.refreshToken && refresh_token !== '' ? this.#tokens() : aProblem('session_ended')
  }

  #logout({ refresh_token }: Record<string, string>): SentResponse {
    if (refresh_token === this.refreshToken) this.endSession()
    return { status: 200, body: { message: 'Signed out.' } }
  }

  #tokens(): SentResponse {
    this.#made++
    this.accessToken = `secret-access-${this.#made}`
    this.refreshToken = `secret-refresh-${this.#made}`
    return {
      status: 200,
      body: {
        access_token: this.accessToken,
        token_type: 'bearer',
        expires_in: this.expiresIn,
        refresh_token: this.refreshToken,
      },
    }
  }

  #user(): object {
    return { id: 1, username: 'ada', email: 'ada@example.com', created_at: '2026-11-24T10:15:30.123Z', role: this.role }
  }
}
