type Rows = ReadonlyArray<readonly string[]>

/** Where a value stands: the index of its line among those with values, and its index in the line. */
interface Place {
  readonly row: number
  readonly column: number
}

const moves: Readonly<Record<string, (rows: Rows, from: Place) => string | undefined>> = {
  ArrowRight: (rows, { row, column }) => rows[row]?.[column + 1] ?? rows[row + 1]?.[0],
  ArrowLeft: (rows, { row, column }) => (column > 0 ? rows[row]?.[column - 1] : rows[row - 1]?.at(-1)),
  ArrowDown: (rows, { row, column }) => nearest(rows[row + 1], column),
  ArrowUp: (rows, { row, column }) => nearest(rows[row - 1], column),
  Home: (rows) => rows[0]?.[0],
  End: (rows) => rows.at(-1)?.at(-1),
}

/**
 * The value that a key leads to from another one.
 * @param rows values of each line that has some
 * @returns `undefined` for another key, or if it leads nowhere
 */
export function movedValue(rows: Rows, from: string | undefined, key: string): string | undefined {
  const row = from === undefined ? -1 : rows.findIndex((one) => one.includes(from))
  const column = from === undefined ? 0 : Math.max(0, rows[row]?.indexOf(from) ?? 0)
  return Object.hasOwn(moves, key) ? moves[key]?.(rows, { row, column }) : undefined
}

function nearest(row: readonly string[] | undefined, column: number): string | undefined {
  return row?.[Math.min(column, row.length - 1)]
}
