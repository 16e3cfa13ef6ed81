import type { ConnectionSecrets } from '#shared/settings/connection.ts'
import type { SecretStore } from '../secrets/secret-store.ts'

const problems = {
  silent: 'The keychain does not answer. Until it does, ReMo keeps passwords of connections only until it quits.',
  failed: 'No working keychain found, so ReMo keeps passwords of connections only until it quits.',
}

/**
 * Secrets of connections, in the keychain. The account names the data folder too: two folders may have connections with
 * the same id.
 */
export class StoredSecrets {
  readonly #store: SecretStore
  readonly #dataDir: string

  constructor(store: SecretStore, dataDir: string) {
    this.#store = store
    this.#dataDir = dataDir
  }

  /** Why secrets are not in a keychain, one sentence. Known after the first call. */
  get problem(): string | undefined {
    if (this.#store.keychainProblem === undefined) return undefined
    return problems[this.#store.isAnswering ? 'failed' : 'silent']
  }

  /** See `SecretStore`: secrets that were missing may be there now. */
  onAnswer(listener: () => void): () => void {
    return this.#store.onAnswer(listener)
  }

  /** Reads only the named ones: the keychain may ask for its own password. */
  async read(id: string, names: ReadonlyArray<keyof ConnectionSecrets>): Promise<ConnectionSecrets> {
    const secrets: ConnectionSecrets = {}
    for (const name of names) {
      const secret = await this.#store.read(this.#account(id, name))
      if (secret !== undefined) secrets[name] = secret
    }
    return secrets
  }

  /** Stores the given ones; an empty text deletes one. */
  async save(id: string, secrets: ConnectionSecrets): Promise<void> {
    for (const name of ['password', 'key'] as const) {
      const secret = secrets[name]
      if (secret === '') await this.#store.delete(this.#account(id, name))
      else if (secret !== undefined) await this.#store.write(this.#account(id, name), secret)
    }
  }

  remove(id: string): Promise<void> {
    return this.save(id, { password: '', key: '' })
  }

  #account(id: string, name: keyof ConnectionSecrets): string {
    return `kafka ${name} of ${id} in ${this.#dataDir}`
  }
}
