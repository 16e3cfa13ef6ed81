/** The known name that a wrong one probably means: the same first letters, or one typing error. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const near = known.map((each) => ({ each, distance: editDistance(name, each) }))
  const [best] = near.toSorted((a, b) => a.distance - b.distance)
  return best && best.distance <= 2 ? best.each : undefined
}

function editDistance(a: string, b: string): number {
  if (a.length > 40) return Infinity
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? Infinity
}
