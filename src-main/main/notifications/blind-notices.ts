import { formatDuration } from '#shared/format/duration.ts'
import { formatClock } from '#shared/format/time.ts'
import type { Health } from '#shared/health/health.ts'
import { sighted, watchBlindness } from './blind-watch.ts'
import type { BlindChange, BlindWatch } from './blind-watch.ts'
import type { Popup, ShowPopup } from './desktop-notifier.ts'

export interface BlindNoticesDeps {
  readonly show: ShowPopup
  readonly open: () => void
  readonly now: () => number
  /** Minutes east of UTC at an instant, for times that a person reads. */
  readonly offsetMinutes: (at: number) => number
}

/** Tells the operator that nothing is being watched, and when it is again. The second popup replaces the first. */
export class BlindNotices {
  readonly #deps: BlindNoticesDeps
  #watch: BlindWatch = sighted

  constructor(deps: BlindNoticesDeps) {
    this.#deps = deps
  }

  async look(health: Health): Promise<void> {
    const [watch, change] = watchBlindness(this.#watch, health, this.#deps.now())
    this.#watch = watch
    if (change) await this.#deps.show(this.#popup(change))
  }

  #popup(change: BlindChange): Popup {
    const { open, offsetMinutes } = this.#deps
    const since = formatClock(change.since, offsetMinutes(change.since))
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
