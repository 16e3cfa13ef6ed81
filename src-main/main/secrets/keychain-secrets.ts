import type { Log } from '#shared/log.ts'
import { callKeychain, KeychainTimeout } from './keychain-call.ts'
import type { KeychainRequest, StartKeychainProcess } from './keychain-call.ts'
import { MemorySecrets } from './memory-secrets.ts'
import type { SecretStore } from './secret-store.ts'

export interface KeychainDeps {
  readonly start: StartKeychainProcess
  readonly log: Log
  /** A call that takes longer is given up. */
  readonly limitMs?: number
}

/** Under this name the operating system lists the secrets. */
const service = 'ReMo'
const usualLimitMs = 3000

/**
 * The operating system's keychain, by way of keytar. At the first call that fails it is left alone for the rest of the
 * run, and secrets are kept in memory: the next start tries it again. Calls are made one after another.
 */
export class KeychainSecrets implements SecretStore {
  readonly #deps: KeychainDeps
  #memory: MemorySecrets | null = null
  #last: Promise<unknown> = Promise.resolve()

  constructor(deps: KeychainDeps) {
    this.#deps = deps
  }

  get notKept(): string | undefined {
    return this.#memory?.notKept
  }

  read(account: string): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const secret = await this.#call({ does: 'read', service, account })
      return this.#memory ? this.#memory.read(account) : (secret ?? undefined)
    })
  }

  write(account: string, secret: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#call({ does: 'write', service, account, secret })
      await this.#memory?.write(account, secret)
    })
  }

  forget(account: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#call({ does: 'forget', service, account })
      await this.#memory?.forget(account)
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn
    return turn
  }

  /** Never rejects: afterwards either the keychain has done it, or `#memory` is there to do it. */
  async #call(request: KeychainRequest): Promise<string | null> {
    if (this.#memory) return null
    const { start, log, limitMs = usualLimitMs } = this.#deps
    try {
      return await callKeychain(start, request, limitMs)
    } catch (cause) {
      log.warn('keychain disabled for this run', { call: request.does, cause })
      this.#memory = new MemorySecrets(reasonOf(cause))
      return null
    }
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof KeychainTimeout
    ? 'The keychain does not answer, so you stay signed in only until ReMo quits. Unlock it and restart ReMo.'
    : 'No working keychain found, so you stay signed in only until ReMo quits.'
}
