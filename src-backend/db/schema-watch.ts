import type { Log } from '#shared/log.ts'
import type { Db } from './db.ts'
import { checkSchema } from './schema-migrations.ts'
import { SchemaTooNewError } from './schema.ts'

const everyMs = 1_000

export interface SchemaWatchDeps {
  readonly db: Db
  /**
   * Called once: a newer backend has migrated the database, and this version cannot work with it. `reason` is one
   * sentence.
   */
  readonly refused: (reason: string) => void
  readonly log: Log
}

/**
 * Checks once a second whether this replica can still work with its database: a newer backend may migrate it. An
 * unreachable database is no reason to stop.
 */
export class SchemaWatch {
  readonly #deps: SchemaWatchDeps
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #newer = ''

  constructor(deps: SchemaWatchDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#check()
    }, everyMs)
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#looking
    clearTimeout(this.#timer)
  }

  async #check(): Promise<void> {
    const { db, refused, log } = this.#deps
    try {
      this.#logNewer(await checkSchema(db))
    } catch (cause) {
      if (cause instanceof SchemaTooNewError) {
        refused(cause.message)
        return
      }
      log.debug('cannot check the schema', { cause })
    }
    if (this.#timer !== undefined) this.start()
  }

  /** @param newer migrations of a newer backend that this version can work with */
  #logNewer(newer: readonly string[]): void {
    const names = newer.join(', ')
    if (names !== this.#newer && names !== '') {
      this.#deps.log.info('a newer backend has migrated the database; this version can work with it', {
        migrations: newer,
      })
    }
    this.#newer = names
  }
}
