/**
 * Indices of the records that no later one with the same time replaces, in order of arrival; `null` when these are all.
 */
export function keptRecords(at: Float64Array): Uint32Array | null {
  if (isStrictlyAscending(at)) return null
  const newest = new Map<number, number>()
  for (let i = 0; i < at.length; i++) newest.set(at[i] as number, i)
  return newest.size === at.length ? null : Uint32Array.from(newest.values()).sort()
}

function isStrictlyAscending(at: Float64Array): boolean {
  for (let i = 1; i < at.length; i++) if (!((at[i - 1] as number) < (at[i] as number))) return false
  return true
}
