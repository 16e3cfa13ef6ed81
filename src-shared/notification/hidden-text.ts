import type { HiddenDetails, PopupItem, PopupKind } from './notification-plan.ts'
import { isCritical } from './audience.ts'
import { howToSee } from './hidden-details.ts'
import type { PopupText } from './popup-text.ts'

/** A popup without names and values: "1 critical alert", "Unlock to see it." */
export function hiddenText(
  { kind, items }: { readonly kind: PopupKind; readonly items: readonly PopupItem[] },
  { title }: PopupText,
  hidden: HiddenDetails,
): PopupText {
  const how = howToSee(hidden)
  // The titles of digests have counts only.
  if (kind === 'away' || kind === 'held-back') return { title, body: `${how} to see more.` }
  const critical = items.filter(({ alert }) => isCritical(alert)).length
  const warnings = items.length - critical
  const it = items.length === 1 ? 'it' : 'them'
  const body = `${how} to see ${it}.`
  if (kind === 'resolved') return { title: `${alertsText(items.length, '')} resolved`, body }
  const counts = [
    critical > 0 ? alertsText(critical, 'critical ') : '',
    warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '',
  ]
  return { title: counts.filter((count) => count !== '').join(', '), body }
}

function alertsText(count: number, severity: string): string {
  return `${count} ${severity}${count === 1 ? 'alert' : 'alerts'}`
}
