import { formatCount } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { compileMyNodes, type NodeSelector } from '#shared/notification/my-nodes.ts'

/** What selectors match among the known nodes. */
export interface NodeMatch {
  /** In the order of `compareIds`. */
  readonly matched: readonly string[]
  /** Number of known nodes. */
  readonly total: number
}

/** More names do not help to see whether the right ones are in it. */
const mostNames = 3
/** As people count: web-2 is before web-10. */
export const compareIds: (a: string, b: string) => number = new Intl.Collator('en', { numeric: true }).compare

export function matchNodes(selectors: readonly NodeSelector[], nodeIds: readonly string[]): NodeMatch {
  const isMine = compileMyNodes(selectors)
  return { matched: nodeIds.filter((id) => isMine(id)).toSorted(compareIds), total: nodeIds.length }
}

/** "Matches 12 of 43 nodes: web-1, web-2, web-3 and 9 more." */
export function matchText({ matched, total }: NodeMatch): string {
  if (total === 0) return 'No node is known yet.'
  const of = `${formatCount(total)} ${total === 1 ? 'node' : 'nodes'}`
  if (matched.length === 0) return `Matches none of ${of}.`
  const names = matched.slice(0, mostNames).map(shownText).join(', ')
  const rest = matched.length - mostNames
  return `Matches ${formatCount(matched.length)} of ${of}: ${names}${rest > 0 ? ` and ${formatCount(rest)} more` : ''}.`
}

/**
 * Why "my nodes" keeps every alert off the screen, one sentence; `undefined` if it does not. Without a known node nothing
 * can be said.
 */
export function noneNotifiedText(selectors: readonly NodeSelector[], match: NodeMatch): string | undefined {
  if (selectors.length === 0) return 'No node is chosen, so no alert of a node pops up.'
  if (match.total === 0 || match.matched.length > 0) return undefined
  return 'None of your entries matches a node, so no alert of a node pops up.'
}

export function isSameSelector(a: NodeSelector, b: NodeSelector): boolean {
  return a.kind === b.kind && selectorValue(a) === selectorValue(b)
}

export function selectorValue(selector: NodeSelector): string {
  if (selector.kind === 'node') return selector.nodeId
  return selector.kind === 'group' ? selector.prefix : selector.pattern
}
