import { expiryOf } from '#shared/alert/acknowledgement.ts'
import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
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

interface Change {
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

  isDue(now: number): boolean {
    return this.#changes(now).length > 0
  }

  /** Stages what is due at `now` (epoch ms). After the transaction, call `commit`. */
  stage(now: number): void {
    const { alerts } = this.#deps
    for (const { alert, expiry, silence } of this.#changes(now)) {
      const events = [...(expiry ? [expiry.event] : []), ...(silence ? [silence] : [])]
      alerts.stageAlert(expiry?.alert ?? alert, events)
      if (expiry) alerts.queueNotification({ alertId: alert.id, transition: 'expired' })
      if (silence?.kind === 'unsilenced') alerts.queueNotification({ alertId: alert.id, transition: 'unsilenced' })
    }
  }

  /** What was staged is stored. */
  commit(now: number): void {
    const open = this.#deps.alerts.open()
    const ids = new Set(open.map(({ id }) => id))
    for (const id of this.#silenced.keys()) if (!ids.has(id)) this.#silenced.delete(id)
    for (const alert of open) {
      if (!this.#isSilenced(alert, now)) this.#silenced.delete(alert.id)
      else if (!this.#silenced.has(alert.id)) this.#silenced.set(alert.id, this.#silenceOf(alert, now)?.id ?? '')
    }
  }

  #changes(now: number): readonly Change[] {
    this.#follow()
    return this.#deps.alerts.open().flatMap((alert) => {
      const expiry = expiryOf(alert, now)
      const silence = this.#silenceChangeOf(alert, now)
      return expiry || silence ? [{ alert, expiry, silence }] : []
    })
  }

  #follow(): void {
    const { inEffect } = this.#deps.silences
    if (inEffect === this.#known) return
    this.#known = inEffect
    this.#index = silenceIndex(inEffect)
    this.#isSilenced = silencedNow(this.#index)
  }

  /** The line for a silence that began to match, or for the last one that ceased to. */
  #silenceChangeOf(alert: Alert, at: number): AlertEvent | undefined {
    const { id: alertId } = alert
    const before = this.#silenced.get(alertId)
    const isSilenced = this.#isSilenced(alert, at)
    if (isSilenced === (before !== undefined)) return undefined
    if (!isSilenced) return { alertId, kind: 'unsilenced', at, ...this.#endedBy(before) }
    const silence = this.#silenceOf(alert, at)
    return (
      silence && {
        alertId,
        kind: 'silenced',
        at,
        by: silence.createdBy,
        comment: silence.comment,
        silenceId: silence.id,
      }
    )
  }

  /** The one that ends last. */
  #silenceOf(alert: Alert, now: number): Silence | undefined {
    return this.#index.silencesOf(alert, now)[0]
  }

  /** Who ended the silence before its time. */
  #endedBy(id: string | undefined): { readonly by?: string } {
    const silence = this.#deps.silences.inEffect.find((one) => one.id === id)
    return silence?.expiredAt === undefined ? {} : { by: silence.updatedBy }
  }
}
