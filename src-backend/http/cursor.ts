import { z } from 'zod'
import { apiError } from './problem.ts'

/** Place of a row in its list. */
type CursorValues = ReadonlyArray<string | number>

/**
 * A page of `limit` rows. `rows` has one more if there is a next page.
 * @param cursorOf place of the last row shown
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => CursorValues,
): { readonly shown: readonly Row[]; readonly next: string | undefined } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { shown, next: last === undefined ? undefined : encodeCursor(cursorOf(last)) }
}

/** As text that is opaque to clients. */
export function encodeCursor(values: CursorValues): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** The number of a node. */
export const NodeCursor = z.tuple([z.int().min(0).max(2_147_483_647)])

/** @throws ApiError `invalid_request` for text that `encodeCursor` did not make from such values */
export function decodeCursor<T>(cursor: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString()))
  if (parsed.success) return parsed.data
  throw apiError('invalid_request', 'The cursor is not valid. Start at the first page.', {
    issues: [{ path: 'query.cursor', message: 'expected the cursor of a Link header' }],
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
