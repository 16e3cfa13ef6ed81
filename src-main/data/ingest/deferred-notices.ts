import { neededVersion } from '#shared/codec/needs.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { StoreNotice } from '../../store/store-types.ts'

/** Notices about records that need a newer ReMo. They last until the upgrade, or until a readable record replaces them. */
export function deferredNotices({ team, rows }: Pick<ConsoleStore, 'team' | 'rows'>): StoreNotice[] {
  const counts = new Map(team.deferredCounts().map((count) => [count.about, count]))
  const [rules, alerts] = [counts.get('rules'), counts.get('alerts')]
  const notices: StoreNotice[] = []
  const rulesNeed = rules ? neededVersion(rules.needsVersion) : rows.rulesNeed()
  if (rulesNeed !== undefined) {
    const text = `Thresholds here need ${rulesNeed}; this version evaluates by the thresholds it understands.`
    notices.push({ id: 'thresholds-need-newer', severity: 'warning', text })
  }
  if (alerts !== undefined) {
    const text = `Alerts here need ${neededVersion(alerts.needsVersion)}; this version shows the alerts it understands.`
    notices.push({ id: 'alerts-need-newer', severity: 'warning', text })
  }
  return notices
}
