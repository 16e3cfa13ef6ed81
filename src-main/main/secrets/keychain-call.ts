/** What the keychain process is asked: one request, one answer, and it ends. */
export type KeychainRequest =
  | { readonly kind: 'read' | 'delete'; readonly service: string; readonly account: string }
  | { readonly kind: 'write'; readonly service: string; readonly account: string; readonly secret: string }

/** `secret` is null where there is none, and after a write. */
export type KeychainAnswer =
  { readonly ok: true; readonly secret: string | null } | { readonly ok: false; readonly problem: string }

/** A process that runs `keychain-process.ts`. */
export interface KeychainProcess {
  onStarted(listener: () => void): void
  ask(request: KeychainRequest): void
  onAnswer(listener: (answer: KeychainAnswer) => void): void
  onExit(listener: () => void): void
  kill(): void
}
export type StartKeychainProcess = () => KeychainProcess

/** It never spoke: a dialog that nobody answers, or a keychain service that hangs. */
export class KeychainTimeout extends Error {
  override readonly name = 'KeychainTimeout'
}

/** The console may be started together with everything else at log-in. */
const startWithinMs = 15_000

/**
 * Asks a process of its own, which is killed when it does not answer in time. In ReMo's own process a call that hangs
 * could not be taken back, and would hold up the end of ReMo as well: Node waits for the threads of its pool.
 * @param limitMs from when the process has started
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
