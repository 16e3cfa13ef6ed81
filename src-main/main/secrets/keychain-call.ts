/** Request to a keychain process. Each process handles one request and exits. */
export type KeychainRequest =
  | { readonly kind: 'read' | 'delete'; readonly service: string; readonly account: string }
  | { readonly kind: 'write'; readonly service: string; readonly account: string; readonly secret: string }

/** `secret` is null if none is stored, and after a write. */
export type KeychainAnswer =
  { readonly ok: true; readonly secret: string | null } | { readonly ok: false; readonly problem: string }

/** A process with `keychain-process.ts`. */
export interface KeychainProcess {
  onStarted(listener: () => void): void
  ask(request: KeychainRequest): void
  onAnswer(listener: (answer: KeychainAnswer) => void): void
  onExit(listener: () => void): void
  kill(): void
}
export type StartKeychainProcess = () => KeychainProcess

/** No response: an open password dialog, or a keychain service that hangs. */
export class KeychainTimeout extends Error {
  override readonly name = 'KeychainTimeout'
}

/** Long, because the console may start with many other programs at login. */
const startWithinMs = 15_000

/**
 * Calls the keychain in a separate process and kills it after the time limit. In ReMo's process, a call that hangs
 * could not be canceled and would block the exit: Node waits for its thread pool.
 * @param limitMs counted from the start of the process
 * @throws KeychainTimeout if it does not respond in time
 */
export function callKeychain(
  start: StartKeychainProcess,
  request: KeychainRequest,
  limitMs: number,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const keychain = start()
    const end = (settle: () => void): void => {
      clearTimeout(late)
      settle()
      keychain.kill()
    }
    const limit = (ms: number): NodeJS.Timeout =>
      setTimeout(() => end(() => reject(new KeychainTimeout(`the keychain did not answer within ${ms} ms`))), ms)
    let late = limit(startWithinMs)
    keychain.onStarted(() => {
      clearTimeout(late)
      late = limit(limitMs)
    })
    keychain.onAnswer((answer) =>
      end(() => (answer.ok ? resolve(answer.secret) : reject(new Error(`keychain: ${answer.problem}`)))),
    )
    keychain.onExit(() => end(() => reject(new Error('the keychain process ended without an answer'))))
    keychain.ask(request)
  })
}
