import Database from 'better-sqlite3'

/** An invariant of the store is broken: a bug in it or in a caller. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError'
}

/** The disk refused the write. Nothing changed; the caller may repeat the same write. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly kind: 'full' | 'io'

  constructor(kind: 'full' | 'io', options: ErrorOptions) {
    super(
      kind === 'full'
        ? 'The disk is full, so ReMo cannot store metrics. Free some space; ReMo then continues automatically.'
        : 'The disk reports errors, so ReMo cannot store metrics. Check the disk that holds the data folder.',
      options,
    )
    this.kind = kind
  }
}

/** The transaction is committed, but memory does not have it. Only a new thread that opens the file again does. */
export class CommittedError extends Error {
  override readonly name = 'CommittedError'
}

/**
 * Whether a record may be the cause: without it, the same transaction can succeed. Anything else, such as a file that is
 * locked or damaged, says nothing about records.
 */
export function isFaultOfRecords(error: unknown): boolean {
  if (error instanceof Database.SqliteError) return /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(error.code)
  if (error instanceof StorageError || error instanceof CommittedError || isDamage(error)) return false
  // The texts of SQLite and better-sqlite3 about the file and its connection.
  return !(error instanceof Error && /database (?:connection|disk image|is locked)/.test(error.message))
}

/** A newer ReMo wrote the file. It stays untouched, because an older version would damage it. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError'

  constructor(found: number, known: number) {
    super(
      `A newer ReMo wrote the local cache (format ${found}; this version supports ${known}). ` +
        'Start the newer ReMo, or choose another folder with --data-dir.',
    )
  }
}

/** The file contains bytes that ReMo cannot have written. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError'
}

/** Whether the file itself is damaged, as opposed to a disk that cannot write. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedError) return true
  if (!(error instanceof Database.SqliteError)) return false
  return error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB'
}

/** Turns a full or failing disk into `StorageError`; returns other errors unchanged. */
export function storageErrorOf(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  if (error.code === 'SQLITE_FULL') return new StorageError('full', { cause: error })
  if (error.code.startsWith('SQLITE_IOERR') || error.code === 'SQLITE_READONLY')
    return new StorageError('io', { cause: error })
  return error
}
