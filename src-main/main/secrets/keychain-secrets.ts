import type { Log } from '#shared/log.ts'
import { callKeychain, type KeychainCall } from './keychain-call.ts'
import type { KeychainRequest, StartKeychainProcess } from './keychain-call.ts'
import type { SecretStore } from './secret-store.ts'

export interface KeychainDeps {
  readonly start: StartKeychainProcess
  readonly log: Log
}

/** Name of the secrets in the operating system's keychain. */
const service = 'ReMo'
/** Limit of a call. An answer takes a tenth of a second. A keychain that is locked asks the operator for its password. */
const limitMs = 3000

const problems = {
  silent: 'The keychain does not answer. Until it does, you stay signed in only until ReMo quits.',
  failed: 'No working keychain found, so you stay signed in only until ReMo quits.',
}

/**
 * The operating system's keychain, through keytar. One call at a time.
 *
 * | state | calls | secrets of this run |
 * |---|---|---|
 * | working | go to the keychain | there |
 * | silent: a call has had no answer for 3 s | return at once; the call goes on | in memory, stored when it answers |
 * | failed: an error, for the rest of the run | return at once | in memory |
 */
export class KeychainSecrets implements SecretStore {
  readonly #deps: KeychainDeps
  readonly #listeners = new Set<() => void>()
  #state: 'working' | 'silent' | 'failed' = 'working'
  /** Changes that the keychain does not have, by account; `null` is a deletion. */
  readonly #unsaved = new Map<string, string | null>()
  #running: KeychainCall | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(deps: KeychainDeps) {
    this.#deps = deps
  }

  get keychainProblem(): string | undefined {
    return this.#state === 'working' ? undefined : problems[this.#state]
  }

  get isAnswering(): boolean {
    return this.#state !== 'silent'
  }

  onAnswer(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  read(account: string): Promise<string | undefined> {
    return this.#inTurn(async () => {
      if (this.#unsaved.has(account)) return this.#unsaved.get(account) ?? undefined
      const answer = await this.#call({ kind: 'read', service, account })
      return answer?.secret ?? undefined
    })
  }

  write(account: string, secret: string): Promise<void> {
    return this.#change(account, secret)
  }

  delete(account: string): Promise<void> {
    return this.#change(account, null)
  }

  /** Ends a call that waits, without telling anyone: the next run reads the keychain again. */
  end(): void {
    this.#listeners.clear()
    this.#state = 'failed'
    this.#running?.kill()
  }

  #change(account: string, secret: string | null): Promise<void> {
    return this.#inTurn(() => {
      this.#unsaved.set(account, secret)
      return this.#store(account)
    })
  }

  /** Takes the change of this account to the keychain, if it answers. */
  async #store(account: string): Promise<void> {
    const secret = this.#unsaved.get(account)
    if (secret === undefined) return
    const answer = await this.#call(
      secret === null ? { kind: 'delete', service, account } : { kind: 'write', service, account, secret },
    )
    if (answer && this.#unsaved.get(account) === secret) this.#unsaved.delete(account)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn
    return turn
  }

  /** Never rejects. `undefined`: the keychain does not answer, or does not work. */
  async #call(request: KeychainRequest): Promise<{ readonly secret: string | null } | undefined> {
    if (this.#state !== 'working') return undefined
    const { start } = this.#deps
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), limitMs)))
    try {
      const call = (this.#running = callKeychain(start, request))
      const answer = await Promise.race([call.answer, late])
      if (answer !== 'late') return { secret: answer }
      this.#wait(call, request.kind)
    } catch (cause) {
      this.#fail(cause, request.kind)
    } finally {
      clearTimeout(timer)
    }
    return undefined
  }

  #wait({ answer }: KeychainCall, kind: KeychainRequest['kind']): void {
    this.#deps.log.warn('keychain does not answer', { call: kind })
    this.#state = 'silent'
    answer.then(
      () => this.#answered(),
      (cause: unknown) => {
        this.#fail(cause, kind)
        this.#notify()
      },
    )
  }

  #answered(): void {
    if (this.#state !== 'silent') return
    this.#deps.log.info('keychain answers again')
    this.#state = 'working'
    void this.#inTurn(async () => {
      for (const account of [...this.#unsaved.keys()]) await this.#store(account)
      if (this.isAnswering) this.#notify()
    })
  }

  #fail(cause: unknown, kind: KeychainRequest['kind']): void {
    this.#deps.log.warn('keychain disabled for this run', { call: kind, cause })
    this.#state = 'failed'
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }
}
