import type { Log } from '#shared/log.ts'
import type { Db } from './db.ts'
import { checkSchema } from './schema-migrations.ts'
import { SchemaTooNewError } from './schema.ts'

const everyMs = 1_000

export interface SchemaWatchDeps {
  readonly db: Db
  /** Called once: a newer backend has migrated the database, and this one cannot go on with it. One sentence. */
  readonly refused: (reason: string) => void
  readonly log: Log
}

/**
 * Looks once a second whether this replica can still work on its database, which a newer backend may migrate while this
 * one runs. A database that is away says nothing about its schema.
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
      this.#looking = this.#look()
    }, everyMs)
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#looking
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    const { db, refused, log } = this.#deps
    try {
      this.#say(await checkSchema(db))
    } catch (cause) {
      if (cause instanceof SchemaTooNewError) {
        refused(cause.message)
        return
      }
      log.debug('the schema could not be checked', { cause })
    }
    if (this.#timer !== undefined) this.start()
  }

  /** @param newer migrations of a newer backend, with which this one goes on */
  #say(newer: readonly string[]): void {
    const names = newer.join(', ')
    if (names !== this.#newer && names !== '') {
      this.#deps.log.info('a newer backend has migrated the database; this one goes on with it', { migrations: newer })
    }
    this.#newer = names
  }
}
