/**
 * Secrets that outlive a run, by account. Never on disk in the clear, and never a reason to fail: where they cannot be
 * kept they last until ReMo ends, and `notKept` says so.
 */
export interface SecretStore {
  /** One sentence for the operator, once it is known that secrets end with this run. */
  readonly notKept: string | undefined
  read(account: string): Promise<string | undefined>
  /** `secret` is not empty. */
  write(account: string, secret: string): Promise<void>
  forget(account: string): Promise<void>
}
