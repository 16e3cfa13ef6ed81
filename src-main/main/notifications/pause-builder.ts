import { disturbanceAllowed } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { DoNotDisturb } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { HeldBackKind, NotificationPause } from './notification-pause.ts'

/** Do not disturb that a test turns on and off. Test builder. */
export class TestPause implements NotificationPause {
  inForce: DoNotDisturb = disturbanceAllowed
  isDigestDue = false
  heldSince: number | undefined
  readonly counted: HeldBackKind[] = []
  digests = 0

  /** @param criticalBreaksThrough as the setting @param since epoch ms */
  on(criticalBreaksThrough = true, since?: number): void {
    this.heldSince = since
    this.inForce = { until: Infinity, criticalBreaksThrough }
    this.isDigestDue = true
  }

  off(): void {
    this.inForce = disturbanceAllowed
  }

  count(kind: HeldBackKind): void {
    this.counted.push(kind)
  }

  digestDone(): void {
    this.digests++
    this.isDigestDue = false
    this.heldSince = undefined
  }
}
