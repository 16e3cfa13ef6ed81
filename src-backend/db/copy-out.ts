import { to as copyTo } from 'pg-copy-streams'
import type { Db, Pool } from './db.ts'

/** setTimeout's longest, 24 days: as good as no limit. */
const longestMs = 2_147_483_647
/** A reader that takes nothing for so long is gone, whatever its connection says. */
const takenWithinMs = 60_000

/**
 * What `copy … to stdout` sends, as it comes; the reader sets the pace. COPY knows no parameters, so `sql` is made of
 * our own numbers and of escaped text. A reader that stops in the middle has to give up the connection.
 */
export async function* copyOut(db: Db, sql: string): AsyncGenerator<Buffer> {
  // pg's own limit of time wants to be told when the query is over, which the stream leaves out.
  const stream = Object.assign(copyTo(sql), { query_timeout: longestMs, callback: () => undefined })
  db.query(stream)
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } finally {
    stream.callback()
  }
}

/**
 * A connection for as long as somebody reads on. When the reader stops, stalls, or `signal` aborts before the end, it is
 * closed, which ends the query that runs on it.
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
