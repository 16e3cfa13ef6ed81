import type { Alert } from '#shared/alert/alert.ts'
import { isHeldBack } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { HiddenDetails } from '#shared/notification/notification-plan.ts'
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
  /** Whether popups must not say names and values. */
  readonly hidden: () => HiddenDetails | undefined
  readonly open: () => void
  readonly now: () => number
}

/**
 * Shows that silences begin and end. One silence has one popup, which is replaced. During do not disturb there is none:
 * the alerts that fire on are in its digest. When details are to be hidden, those on the screen lose them.
 */
export class SilencePopups {
  readonly #deps: SilencePopupsDeps
  /** On the screen, by tag; `hidden` as they were shown. */
  readonly #onScreen = new Map<string, { readonly notice: SilenceNotice; readonly hidden: HiddenDetails | undefined }>()

  constructor(deps: SilencePopupsDeps) {
    this.#deps = deps
  }

  async show(notices: readonly SilenceNotice[]): Promise<void> {
    const { pause, operator, now } = this.#deps
    if (isHeldBack({ kind: 'information' }, pause.inForce, now())) return
    for (const notice of notices) {
      if (isForOperator(notice, operator())) await this.#show(notice, false)
    }
  }

  /** The screen was locked, or somebody hides details. What was shown without them stays as it is. */
  async update(): Promise<void> {
    const hidden = this.#deps.hidden()
    if (hidden === undefined) return
    const open = [...this.#onScreen.values()].filter((shown) => shown.hidden === undefined)
    for (const { notice } of open) await this.#show(notice, true)
  }

  async #show(notice: SilenceNotice, isUpdate: boolean): Promise<void> {
    const { show, firing, timeOf, open } = this.#deps
    const tag = `silence ${notice.silence.id}`
    const hidden = this.#deps.hidden()
    this.#onScreen.set(tag, { notice, hidden })
    const text = silencePopup(notice, { firing: firing(), timeOf, hidden })
    const onClose = (): void => void this.#onScreen.delete(tag)
    await show({ ...text, tag, urgency: 'normal', isUpdate, onClick: open, onClose })
  }
}
