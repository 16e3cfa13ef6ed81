import { formatDuration } from '#shared/format/duration.ts'
import { formatClock } from '#shared/format/time.ts'
import type { TimeStyle } from '#shared/format/time.ts'
import type { Health } from '#shared/health/health.ts'
import { notBlind, nextBlindState } from './blind-state.ts'
import type { BlindChange, BlindState } from './blind-state.ts'
import type { DesktopPopup, ShowPopup } from './desktop-notifier.ts'

export interface BlindNotificationsDeps {
  readonly show: ShowPopup
  readonly open: () => void
  readonly now: () => number
  /** How a time at that instant is written. */
  readonly timeStyle: (at: number) => TimeStyle
}

/** Notifies that monitoring is blind, and later that it is restored. The second popup replaces the first. */
export class BlindNotifications {
  readonly #deps: BlindNotificationsDeps
  #state: BlindState = notBlind
  /** Since when this computer is awake, epoch ms. */
  #awakeSince = -Infinity

  constructor(deps: BlindNotificationsDeps) {
    this.#deps = deps
  }

  /** The computer woke up. While it slept, nobody could see anything: only what follows counts. */
  resumed(): void {
    this.#awakeSince = this.#deps.now()
    if (!this.#state.notified) this.#state = notBlind
  }

  async tick(health: Health): Promise<void> {
    const now = this.#deps.now()
    this.#awakeSince = Math.min(this.#awakeSince, now) // the clock may be set back
    const seen = health.kind === 'blind' ? { ...health, since: Math.max(health.since, this.#awakeSince) } : health
    const [state, change] = nextBlindState(this.#state, seen, now)
    this.#state = state
    if (change) await this.#deps.show(this.#popup(change))
  }

  #popup(change: BlindChange): DesktopPopup {
    const { open, timeStyle } = this.#deps
    const since = formatClock(change.since, timeStyle(change.since))
    if (change.kind === 'blind') {
      return {
        tag: 'blind',
        title: `Monitoring blind since ${since}`,
        body: change.detail,
        urgency: 'critical',
        onClick: open,
      }
    }
    const body = `Monitoring was blind for ${formatDuration(change.forMs)}, since ${since}.`
    return { tag: 'blind', title: 'Monitoring restored', body, urgency: 'low', onClick: open }
  }
}
