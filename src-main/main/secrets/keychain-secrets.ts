import type { Log } from '#shared/log.ts'
import { callKeychain, KeychainTimeout } from './keychain-call.ts'
import type { KeychainRequest, StartKeychainProcess } from './keychain-call.ts'
import { InMemorySecrets } from './in-memory-secrets.ts'
import type { SecretStore } from './secret-store.ts'

export interface KeychainDeps {
  readonly start: StartKeychainProcess
  readonly log: Log
  /** Time limit of a call. */
  readonly limitMs?: number
}

/** Name of the secrets in the operating system's keychain. */
const service = 'ReMo'
const defaultLimitMs = 3000

/**
 * The operating system's keychain, through keytar. After the first failed call, secrets stay in memory for the rest of
 * the run; the next start tries the keychain again. One call at a time.
 */
export class KeychainSecrets implements SecretStore {
  readonly #deps: KeychainDeps
  #inMemory: InMemorySecrets | null = null
  #last: Promise<unknown> = Promise.resolve()

  constructor(deps: KeychainDeps) {
    this.#deps = deps
  }

  get keychainProblem(): string | undefined {
    return this.#inMemory?.keychainProblem
  }

  read(account: string): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const secret = await this.#call({ kind: 'read', service, account })
      return this.#inMemory ? this.#inMemory.read(account) : (secret ?? undefined)
    })
  }

  write(account: string, secret: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#call({ kind: 'write', service, account, secret })
      await this.#inMemory?.write(account, secret)
    })
  }

  delete(account: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#call({ kind: 'delete', service, account })
      await this.#inMemory?.delete(account)
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn
    return turn
  }

  /** Never rejects: if the keychain failed, `#inMemory` is set and takes over. */
  async #call(request: KeychainRequest): Promise<string | null> {
    if (this.#inMemory) return null
    const { start, log, limitMs = defaultLimitMs } = this.#deps
    try {
      return await callKeychain(start, request, limitMs)
    } catch (cause) {
      log.warn('keychain disabled for this run', { call: request.kind, cause })
      this.#inMemory = new InMemorySecrets(reasonOf(cause))
      return null
    }
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof KeychainTimeout
    ? 'The keychain does not answer, so you stay signed in only until ReMo quits. Unlock it and restart ReMo.'
    : 'No working keychain found, so you stay signed in only until ReMo quits.'
}
