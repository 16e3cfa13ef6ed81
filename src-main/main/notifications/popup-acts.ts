import { type Alert, isOwnAlert } from '#shared/alert/alert.ts'
import { hourMs } from '#shared/format/time-units.ts'
import type { DoNotDisturbRequest } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { IpcPushOf } from '#shared/ipc/contract.ts'
import type { Log } from '#shared/log.ts'
import type { PopupAction } from '#shared/notification/popup-action.ts'
import { matchersInCommon } from '#shared/silence/matchers-for.ts'
import { CallError, ipcFailureOf } from '../../threads/call-error.ts'
import { acknowledgementBy, actOnAlerts, authorOf, ownAuthor, saveSilence } from '../ipc/operator-acts.ts'
import type { OperatorActsDeps } from '../ipc/operator-acts.ts'

/**
 * What came of an action. `queued`: it is in effect here, and waits for the backend, which is unreachable. `refused`:
 * nothing was done; `reason` is one sentence.
 */
export type ActOutcome =
  { readonly kind: 'done' | 'queued' } | { readonly kind: 'refused'; readonly title: string; readonly reason: string }

export interface PopupActsDeps extends OperatorActsDeps {
  /** All firing alerts. */
  readonly firing: () => readonly Alert[]
  readonly doNotDisturb: { readonly request: (request: DoNotDisturbRequest) => void }
  /** Brings the window to the front, at this alert. */
  readonly open: (alertId?: string) => void
  /** Brings the window to the front, at this place. */
  readonly navigate: (to: IpcPushOf<'navigate'>) => void
  /** What was done, for the window: it offers to undo it. */
  readonly done: (done: IpcPushOf<'alerts.acted'>) => void
  /** Says why nothing was done. The window is open at the alert then. */
  readonly refused: (refused: { title: string; reason: string; alertId: string | undefined }) => void
  readonly log: Log
}

/** Of a silence that nobody wrote a reason for. */
const silenceComment = 'Silenced from the notification'

/**
 * What the buttons of popups and the entries of the tray menu do, by the same calls, author and permissions as the
 * window. If it is not possible, the window opens and says why.
 */
export class PopupActs {
  readonly #deps: PopupActsDeps

  constructor(deps: PopupActsDeps) {
    this.#deps = deps
  }

  /** Why the operator cannot act now: nobody is signed in, or the role has no permission. `undefined`: they can. */
  problemOf(permission: 'acknowledge' | 'silence'): string | undefined {
    try {
      authorOf(this.#deps, permission)
      return undefined
    } catch (error) {
      return ipcFailureOf(error).message
    }
  }

  /** Never rejects. */
  async run(action: PopupAction): Promise<ActOutcome> {
    try {
      await this.#act(action)
      return { kind: this.#isOffline ? 'queued' : 'done' }
    } catch (error) {
      const { open, refused, log } = this.#deps
      const title = titles[action.kind]
      const { message: reason } = ipcFailureOf(error)
      log[error instanceof CallError ? 'info' : 'error']('action of a popup refused', {
        kind: action.kind,
        cause: error,
      })
      const alertId = firstAlert(action)
      open(alertId)
      refused({ title, reason, alertId })
      return { kind: 'refused', title, reason }
    }
  }

  async #act(action: PopupAction): Promise<void> {
    const { data, doNotDisturb, open, navigate } = this.#deps
    switch (action.kind) {
      case 'acknowledge':
        return this.#acknowledge(action.alertIds)
      case 'silence':
        return this.#silence(action.alertIds)
      case 'open':
        open(action.alertId)
        if (action.alertId === undefined) navigate({ page: 'alerts' })
        return
      case 'do-not-disturb':
        return doNotDisturb.request('15m')
      case 'mark-seen':
        return data.call('alerts.seen', { all: true })
      case 'test-connection':
        return navigate({ page: 'settings', section: 'connections', test: true })
    }
  }

  /** Until the alerts resolve. An alert that resolved, or that another person acknowledged, is left out. */
  async #acknowledge(ids: readonly string[]): Promise<void> {
    const by = this.#areOwn(ids) ? ownAuthor(this.#deps) : authorOf(this.#deps, 'acknowledge')
    const acknowledgement = acknowledgementBy(by, this.#deps.now(), { comment: '' })
    const { alerts, refused } = await actOnAlerts(this.#deps, ids, { kind: 'acknowledge', acknowledgement })
    const [first] = refused
    if (alerts.length === 0 && first) throw new CallError(first.code, first.message)
    this.#deps.done({ acknowledged: alerts })
  }

  /** For an hour. Alerts that have resolved meanwhile do not count. */
  async #silence(ids: readonly string[]): Promise<void> {
    const { firing, now, done } = this.#deps
    const asked = new Set(ids)
    const alerts = firing().filter(({ id }) => asked.has(id))
    if (alerts.length === 0) throw new CallError('conflict', alreadyResolved(ids.length))
    const at = now()
    const silence = await saveSilence(this.#deps, {
      draft: {
        matchers: [...matchersInCommon(alerts)],
        schedule: { kind: 'once', startsAt: at, endsAt: at + hourMs },
        comment: silenceComment,
      },
    })
    done({ acknowledged: [], silence })
  }

  /** Whether all of them are alerts of this console about itself. */
  #areOwn(ids: readonly string[]): boolean {
    const own = new Set(
      this.#deps
        .firing()
        .filter(isOwnAlert)
        .map(({ id }) => id),
    )
    return ids.length > 0 && ids.every((id) => own.has(id))
  }

  get #isOffline(): boolean {
    const session = this.#deps.session?.session
    return session?.kind === 'signed-in' && !session.link.reachable
  }
}

const titles: Readonly<Record<PopupAction['kind'], string>> = {
  acknowledge: 'Not acknowledged',
  silence: 'Not silenced',
  open: 'Not opened',
  'do-not-disturb': 'Do not disturb is off',
  'mark-seen': 'Not marked as seen',
  'test-connection': 'Not tested',
}

function alreadyResolved(count: number): string {
  const what = count === 1 ? 'This alert has' : 'These alerts have'
  return `${what} already resolved, so there is nothing to silence.`
}

function firstAlert(action: PopupAction): string | undefined {
  if ('alertIds' in action) return action.alertIds[0]
  return 'alertId' in action ? action.alertId : undefined
}
