import { Readable } from 'node:stream'
import { withStreamingClient } from '../db/copy-out.ts'
import type { Pool } from '../db/db.ts'
import type { TimeRange } from './range-plan.ts'
import { beginSnapshot, copyJson } from './repo.ts'

export interface AllValues {
  readonly node: number
  readonly metrics: readonly string[]
  readonly range: TimeRange
}

const lineEnd = 0x0a
const comma = 0x2c

/** The response to `points=0`, written while it is read, so that only a small part is in memory. */
export function allValuesJson(pool: Pool, signal: AbortSignal, query: AllValues): Readable {
  const chunks = withStreamingClient(pool, signal, async function* (db) {
    await db.query('begin')
    await beginSnapshot(db, 0)
    yield* jsonObject(query.metrics, (metric) => copyJson(db, { node: query.node, metric, range: query.range }))
    await db.query('commit')
  })
  return Readable.from(chunks, { objectMode: false })
}

/** `{"cpu_usage":[…],"disk_io":[…]}` from lines with one element each. A name without lines is left out. */
export async function* jsonObject(
  names: readonly string[],
  linesOf: (name: string) => AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let before = '{'
  for (const name of names) {
    let hasBegun = false
    for await (const elements of withCommas(linesOf(name))) {
      if (!hasBegun) yield Buffer.from(`${before}${JSON.stringify(name)}:[`)
      hasBegun = true
      yield elements
    }
    if (!hasBegun) continue
    yield Buffer.from(']')
    before = ','
  }
  yield Buffer.from(before === '{' ? '{}' : '}')
}

/**
 * Turns line ends into commas. A line end at the end of a chunk waits for the next chunk: the last line has no comma.
 */
async function* withCommas(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isLineOver = false
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue
    if (isLineOver) yield Buffer.from(',')
    isLineOver = chunk.at(-1) === lineEnd
    const elements = Buffer.from(isLineOver ? chunk.subarray(0, -1) : chunk)
    for (let end = elements.indexOf(lineEnd); end >= 0; end = elements.indexOf(lineEnd, end + 1)) elements[end] = comma
    yield elements
  }
}
