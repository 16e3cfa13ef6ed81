import type { Log } from '#shared/log.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { DataThread } from '../../ipc/ipc-deps.ts'
import { trySend } from './send-action.ts'
import type { SendResult } from './send-action.ts'
import type { CallBackend } from '../rest/rest-client.ts'

export interface ActionSenderDeps {
  readonly data: Pick<DataThread, 'call'>
  readonly call: CallBackend
  readonly session: () => OperatorSession
  /** Epoch ms. */
  readonly now: () => number
  readonly log: Log
}

/** An action that the backend could not take is tried again after this long. */
const againMs = 5_000

/**
 * Brings what operators did to the backend, one after another in the order in which they did it, each under its own
 * user. What the backend takes goes; what it refuses stays with a sentence; what it cannot take now waits.
 */
export class ActionSender {
  readonly #deps: ActionSenderDeps
  readonly #firstTriedAt = new Map<string, number>()
  readonly #notBefore = new Map<string, number>()
  /** `rule@version` that was edited → the version that an earlier action of this console made of it. */
  readonly #follows = new Map<string, number>()
  /** The data thread's list; `undefined` until it was read. */
  #actions: readonly OperatorAction[] | undefined
  #running: Promise<void> | null = null
  #asked = false
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(deps: ActionSenderDeps) {
    this.#deps = deps
  }

  /** Number of actions that wait to be sent. */
  get waiting(): number {
    return this.#waitingActions().length
  }

  /** The list changed. `actions`: all of it, as the data thread published it. */
  setActions(actions: readonly OperatorAction[]): void {
    this.#actions = actions
    this.send()
  }

  /** The data thread started: reads the list from it. */
  reload(): void {
    this.#actions = undefined
    this.send()
  }

  /** Something may be on its way, or there may be a way again. */
  send(): void {
    if (this.#ended) return
    this.#asked = true
    // Starts in a later microtask, so that an event during the start does not start a second run.
    this.#running ??= Promise.resolve()
      .then(() => this.#run())
      .finally(() => {
        this.#running = null
      })
  }

  /** The backend is back: nothing waits for its turn any longer. */
  sendNow(): void {
    this.#notBefore.clear()
    this.send()
  }

  async end(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#asked && !this.#ended) {
      this.#asked = false
      try {
        await this.#sendAll()
      } catch (cause) {
        // The data thread is restarting. `reload` follows when it is running.
        this.#deps.log.info('cannot send actions', { cause })
      }
    }
  }

  async #sendAll(): Promise<void> {
    clearTimeout(this.#timer)
    this.#actions ??= await this.#deps.data.call('actions.list', {})
    /** Rules of which a change is still to be tried again: what was made on top of it must not overtake it. */
    const held = new Set<string>()
    for (const action of this.#waitingActions()) {
      const rule = actionRuleId(action)
      if (rule !== undefined && held.has(rule)) continue
      const user = this.#user()
      if (user === undefined) return
      if (action.user !== user) await this.#deferToUser(action)
      else if (this.#isReady(action) && !(await this.#send(action))) return this.#retryLater()
      if (rule !== undefined && this.#notBefore.has(action.id)) held.add(rule)
    }
    if (this.#notBefore.size > 0) this.#retryLater()
  }

  #waitingActions(): readonly OperatorAction[] {
    return this.#actions?.filter(({ state }) => state === 'waiting') ?? []
  }

  /** Due, and still waiting: its alert may have escalated, and superseded it, while earlier actions were sent. */
  #isReady({ id }: OperatorAction): boolean {
    const isDue = this.#deps.now() >= (this.#notBefore.get(id) ?? -Infinity)
    return isDue && this.#waitingActions().some((action) => action.id === id)
  }

  /** Under whose name actions go out just now; undefined where none do. */
  #user(): string | undefined {
    const session = this.#deps.session()
    return session.kind === 'signed-in' && session.link.reachable && !this.#ended ? session.user.username : undefined
  }

  /** Whether there is a point in going on with the next one. */
  async #send(action: OperatorAction): Promise<boolean> {
    const { call, now, log } = this.#deps
    const firstTriedAt = this.#firstTriedAt.get(action.id) ?? now()
    this.#firstTriedAt.set(action.id, firstTriedAt)
    const result = await trySend(call, this.#withCurrentVersion(action), now() - firstTriedAt)
    if (result.kind === 'away') return false
    if (result.kind === 'later') {
      this.#notBefore.set(action.id, now() + againMs)
      await this.#stillWaiting(action, result.problem)
      return true
    }
    log.info('action sent', { kind: action.does.kind, outcome: result.kind === 'done' ? 'done' : result.state })
    await this.#settle(action, result)
    return true
  }

  async #settle(action: OperatorAction, result: Extract<SendResult, { kind: 'done' | 'settled' }>): Promise<void> {
    this.#firstTriedAt.delete(action.id)
    this.#notBefore.delete(action.id)
    if (result.kind === 'done') this.#remember(action, result.rule?.version)
    const outcome =
      result.kind === 'done' ? { state: 'done' as const } : { state: result.state, problem: result.problem }
    await this.#deps.data.call('actions.settle', { id: action.id, outcome })
  }

  #deferToUser(action: OperatorAction): Promise<void> {
    return this.#stillWaiting(action, `Made by ${action.user}. ReMo sends it when ${action.user} signs in here.`)
  }

  async #stillWaiting({ id, problem: known }: OperatorAction, problem: string): Promise<void> {
    if (problem !== known) await this.#deps.data.call('actions.settle', { id, outcome: { state: 'waiting', problem } })
  }

  #retryLater(): void {
    if (!this.#ended) this.#timer = setTimeout(() => this.send(), againMs)
  }

  /** Two changes of one rule without the backend: the second one was made on top of the first, which is no conflict. */
  #remember({ does }: OperatorAction, made: number | undefined): void {
    if (does.kind === 'save-rule' && does.ruleId !== undefined && does.version !== undefined && made !== undefined)
      this.#follows.set(`${does.ruleId}@${does.version}`, made)
  }

  #withCurrentVersion(action: OperatorAction): OperatorAction {
    const { does } = action
    if (does.kind === 'acknowledge' || does.ruleId === undefined || does.version === undefined) return action
    const made = this.#follows.get(`${does.ruleId}@${does.version}`)
    return made === undefined ? action : { ...action, does: { ...does, version: made } }
  }
}

/** The rule that it changes; undefined for a new one. */
function actionRuleId({ does }: OperatorAction): string | undefined {
  return does.kind === 'acknowledge' ? undefined : does.ruleId
}
