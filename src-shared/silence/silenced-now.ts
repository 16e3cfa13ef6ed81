import type { Alert } from '../alert/alert.ts'
import type { SilenceIndex } from './silence-index.ts'

/**
 * `isSilenced` of the index, which asks once per alert object until a window begins or ends: lists of alerts are walked
 * each second, and an alert that changed is another object. A clock that was set back asks again.
 */
export function silencedNow(index: SilenceIndex): (alert: Alert, now: number) => boolean {
  let from = Infinity
  let until = -Infinity
  let isAnyActive = false
  let known = new WeakMap<Alert, boolean>()
  return (alert, now) => {
    if (now < from || now >= until) {
      from = now
      until = index.unchangedUntil(now)
      isAnyActive = index.active(now).length > 0
      known = new WeakMap()
    }
    if (!isAnyActive) return false
    const before = known.get(alert)
    if (before !== undefined) return before
    const isSilenced = index.isSilenced(alert, now)
    known.set(alert, isSilenced)
    return isSilenced
  }
}
