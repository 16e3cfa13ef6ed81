import { alertLine, truncate } from '../alert/alert-text.ts'
import type { Alert } from '../alert/alert.ts'

const mostNamed = 3
const longestText = 200

export interface TextFacts {
  readonly clearLevelOf: (alert: Alert) => number | undefined
  /** A time of the operator's clock. `at`: epoch ms. */
  readonly timeOf: (at: number) => string
}

/** "node-12 CPU 97.2 % > 95 %, node-7 …, +40". */
export function namedAlerts(alerts: readonly Alert[], { clearLevelOf, timeOf }: TextFacts): string {
  const lines = alerts.slice(0, mostNamed).map((alert) => alertLine(alert, { clear: clearLevelOf(alert), timeOf }))
  const more = alerts.length > mostNamed ? `, +${alerts.length - mostNamed}` : ''
  return truncate(lines.join(', '), longestText - more.length) + more
}

export function isFiring(alert: Alert): boolean {
  return alert.phase === 'firing'
}
