import type { z } from 'zod'
import { fail } from './fail.ts'

/** Where a list goes on, as text that means nothing to a client. */
export function encodeCursor(place: ReadonlyArray<string | number>): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** @throws Failure `invalid_request` for anything that `encodeCursor` did not make of such a place */
export function decodeCursor<T>(cursor: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString()))
  if (parsed.success) return parsed.data
  throw fail('invalid_request', 'The cursor is none of ours; begin at the first page.', {
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
