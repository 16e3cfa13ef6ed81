import type { SecretStore } from './secret-store.ts'

/** Secrets for this run only. */
export class InMemorySecrets implements SecretStore {
  readonly keychainProblem: string
  readonly isAnswering: boolean = true
  readonly #secrets = new Map<string, string>()

  /** `reason`: why the keychain is not used. */
  constructor(reason: string) {
    this.keychainProblem = reason
  }

  /** There is no keychain to wait for. */
  onAnswer(_listener: () => void): () => void {
    return () => undefined
  }

  read(account: string): Promise<string | undefined> {
    return Promise.resolve(this.#secrets.get(account))
  }

  write(account: string, secret: string): Promise<void> {
    this.#secrets.set(account, secret)
    return Promise.resolve()
  }

  delete(account: string): Promise<void> {
    this.#secrets.delete(account)
    return Promise.resolve()
  }
}
