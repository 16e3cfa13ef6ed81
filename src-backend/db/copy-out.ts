import { to as copyTo } from 'pg-copy-streams'
import type { Db, Pool } from './db.ts'

/** The longest delay of setTimeout, 24 days: practically no limit. */
const longestMs = 2_147_483_647
/** A reader that takes nothing for this long is gone, whatever its connection says. */
const takenWithinMs = 60_000

/**
 * Output of `copy … to stdout`, at the pace of the reader. COPY has no parameters, so `sql` contains only our own
 * numbers and escaped text. If the reader stops early, the connection must be closed.
 */
export async function* copyOut(db: Db, sql: string): AsyncGenerator<Buffer> {
  // pg's own timeout needs a callback when the query ends; the stream does not call it.
  const stream = Object.assign(copyTo(sql), { query_timeout: longestMs, callback: () => undefined })
  db.query(stream)
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } finally {
    stream.callback()
  }
}

/**
 * Lends a connection until the reader has everything. If the reader stops, stalls, or `signal` aborts before the end,
 * closes the connection, which ends its query.
 */
export async function* withStreamingClient<T>(
  pool: Pool,
  signal: AbortSignal,
  read: (db: Db) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const client = await pool.connect()
  let isOver = false
  const release = (broken: boolean): void => {
    if (!isOver) client.release(broken)
    isOver = true
  }
  const cut = (): void => release(true)
  client.on('error', cut)
  signal.addEventListener('abort', cut, { once: true })
  if (signal.aborted) cut()
  try {
    for await (const piece of read(client)) {
      const stalled = setTimeout(cut, takenWithinMs)
      try {
        yield piece
      } finally {
        clearTimeout(stalled)
      }
    }
    release(false)
  } finally {
    signal.removeEventListener('abort', cut)
    release(true)
    client.off('error', cut)
  }
}
