/**
 * Secrets between runs, by account. Never unencrypted on disk. Never fails: if the keychain does not work, secrets last
 * until ReMo quits and `keychainProblem` is set.
 */
export interface SecretStore {
  /** One sentence for the operator, if secrets last only for this run. */
  readonly keychainProblem: string | undefined
  /** False while the keychain has not answered for 3 s: a secret that is not found may exist. */
  readonly isAnswering: boolean
  /** The keychain answers again, or has failed. @returns stops listening */
  onAnswer(listener: () => void): () => void
  read(account: string): Promise<string | undefined>
  /** `secret` is not empty. */
  write(account: string, secret: string): Promise<void>
  delete(account: string): Promise<void>
}
