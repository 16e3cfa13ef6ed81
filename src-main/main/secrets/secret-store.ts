/**
 * Secrets that outlive a run, by account. Never on disk in the clear, and never a reason to fail: where they cannot be
 * kept they last until ReMo ends, and `keychainProblem` says so.
 */
export interface SecretStore {
  /** One sentence for the operator, once it is known that secrets end with this run. */
  readonly keychainProblem: string | undefined
  read(account: string): Promise<string | undefined>
  /** `secret` is not empty. */
  write(account: string, secret: string): Promise<void>
  delete(account: string): Promise<void>
}
