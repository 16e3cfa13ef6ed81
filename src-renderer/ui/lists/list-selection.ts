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

/** The row to select after `done` left the list: the next of `waiting`, else the one before, else the next row. */
export function rowAfter(
  rows: readonly string[],
  done: ReadonlySet<string>,
  waiting: ReadonlySet<string>,
): string | undefined {
  const last = rows.findLastIndex((id) => done.has(id))
  const others = [...rows.slice(last + 1), ...rows.slice(0, Math.max(0, last)).reverse()]
  return others.find((id) => !done.has(id) && waiting.has(id)) ?? rows[last + 1] ?? rows[last - 1]
}
