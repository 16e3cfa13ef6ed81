import type { Alert } from '../alert/alert.ts'
import { groupBy } from './group-by.ts'
import type { PopupItem, TextFacts } from './notification-plan.ts'
import { labelOf, severityCounts, severityMark } from './popup-text.ts'
import type { PopupText } from './popup-text.ts'

/** What a storm names, the most frequent first. */
const mostParts = 4

/** "[CRITICAL] Storm: 54 critical, 14 warning", "CPU on 57 nodes, offline 7, memory 4. Updated 12:03:10." */
export function stormText(items: readonly PopupItem[], at: number, { timeOf }: TextFacts): PopupText {
  const alerts = items.map(({ alert }) => alert)
  return {
    title: `${severityMark(items)} Storm: ${severityCounts(alerts)}`,
    body: `${partsOf(alerts)}. Updated ${timeOf(at)}.`,
  }
}

function partsOf(alerts: readonly Alert[]): string {
  const counts = groupBy(alerts, ({ kind, metric }) => `${kind} ${metric}`)
  const sorted = [...counts.values()].toSorted((a, b) => b.length - a.length)
  const parts = sorted.slice(0, mostParts).map((list, index) => partText(list, index === 0))
  const others = sorted.slice(mostParts).reduce((sum, list) => sum + list.length, 0)
  return [...parts, ...(others > 0 ? [`others ${others}`] : [])].join(', ')
}

function partText(alerts: readonly Alert[], isFirst: boolean): string {
  const [alert] = alerts
  if (!alert) return ''
  const nodes = new Set(alerts.map(({ nodeId }) => nodeId)).size
  const name = nameOf(alert)
  if (!isFirst) return `${lowerCase(name)} ${alerts.length}`
  return `${name} on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`
}

function nameOf(alert: Alert): string {
  if (alert.kind === 'offline') return 'Offline'
  return alert.kind === 'no-data' ? `No ${labelOf(alert)} data` : labelOf(alert)
}

/** "memory", and "CPU" as it is. */
function lowerCase(name: string): string {
  return /^\p{Lu}\p{Ll}/u.test(name) || /^\p{Lu} /u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name
}
