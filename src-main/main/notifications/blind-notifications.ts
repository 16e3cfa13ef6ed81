import { isHeldBack } from '#shared/do-not-disturb/do-not-disturb.ts'
import { formatDuration } from '#shared/format/duration.ts'
import { formatClock } from '#shared/format/time.ts'
import type { TimeStyle } from '#shared/format/time.ts'
import type { Health } from '#shared/health/health.ts'
import type { BlindPeriod } from '#shared/notification/blind-period.ts'
import type { PopupAction, PopupButton } from '#shared/notification/popup-action.ts'
import { notBlind, nextBlindState } from './blind-state.ts'
import type { BlindChange, BlindState } from './blind-state.ts'
import type { DesktopPopup, ShowPopup } from './desktop-popup.ts'
import type { NotificationPause } from './notification-pause.ts'

export interface BlindNotificationsDeps {
  readonly show: ShowPopup
  readonly pause: Pick<NotificationPause, 'inForce' | 'count'>
  /** Removes the popup with this tag from the screen. */
  readonly withdraw: (tag: string) => void
  /** It was blind, and do not disturb held the popup back. */
  readonly heldBack: (period: BlindPeriod) => void
  /** The sound of critical alerts, if the settings allow it. */
  readonly sound: () => void
  /** The operator clicked the popup or one of its buttons. */
  readonly act: (action: PopupAction) => void
  /** Somebody has acknowledged or silenced it. */
  readonly isMuted: () => boolean
  readonly now: () => number
  /** How a time at that instant is written. */
  readonly timeStyle: (at: number) => TimeStyle
}

/**
 * Notifies that monitoring is blind, and later that it is restored. The second popup replaces the first. While do not
 * disturb holds it back, blindness is notified when that ends; if it is over by then, the digest says so.
 */
export class BlindNotifications {
  readonly #deps: BlindNotificationsDeps
  #state: BlindState = notBlind
  /** Since when this computer is awake, epoch ms. */
  #awakeSince = -Infinity
  /** Begin of a blindness of which do not disturb held the popup back, epoch ms. */
  #heldSince: number | undefined

  constructor(deps: BlindNotificationsDeps) {
    this.#deps = deps
  }

  /** The computer woke up. While it slept, nobody could see anything: only what follows counts. */
  resumed(): void {
    this.#awakeSince = this.#deps.now()
    if (!this.#state.notified) this.#state = notBlind
  }

  async tick(health: Health): Promise<void> {
    if (health.kind === 'blind' && this.#deps.isMuted()) return this.#mute()
    const now = this.#deps.now()
    this.#awakeSince = Math.min(this.#awakeSince, now) // the clock may be set back
    const [state, change] = nextBlindState(this.#state, this.#sinceAwake(health), now)
    if (change?.kind === 'blind' && this.#isHeld('blind', now)) return this.#holdBack(change.since)
    this.#state = state
    if (change?.kind === 'blind') this.#heldSince = undefined
    if (health.kind !== 'blind') this.#endHeld(now)
    if (change) await this.#show(change, now)
  }

  /** What was before this computer woke up does not count. */
  #sinceAwake(health: Health): Health {
    return health.kind === 'blind' ? { ...health, since: Math.max(health.since, this.#awakeSince) } : health
  }

  async #show(change: BlindChange, now: number): Promise<void> {
    if (change.kind === 'restored' && this.#isHeld('information', now)) return this.#endQuietly(change)
    if (change.kind === 'blind') this.#deps.sound()
    await this.#deps.show(this.#popup(change))
  }

  /** Once nobody has it any more, it is notified as if it had just begun. */
  #mute(): void {
    if (this.#state.notified) this.#deps.withdraw('blind')
    this.#state = { ...this.#state, notified: false }
  }

  #isHeld(kind: 'blind' | 'information', now: number): boolean {
    return isHeldBack({ kind }, this.#deps.pause.inForce, now)
  }

  /** It stays to be notified. */
  #holdBack(since: number): void {
    if (this.#heldSince === undefined) this.#deps.pause.count('blind')
    this.#heldSince = since
    this.#state = { since, notified: false }
  }

  #endHeld(now: number): void {
    if (this.#heldSince !== undefined) this.#deps.heldBack({ since: this.#heldSince, forMs: now - this.#heldSince })
    this.#heldSince = undefined
  }

  /** The popup that says "blind" is no longer true. */
  #endQuietly({ since, forMs }: Extract<BlindChange, { kind: 'restored' }>): void {
    this.#deps.withdraw('blind')
    this.#deps.heldBack({ since, forMs })
  }

  #popup(change: BlindChange): DesktopPopup {
    const { act, timeStyle } = this.#deps
    const since = formatClock(change.since, timeStyle(change.since))
    const popup = { tag: 'blind', onClick: () => act({ kind: 'open' }), onAction: act }
    if (change.kind === 'blind') {
      const title = `Monitoring is blind since ${since}`
      const withoutDetails = { title, body: missing }
      return { ...popup, title, body: blindBody(change), withoutDetails, urgency: 'critical', isSticky: true, buttons }
    }
    const body = `Monitoring was blind for ${formatDuration(change.forMs)}, since ${since}.`
    return { ...popup, title: 'Monitoring restored', body, withoutDetails: 'same', urgency: 'low' }
  }
}

const buttons: readonly PopupButton[] = [
  { label: 'Test connection', action: { kind: 'test-connection' } },
  { label: 'Open', action: { kind: 'open' } },
]

const missing = 'Alerts may be missing.'

/** What is wrong comes first, then what follows. The reason of a lost connection is the third sentence. */
function blindBody({ cause, detail }: Extract<BlindChange, { kind: 'blind' }>): string {
  const isLost = (cause === 'disconnected' || cause === 'connecting') && !detail.startsWith('Kafka ')
  return isLost ? `Kafka does not answer. ${missing} ${detail}`.trim() : `${detail} ${missing}`
}
