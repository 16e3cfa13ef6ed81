/**
 * Secrets between runs, by account. Never unencrypted on disk. Never fails: if the keychain does not work, secrets last
 * until ReMo quits and `keychainProblem` is set.
 */
export interface SecretStore {
  /** One sentence for the operator, if secrets last only for this run. */
  readonly keychainProblem: string | undefined
  read(account: string): Promise<string | undefined>
  /** `secret` is not empty. */
  write(account: string, secret: string): Promise<void>
  delete(account: string): Promise<void>
}
