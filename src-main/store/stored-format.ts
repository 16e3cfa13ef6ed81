import { closeSync, openSync, readSync } from 'node:fs'

/** Bytes of a database's header: https://sqlite.org/fileformat2.html#the_database_header */
const header = { magic: 'SQLite format 3\0', length: 100, userVersion: 60 } as const
/** Bytes of a write-ahead log: https://sqlite.org/fileformat2.html#the_write_ahead_log */
const log = { magic: [0x377f0682, 0x377f0683], length: 32, pageSize: 8, salts: 16 } as const
const frame = { length: 24, commit: 4, salts: 8 } as const

/**
 * The format of a cache (`user_version`), from the bytes of its files. SQLite is not asked: opening a database changes
 * the files beside it, and closing it merges the log of a crash into it.
 *
 * **Invariant**: call it only while no connection of this process has the file open. Closing a descriptor would release
 * the locks of that connection: https://sqlite.org/howtocorrupt.html
 * @returns 0 without a file, and for a file that is no database
 */
export function storedFormat(path: string): number {
  const inFile = withFile(path, (read) => formatOf(read(0, header.length)))
  // A crash leaves commits in the log that the file does not have yet.
  return withFile(`${path}-wal`, formatInLog) ?? inFile ?? 0
}

type Read = (at: number, length: number) => Buffer

/** The format after the last transaction of the log; `undefined` if none of them changed the first page. */
function formatInLog(read: Read): number | undefined {
  const start = read(0, log.length)
  if (start.length < log.length || !log.magic.some((magic) => magic === start.readUInt32BE(0))) return undefined
  const pageSize = start.readUInt32BE(log.pageSize)
  const salts = start.subarray(log.salts, log.salts + 8)
  let staged: number | undefined
  let committed: number | undefined
  for (let at = log.length; ; at += frame.length + pageSize) {
    const head = read(at, frame.length)
    // Frames with other salts are left from before the log began anew.
    if (head.length < frame.length || !head.subarray(frame.salts, frame.salts + 8).equals(salts)) return committed
    if (head.readUInt32BE(0) === 1) staged = formatOf(read(at + frame.length, header.length)) ?? staged
    if (head.readUInt32BE(frame.commit) > 0) committed = staged
  }
}

function formatOf(page: Buffer): number | undefined {
  const isDatabase = page.length === header.length && page.toString('latin1', 0, 16) === header.magic
  return isDatabase ? page.readUInt32BE(header.userVersion) : undefined
}

/** @returns `undefined` if there is no such file. One that cannot be read is reported by SQLite, which opens it next. */
function withFile<T>(path: string, use: (read: Read) => T): T | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, 'r')
    const from = descriptor
    return use((at, length) => {
      const bytes = Buffer.alloc(length)
      return bytes.subarray(0, readSync(from, bytes, 0, length, at))
    })
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
