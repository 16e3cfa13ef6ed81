/** Request to a keychain process. Each process handles one request and exits. */
export type KeychainRequest =
  | { readonly kind: 'read' | 'delete'; readonly service: string; readonly account: string }
  | { readonly kind: 'write'; readonly service: string; readonly account: string; readonly secret: string }

/** `secret` is null if none is stored, and after a write. */
export type KeychainAnswer =
  { readonly ok: true; readonly secret: string | null } | { readonly ok: false; readonly problem: string }

/** A process with `keychain-process.ts`. */
export interface KeychainProcess {
  ask(request: KeychainRequest): void
  onAnswer(listener: (answer: KeychainAnswer) => void): void
  onExit(listener: () => void): void
  kill(): void
}
export type StartKeychainProcess = () => KeychainProcess

/** A running call. It has no time limit: a keychain that asks for a password answers when the operator has typed it. */
export interface KeychainCall {
  /** Rejects if the keychain refuses, or its process ends. */
  readonly answer: Promise<string | null>
  readonly kill: () => void
}

/**
 * Calls the keychain in a separate process. In ReMo's process, a call that hangs could not be canceled and would block
 * the exit: Node waits for its thread pool.
 */
export function callKeychain(start: StartKeychainProcess, request: KeychainRequest): KeychainCall {
  const keychain = start()
  const answer = new Promise<string | null>((resolve, reject) => {
    keychain.onAnswer((given) => {
      if (given.ok) resolve(given.secret)
      else reject(new Error(`keychain: ${given.problem}`))
      keychain.kill()
    })
    keychain.onExit(() => reject(new Error('the keychain process ended without an answer')))
  })
  keychain.ask(request)
  return { answer, kill: () => keychain.kill() }
}
