import type { Alert } from '#shared/alert/alert.ts'
import { isHeldBack } from '#shared/do-not-disturb/do-not-disturb.ts'
import { isForOperator, silencePopup } from '#shared/notification/silence-popup.ts'
import type { SilenceNotice } from '#shared/silence/silence-notices.ts'
import type { ShowPopup } from './desktop-popup.ts'
import type { NotificationPause } from './notification-pause.ts'

export interface SilencePopupsDeps {
  readonly show: ShowPopup
  readonly pause: Pick<NotificationPause, 'inForce'>
  /** Who works at this console; `undefined` if nobody is signed in. */
  readonly operator: () => string | undefined
  /** All firing alerts. */
  readonly firing: () => readonly Alert[]
  /** A time of the operator's clock, with the day if it is another one. */
  readonly timeOf: (at: number) => string
  readonly open: () => void
  readonly now: () => number
}

/**
 * Shows that silences begin and end. One silence has one popup, which is replaced. During do not disturb there is none:
 * the alerts that fire on are in its digest.
 */
export class SilencePopups {
  readonly #deps: SilencePopupsDeps

  constructor(deps: SilencePopupsDeps) {
    this.#deps = deps
  }

  async show(notices: readonly SilenceNotice[]): Promise<void> {
    const { show, pause, operator, firing, timeOf, open, now } = this.#deps
    if (isHeldBack({ kind: 'information' }, pause.inForce, now())) return
    for (const notice of notices) {
      if (!isForOperator(notice, operator())) continue
      const text = silencePopup(notice, { firing: firing(), timeOf })
      await show({ ...text, tag: `silence ${notice.silence.id}`, urgency: 'normal', onClick: open })
    }
  }
}
