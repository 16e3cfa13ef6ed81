import { readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from '#shared/settings/connection.ts'
import { CallError } from '../../threads/call-error.ts'

/** Folders with the caches of connections, in the data folder. */
export class ConnectionFolders {
  readonly #dataDir: string

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  /** Ids that have a folder, also of connections that are not in the settings any more. */
  existing(): readonly string[] {
    try {
      return readdirSync(join(this.#dataDir, 'connections'))
    } catch {
      return [] // none yet
    }
  }

  /** @throws CallError `failed` if it cannot be deleted */
  async remove({ id, name }: Connection): Promise<void> {
    await this.#delete(join(this.#dataDir, 'connections', id), `the cache of ${name}`)
  }

  async removeDemo(): Promise<void> {
    await this.#delete(join(this.#dataDir, 'demo'), 'the cache of the demo')
  }

  async #delete(folder: string, what: string): Promise<void> {
    try {
      await rm(folder, { recursive: true, force: true })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new CallError('failed', `ReMo cannot delete ${what} (${reason}).`, { cause })
    }
  }
}
