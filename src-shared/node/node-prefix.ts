/** What the names of similar nodes have in common: `web` of `web-117`, `db-eu` of `db-eu-2.example.net`. */
export function nodePrefix(nodeId: string): string {
  const [host = nodeId] = nodeId.split('.')
  const prefix = host.replace(/[-_]?\d+$/, '')
  return prefix === '' ? nodeId : prefix
}

export interface PrefixCount {
  readonly prefix: string
  readonly count: number
}

/** Nodes by prefix, each once, most first. */
export function prefixCounts(nodeIds: Iterable<string>): readonly PrefixCount[] {
  const counts = new Map<string, number>()
  for (const id of new Set(nodeIds)) {
    const prefix = nodePrefix(id)
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1)
  }
  return [...counts]
    .map(([prefix, count]) => ({ prefix, count }))
    .toSorted((a, b) => b.count - a.count || (a.prefix < b.prefix ? -1 : 1))
}

/** `web 31, worker 12 and 3 more` */
export function prefixText(counts: readonly PrefixCount[], most = 3): string {
  const named = counts.slice(0, most).map(({ prefix, count }) => `${prefix} ${count}`)
  const rest = counts.length - named.length
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
