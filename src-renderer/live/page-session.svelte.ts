import type { Result } from '#shared/ipc/contract.ts'
import { may, type Permission, type Session } from '#shared/session/session.ts'
import type { Action } from '#shared/sync/action.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'

const permissionVerbs: Record<Permission, string> = {
  acknowledge: 'acknowledge alerts',
  'edit-rules': 'change thresholds',
  'manage-users': 'manage users',
  'read-history': 'view older data',
}

/** With the backend there, it has heard of an action before that is worth a word. */
const sentWithinMs = 2000

/** The backend has not heard of it for longer than that takes. `now`: epoch ms. */
export function isUnsent(action: Action, now: number): boolean {
  return action.state === 'waiting' && now - action.at > sentWithinMs
}

/** Who works at this console, what they may do, and what they did that the backend has not heard of. */
export class PageSession {
  readonly #bridge: Bridge
  /** `undefined` until the first answer: nothing is offered before. */
  now = $state.raw<Session>()
  /** Oldest first. */
  actions = $state.raw<readonly Action[]>([])
  /**
   * The sign-in page is asked for: by a button, and after signing out. Not at the start and not by a session that ends
   * by itself: nothing stands between an operator and the alerts.
   */
  signingIn = $state(false)
  /** One sentence about what was asked for here last and did not work. */
  problem = $state<string>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  readonly waiting = $derived(this.actions.filter(({ state }) => state === 'waiting'))
  /** What the backend did not take. */
  readonly notAccepted = $derived(this.actions.filter(({ state }) => state !== 'waiting'))
  readonly hasBackend: boolean = $derived(this.now !== undefined && this.now.kind !== 'standalone')
  readonly link = $derived(this.now === undefined || this.now.kind === 'standalone' ? undefined : this.now.link)
  readonly user = $derived(this.now?.kind === 'signed-in' ? this.now.user : undefined)

  may(permission: Permission): boolean {
    return this.now !== undefined && may(this.now, permission)
  }

  /** Said where a button would be, when there is none. */
  denialReason(permission: Permission): string | undefined {
    if (this.now === undefined || this.may(permission)) return undefined
    if (this.now.kind === 'signed-out') return `Sign in to ${permissionVerbs[permission]}.`
    const role = this.now.kind === 'signed-in' ? ` (${this.now.user.role})` : ''
    return `Your role${role} cannot ${permissionVerbs[permission]}.`
  }

  /** The acknowledgement of this alert that the backend has not heard of. */
  queuedAcknowledgement(alertId: string): Action | undefined {
    return this.waiting.find(({ does }) => does.kind === 'acknowledge' && does.alertId === alertId)
  }

  async signIn(username: string, password: string): Promise<Result<Session>> {
    const result = await this.#bridge['session.signIn']({ username, password })
    if (result.ok) this.#take(result.value)
    return result
  }

  readonly signOut = async (): Promise<void> => {
    const result = await this.#bridge['session.signOut']({})
    this.problem = result.ok ? undefined : `Sign-out failed. ${result.error.message}`
    if (result.ok) this.#take(result.value)
  }

  /** Puts in what a call of our own has queued, before its push arrives. */
  keep(action: Action): void {
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
      bridge.on('actions.changed', (actions) => {
        pushed = true
        this.actions = actions
      }),
      retryUntilOk(
        () => bridge['session.get']({}),
        (session) => {
          if (this.now === undefined) this.#take(session)
        },
      ),
      retryUntilOk(
        () => bridge['actions.list']({}),
        (actions) => {
          if (!pushed) this.actions = actions
        },
      ),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  #take(session: Session): void {
    const wasIn = this.now?.kind === 'signed-in'
    this.now = session
    if (session.kind !== 'signed-out') this.signingIn = false
    else if (wasIn && session.reason === 'signed-out') this.signingIn = true
  }
}
