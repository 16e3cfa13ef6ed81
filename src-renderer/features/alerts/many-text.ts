import { alertNode } from '#shared/alert/alert-text.ts'
import type { Alert } from '#shared/alert/alert.ts'

/** `1 alert`, `43 alerts` */
export const countText = (count: number): string => `${count} ${count === 1 ? 'alert' : 'alerts'}`

/**
 * What was left out, and why: `3 of 50 were left out. This alert has already resolved, …`. Empty: nothing. The most
 * frequent reasons come first.
 */
export function refusedText(refused: ReadonlyArray<{ readonly message: string }>, of: number): string {
  if (refused.length === 0) return ''
  const counts = new Map<string, number>()
  for (const { message } of refused) counts.set(message, (counts.get(message) ?? 0) + 1)
  const reasons = [...counts].toSorted((a, b) => b[1] - a[1])
  const [first] = reasons
  if (reasons.length === 1 || first === undefined) {
    return `${refused.length} of ${of} ${refused.length === 1 ? 'was' : 'were'} left out. ${first?.[0] ?? ''}`
  }
  const listed = reasons.slice(0, 2).map(([message, count]) => `${count}: ${message}`)
  return `${refused.length} of ${of} were left out. ${listed.join(' ')}`
}

/** The comment was written for another alert. */
export function changedMessage(selected: Alert): string {
  return `The selected alert has changed. Press Enter again to acknowledge ${alertNode(selected)}.`
}
