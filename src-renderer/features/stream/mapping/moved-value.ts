/**
 * The value that a key leads to from another one.
 * @param rows values of each line that has some
 * @returns `undefined` for another key, or if it leads nowhere
 */
export function movedValue(
  rows: ReadonlyArray<readonly string[]>,
  from: string | undefined,
  key: string,
): string | undefined {
  const row = rows.findIndex((one) => from !== undefined && one.includes(from))
  const column = from === undefined ? 0 : (rows[row]?.indexOf(from) ?? 0)
  const inRow = (index: number): string | undefined => rows[index]?.[Math.min(column, (rows[index]?.length ?? 1) - 1)]
  switch (key) {
    case 'ArrowRight':
      return rows[row]?.[column + 1] ?? rows[row + 1]?.[0]
    case 'ArrowLeft':
      return column > 0 ? rows[row]?.[column - 1] : rows[row - 1]?.at(-1)
    case 'ArrowDown':
      return inRow(row + 1)
    case 'ArrowUp':
      return inRow(row - 1)
    case 'Home':
      return rows[0]?.[0]
    case 'End':
      return rows.at(-1)?.at(-1)
    default:
      return undefined
  }
}
