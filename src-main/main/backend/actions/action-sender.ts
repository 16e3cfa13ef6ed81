import type { Log } from '#shared/log.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { forgottenNodeKey } from '#shared/team/forgotten-node.ts'
import { isRuleChange, isSilenceChange, type OperatorAction, silenceIdOf } from '#shared/team/operator-action.ts'
import { silenceKey } from '#shared/silence/silence-key.ts'
import type { DataThread } from '../../ipc/ipc-deps.ts'
import type { ActionResult } from '../../../threads/data-calls.ts'
import { SendPace } from './send-pace.ts'
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

/** Delay before a postponed action is sent again. */
const retryMs = 5_000

/**
 * Sends queued operator actions to the backend, one at a time, in order, each as its own user. An accepted action
 * leaves the queue. A refused action stays in the list with its reason. A postponed action waits. Many are sent at the
 * pace of `SendPace`.
 */
export class ActionSender {
  readonly #deps: ActionSenderDeps
  readonly #firstTriedAt = new Map<string, number>()
  readonly #notBefore = new Map<string, number>()
  /** Edited `rule@version` → the version that an earlier action of this console created. */
  readonly #newVersions = new Map<string, number>()
  /** The data thread's list; `undefined` until it was read. */
  #actions: readonly OperatorAction[] | undefined
  #running: Promise<void> | null = null
  #isRequested = false
  #timer: NodeJS.Timeout | undefined
  #ended = false
  readonly #pace: SendPace

  constructor(deps: ActionSenderDeps) {
    this.#deps = deps
    this.#pace = new SendPace(deps.now)
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

  /** Sends actions that are due. Call it after changes of the queue or the session. */
  send(): void {
    if (this.#ended) return
    this.#isRequested = true
    // Starts in a later microtask, so that an event during the start does not start a second run.
    this.#running ??= Promise.resolve()
      .then(() => this.#run())
      .finally(() => {
        this.#running = null
      })
  }

  /** Sends all queued actions without their retry delay: the backend is reachable again. */
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
    while (this.#isRequested && !this.#ended) {
      this.#isRequested = false
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
    /** Rules and alerts with a postponed change. A later change of the same one must not overtake it. */
    const blocked = new Set<string>()
    for (const action of this.#waitingActions()) {
      const subject = subjectOf(action)
      if (subject !== undefined && blocked.has(subject)) continue
      const user = this.#user()
      if (user === undefined) return
      if (action.user !== user) await this.#deferToUser(action)
      else if (!(await this.#sendIfDue(action))) return this.#retryLater()
      if (subject !== undefined && this.#notBefore.has(action.id)) blocked.add(subject)
    }
    if (this.#notBefore.size > 0) this.#retryLater()
  }

  /** @returns whether the next action can be sent */
  async #sendIfDue(action: OperatorAction): Promise<boolean> {
    if (!this.#isReady(action)) return true
    return this.#pace.waitMs() === 0 && (await this.#send(action))
  }

  #waitingActions(): readonly OperatorAction[] {
    return this.#actions?.filter(({ state }) => state === 'waiting') ?? []
  }

  /** Due, and still waiting: its alert may have escalated, and superseded it, while earlier actions were sent. */
  #isReady({ id }: OperatorAction): boolean {
    const isDue = this.#deps.now() >= (this.#notBefore.get(id) ?? -Infinity)
    return isDue && this.#waitingActions().some((action) => action.id === id)
  }

  /** The signed-in user, or `undefined` if nothing can be sent. */
  #user(): string | undefined {
    const session = this.#deps.session()
    return session.kind === 'signed-in' && session.link.reachable && !this.#ended ? session.user.username : undefined
  }

  /** @returns whether the next action can be sent */
  async #send(action: OperatorAction): Promise<boolean> {
    const { call, now, log } = this.#deps
    const firstTriedAt = this.#firstTriedAt.get(action.id) ?? now()
    this.#firstTriedAt.set(action.id, firstTriedAt)
    const result = await trySend(call, this.#withCurrentVersion(action), now() - firstTriedAt)
    this.#pace.sent()
    if (result.kind === 'unreachable') return false
    if (result.kind === 'too-many') {
      this.#pace.pause(result.waitMs)
      return false
    }
    if (result.kind === 'later') {
      this.#notBefore.set(action.id, now() + retryMs)
      await this.#stillWaiting(action, result.problem)
      return true
    }
    log.info('action sent', { kind: action.change.kind, outcome: result.kind === 'done' ? 'done' : result.state })
    await this.#settle(action, result)
    return true
  }

  async #settle(action: OperatorAction, result: Extract<SendResult, { kind: 'done' | 'settled' }>): Promise<void> {
    this.#firstTriedAt.delete(action.id)
    this.#notBefore.delete(action.id)
    if (result.kind === 'done') this.#recordVersion(action, result.rule?.version)
    const outcome = result.kind === 'done' ? doneOf(result) : { state: result.state, problem: result.problem }
    await this.#deps.data.call('actions.settle', { id: action.id, outcome })
    // The data thread publishes a long list now and then, not after each action.
    if (result.kind === 'done') this.#actions = this.#actions?.filter(({ id }) => id !== action.id)
  }

  #deferToUser(action: OperatorAction): Promise<void> {
    return this.#stillWaiting(action, `Made by ${action.user}. ReMo sends it when ${action.user} signs in here.`)
  }

  async #stillWaiting({ id, problem: known }: OperatorAction, problem: string): Promise<void> {
    if (problem !== known) await this.#deps.data.call('actions.settle', { id, outcome: { state: 'waiting', problem } })
  }

  #retryLater(): void {
    clearTimeout(this.#timer)
    if (!this.#ended) this.#timer = setTimeout(() => this.send(), this.#pace.waitMs() || retryMs)
  }

  /** Two queued changes of one rule are not a conflict: the second one edits the result of the first. */
  #recordVersion({ change }: OperatorAction, newVersion: number | undefined): void {
    if (
      change.kind === 'save-rule' &&
      change.ruleId !== undefined &&
      change.version !== undefined &&
      newVersion !== undefined
    )
      this.#newVersions.set(`${change.ruleId}@${change.version}`, newVersion)
  }

  #withCurrentVersion(action: OperatorAction): OperatorAction {
    const { change } = action
    if (!isRuleChange(change) || change.ruleId === undefined || change.version === undefined) return action
    const newVersion = this.#newVersions.get(`${change.ruleId}@${change.version}`)
    return newVersion === undefined ? action : { ...action, change: { ...change, version: newVersion } }
  }
}

/** The rule, alert, silence or node that the action changes; `undefined` for a new rule. */
function subjectOf({ change }: OperatorAction): string | undefined {
  if (change.kind === 'forget-node') return forgottenNodeKey(change.nodeId)
  if (isSilenceChange(change)) return silenceKey(silenceIdOf(change))
  return isRuleChange(change) ? change.ruleId : change.alertId
}

function doneOf({ alertVersion, silenceVersion }: Extract<SendResult, { kind: 'done' }>): ActionResult {
  return {
    state: 'done',
    ...(alertVersion === undefined ? {} : { alertVersion }),
    ...(silenceVersion === undefined ? {} : { silenceVersion }),
  }
}
