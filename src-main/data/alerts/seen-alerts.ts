import { Away, type AwayDeps } from './away.ts'
import { UnseenAlerts } from './unseen-alerts.ts'

/** What the operator has seen of the alerts: each of them, and in which time nobody could see any. */
export class SeenAlerts {
  readonly unseen: UnseenAlerts
  readonly away: Away

  constructor(deps: AwayDeps) {
    this.unseen = new UnseenAlerts(deps)
    this.away = new Away(deps)
  }

  /** After a commit that changed alerts. */
  alertsChanged(): void {
    this.unseen.changed()
    this.away.alertsChanged()
  }
}
