import { formatValue } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { PreviewResult } from '#shared/preview/rule-preview.ts'

type Counts = PreviewResult['after']

/** `14 times on 3 nodes`, `once on 1 node`, `never`. */
export function timesText({ fired, nodes }: Counts): string {
  if (fired === 0) return 'never'
  return `${fired === 1 ? 'once' : `${fired} times`} on ${nodes === 1 ? '1 node' : `${nodes} nodes`}`
}

/** `Would have fired 14 times on 3 nodes`, `Would not have fired`. `isSaved`: it is in effect already. */
export function firedText(counts: Counts, isSaved: boolean): string {
  if (counts.fired === 0) return isSaved ? 'Did not fire' : 'Would not have fired'
  return `${isSaved ? 'Fired' : 'Would have fired'} ${timesText(counts)}`
}

/** `5 critical, 9 warning`. */
export function severityText({ fired, critical }: Counts): string {
  const parts = [critical > 0 ? `${critical} critical` : '', fired > critical ? `${fired - critical} warning` : '']
  return parts.filter((part) => part !== '').join(', ')
}

/**
 * What saving does to nodes that do not fire by the thresholds in effect: `db-017 fires on save: CPU 91.2 %.` Empty
 * without any.
 */
export function firesOnSaveText(firesNow: PreviewResult['firesNow'], metric: string, unit: string): string {
  const [first] = firesNow
  if (first === undefined) return ''
  const more = firesNow.length - 1
  const others = more === 0 ? ' fires' : ` and ${more} more ${more === 1 ? 'node' : 'nodes'} fire`
  const value = first.value === null || more > 0 ? '' : `: ${metric} ${formatValue(first.value, unit)}`
  return `${shownText(first.nodeId)}${others} on save${value}.`
}
