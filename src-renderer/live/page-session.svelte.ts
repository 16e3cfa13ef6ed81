import type { AcknowledgementKey } from '#shared/alert/acknowledgement.ts'
import type { ActionQueue } from '#shared/ipc/action-queue.ts'
import type { IpcResult } from '#shared/ipc/contract.ts'
import type { DemoSignIn } from '#shared/rest/auth.ts'
import { isPermitted, type Permission, type OperatorSession } from '#shared/session/operator-session.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'

const permissionVerbs: Record<Permission, string> = {
  acknowledge: 'acknowledge alerts',
  silence: 'silence alerts',
  'edit-mappings': 'map fields for the team',
  'edit-rules': 'change thresholds',
  'forget-nodes': 'forget nodes',
  'manage-users': 'manage users',
  'test-second-channel': 'test the second channel',
  'read-history': 'view older data',
}

/** A reachable backend usually confirms an action faster. */
const sentWithinMs = 2000

/** Whether the action is still not sent after `sentWithinMs`. `now`: epoch ms. */
export function isUnsent(action: OperatorAction, now: number): boolean {
  return action.state === 'waiting' && now - action.at > sentWithinMs
}

/** The operator of this console, their permissions, and their queued actions. */
export class PageSession {
  readonly #bridge: Bridge
  /** `undefined` until the first reply: nothing is permitted before. */
  now = $state.raw<OperatorSession>()
  /** Oldest first. Of thousands, the first ones of each kind: see `ActionQueue`. */
  actions = $state.raw<readonly OperatorAction[]>([])
  #unlisted = $state.raw<ActionQueue['unlisted']>({ waiting: 0, notAccepted: 0 })
  /**
   * Shows the sign-in page: after the button, and after signing out. Never at the start or when a session expires:
   * nothing may hide the alerts.
   */
  signingIn = $state(false)
  /** The operator dismissed the line that says they are signed out. It appears again after the next sign-out. */
  signedOutNoted = $state(false)
  /** Why the last request failed, in one sentence. */
  problem = $state<string>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  readonly waiting = $derived(this.actions.filter(({ state }) => state === 'waiting'))
  /** Actions that the backend did not accept. */
  readonly notAccepted = $derived(this.actions.filter(({ state }) => state !== 'waiting'))
  readonly waitingCount: number = $derived(this.waiting.length + this.#unlisted.waiting)
  readonly notAcceptedCount: number = $derived(this.notAccepted.length + this.#unlisted.notAccepted)
  readonly hasBackend: boolean = $derived(this.now !== undefined && this.now.kind !== 'standalone')
  readonly link = $derived(this.now === undefined || this.now.kind === 'standalone' ? undefined : this.now.link)
  readonly user = $derived(this.now?.kind === 'signed-in' ? this.now.user : undefined)

  /** How many actions should have been sent. Those that are not listed wait behind others. `now`: epoch ms. */
  unsentCount(now: number): number {
    return this.waiting.filter((action) => isUnsent(action, now)).length + this.#unlisted.waiting
  }

  may(permission: Permission): boolean {
    return this.now !== undefined && isPermitted(this.now, permission)
  }

  /**
   * Whether the operator may do this to alerts. `own`: to nothing but alerts of this console about itself, which need no
   * role: no one else has them. See decision 26.
   */
  mayTo(permission: 'acknowledge' | 'silence', { own }: { readonly own: boolean }): boolean {
    return this.now !== undefined && (own || this.may(permission))
  }

  /** Replaces a button that is not permitted; `undefined` if it is. */
  denialReason(permission: Permission): string | undefined {
    if (this.now === undefined || this.may(permission)) return undefined
    if (this.now.kind === 'signed-out') return `Sign in to ${permissionVerbs[permission]}.`
    const role = this.now.kind === 'signed-in' ? ` (${this.now.user.role})` : ''
    return `Your role${role} cannot ${permissionVerbs[permission]}.`
  }

  /** What the sign-in form shows. Without an answer: nothing. */
  async signInInfo(): Promise<{ readonly demo: DemoSignIn | null }> {
    const result = await this.#bridge['session.signInInfo']({})
    return result.ok ? result.value : { demo: null }
  }

  /** The action that waits to give the alert this acknowledgement; `undefined` if the backend has that already. */
  queuedAcknowledgement(alertId: string, { by, at }: AcknowledgementKey): OperatorAction | undefined {
    return this.waiting.find(({ change }) => {
      if (change.kind !== 'acknowledge' || change.alertId !== alertId) return false
      return change.acknowledgement.by === by && change.acknowledgement.at === at
    })
  }

  async signIn(username: string, password: string): Promise<IpcResult<OperatorSession>> {
    const result = await this.#bridge['session.signIn']({ username, password })
    if (result.ok) this.#take(result.value)
    return result
  }

  readonly signOut = async (): Promise<void> => {
    const result = await this.#bridge['session.signOut']({})
    this.problem = result.ok ? undefined : `Sign-out failed. ${result.error.message}`
    if (result.ok) this.#take(result.value)
  }

  /** Adds an action queued by our own call, before its push arrives. */
  keep(action: OperatorAction): void {
    if (this.actions.every(({ id }) => id !== action.id)) this.actions = [...this.actions, action]
  }

  async dismiss(id: string): Promise<void> {
    const result = await this.#bridge['actions.dismiss']({ id })
    this.problem = result.ok ? undefined : result.error.message
    if (result.ok) this.actions = this.actions.filter((action) => action.id !== id)
  }

  /** @returns stops following */
  follow(): () => void {
    const bridge = this.#bridge
    let pushed = false
    const stops = [
      bridge.on('session.changed', (session) => this.#take(session)),
      bridge.on('actions.changed', (queue) => {
        pushed = true
        this.#takeQueue(queue)
      }),
      retryUntilOk(
        () => bridge['session.get']({}),
        (session) => {
          if (this.now === undefined) this.#take(session)
        },
      ),
      retryUntilOk(
        () => bridge['actions.list']({}),
        (queue) => {
          if (!pushed) this.#takeQueue(queue)
        },
      ),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  #takeQueue({ actions, unlisted }: ActionQueue): void {
    this.actions = actions
    this.#unlisted = unlisted
  }

  #take(session: OperatorSession): void {
    const wasIn = this.now?.kind === 'signed-in'
    if (isOther(this.now, session)) this.signedOutNoted = false
    this.now = session
    if (session.kind !== 'signed-out') this.signingIn = false
    else if (wasIn && session.reason === 'signed-out') this.signingIn = true
  }
}

/** Another state, or another reason for being signed out. */
function isOther(before: OperatorSession | undefined, after: OperatorSession): boolean {
  if (before?.kind !== 'signed-out' || after.kind !== 'signed-out') return before?.kind !== after.kind
  return before.reason !== after.reason
}
