import { readdirSync, readlinkSync } from 'node:fs'
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

  /** @throws CallError `conflict` if another ReMo has it open, `failed` if it cannot be deleted */
  async remove({ id, name }: Connection): Promise<void> {
    const folder = join(this.#dataDir, 'connections', id)
    if (isHomeOfRunning(folder))
      throw new CallError('conflict', `${name} is open in another ReMo window. Close that window first.`)
    await this.#delete(folder, `the cache of ${name}`)
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

/**
 * Whether a ReMo that was started with `--profile` runs in this folder: Chromium keeps its lock there, a link to
 * `host-process`. Windows keeps none, but does not delete files that are open.
 */
function isHomeOfRunning(folder: string): boolean {
  try {
    const owner = /-(\d+)$/.exec(readlinkSync(join(folder, 'SingletonLock')))?.[1]
    return owner !== undefined && isRunning(Number(owner))
  } catch {
    return false // no lock
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM' // of another user
  }
}
