import Database from 'better-sqlite3'

/** A promise of the store was broken: a bug of ours or of a caller. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError'
}

/** The disk did not take it. Nothing was changed; the same write may be tried again. */
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

/** Written by a newer ReMo. It is left alone, since an older one would damage it. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError'

  constructor(found: number, known: number) {
    super(
      `A newer ReMo wrote the local cache (format ${found}; this version supports ${known}). ` +
        'Start the newer ReMo, or choose another folder with --data-dir.',
    )
  }
}

/** Bytes in the file that this version cannot have written. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError'
}

/** Whether the file itself is broken, as against a disk that cannot write. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedError) return true
  if (!(error instanceof Database.SqliteError)) return false
  return error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB'
}

/** Turns SQLITE_FULL and SQLITE_IOERR into `StorageError`; other errors stay what they are. */
export function storageErrorOf(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  if (error.code === 'SQLITE_FULL') return new StorageError('full', { cause: error })
  if (error.code.startsWith('SQLITE_IOERR') || error.code === 'SQLITE_READONLY')
    return new StorageError('io', { cause: error })
  return error
}
