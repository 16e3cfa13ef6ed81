/** The id `delta` rows from the selected one, within the list. Without a selection: the first row. */
export function movedSelection(
  ids: readonly string[],
  selected: string | undefined,
  delta: number,
): string | undefined {
  if (ids.length === 0) return undefined
  const at = selected === undefined ? -1 : ids.indexOf(selected)
  if (at < 0) return ids[0]
  return ids[Math.min(ids.length - 1, Math.max(0, at + delta))]
}

/** How many items a key moves the selection, in a list with `columns` items per row and `page` items per page. */
export function keyDelta(key: string, columns = 1, page = 10): number | undefined {
  const deltas: Record<string, number> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    PageDown: page,
    PageUp: -page,
    Home: -Infinity,
    End: Infinity,
    ...(columns > 1 ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
  }
  return deltas[key]
}
