import { expiryOf } from '#shared/alert/acknowledgement.ts'
import { type Alert, type AlertEvent, isOwnAlert } from '#shared/alert/alert.ts'
import { isNotifiedOwn } from '#shared/own/own-alerts.ts'
import { noSilences, silenceIndex } from '#shared/silence/silence-index.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { silencedNow } from '#shared/silence/silenced-now.ts'
import type { OpenAlerts } from './open-alerts.ts'
import type { Silences } from './silences.ts'

export interface DueAlertsDeps {
  readonly alerts: OpenAlerts
  readonly silences: Pick<Silences, 'inEffect'>
  /** The alerts whose timelines say that they are silenced, each with its silence. */
  readonly silenced: ReadonlyMap<string, string>
}

/** What is due for one alert: the end of its acknowledgement, a silence that began or ceased to match, or both. */
export interface DueAlert {
  readonly alert: Alert
  readonly expiry: ReturnType<typeof expiryOf>
  readonly silence: AlertEvent | undefined
}

/**
 * What happens to open alerts by the clock of this computer, and by no record: acknowledgements reach their ends, silences
 * begin and cease to match. The timelines say what is known already, so a restart repeats nothing. Whatever fires on is
 * notified again: an acknowledgement or a silence that ended means that nobody has it.
 */
export class DueAlerts {
  readonly #deps: DueAlertsDeps
  readonly #silenced: Map<string, string>
  #known: readonly Silence[] | undefined
  #index = noSilences
  #isSilenced = silencedNow(noSilences)

  constructor(deps: DueAlertsDeps) {
    this.#deps = deps
    this.#silenced = new Map(deps.silenced)
  }

  /** What is due at `now`, epoch ms. */
  due(now: number): readonly DueAlert[] {
    this.#follow()
    const open = this.#deps.alerts.all()
    this.#forgetEnded(open)
    return open.flatMap((alert) => {
      const expiry = expiryOf(alert, now)
      const silence = this.#silenceChangeOf(alert, now)
      return expiry || silence ? [{ alert, expiry, silence }] : []
    })
  }

  /** Stages it, for the transaction that stores it. */
  stage(due: readonly DueAlert[]): void {
    const { alerts } = this.#deps
    for (const { alert, expiry, silence } of due) {
      const events = [...(expiry ? [expiry.event] : []), ...(silence ? [silence] : [])]
      alerts.stageAlert(expiry?.alert ?? alert, events)
      if (isOwnAlert(alert) && !isNotifiedOwn(alert)) continue
      if (expiry) alerts.queueNotification({ alertId: alert.id, transition: 'expired' })
      if (silence?.kind === 'unsilenced') alerts.queueNotification({ alertId: alert.id, transition: 'unsilenced' })
    }
  }

  /** It is stored. */
  commit(due: readonly DueAlert[]): void {
    for (const { alert, silence } of due) {
      if (silence?.kind === 'silenced') this.#silenced.set(alert.id, silence.silenceId ?? '')
      else if (silence) this.#silenced.delete(alert.id)
    }
  }

  #follow(): void {
    const { inEffect } = this.#deps.silences
    if (inEffect === this.#known) return
    this.#known = inEffect
    this.#index = silenceIndex(inEffect)
    this.#isSilenced = silencedNow(this.#index)
  }

  #forgetEnded(open: readonly Alert[]): void {
    if (this.#silenced.size === 0) return
    const ids = new Set(open.map(({ id }) => id))
    for (const id of this.#silenced.keys()) if (!ids.has(id)) this.#silenced.delete(id)
  }

  /** The line for a silence that began to match, or for the last one that ceased to. */
  #silenceChangeOf(alert: Alert, at: number): AlertEvent | undefined {
    const { id: alertId } = alert
    const before = this.#silenced.get(alertId)
    const isSilenced = this.#isSilenced(alert, at)
    if (isSilenced === (before !== undefined)) return undefined
    if (!isSilenced) return { alertId, kind: 'unsilenced', at, ...this.#endedBy(before) }
    // Of several, the one that ends last.
    const [silence] = this.#index.silencesOf(alert, at)
    if (!silence) return undefined
    const { createdBy: by, comment, id: silenceId } = silence
    return { alertId, kind: 'silenced', at, by, comment, silenceId }
  }

  /** Who ended the silence before its time. */
  #endedBy(id: string | undefined): { readonly by?: string } {
    const silence = this.#deps.silences.inEffect.find((one) => one.id === id)
    return silence?.expiredAt === undefined ? {} : { by: silence.updatedBy }
  }
}
