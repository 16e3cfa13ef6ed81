import { readFileSync, renameSync, watch, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DoNotDisturbState } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { Log } from '#shared/log.ts'

/** Wait after a change of the file, ms: replacing it reports several events. */
const settleMs = 50

/**
 * do-not-disturb.json in the data folder: every console with this folder holds back together, whatever its connection.
 * Preferences are in settings.json; this is state. If it cannot be read or written, ReMo logs that and goes on.
 */
export class DoNotDisturbFile {
  readonly #path: string
  readonly #log: Log

  constructor(path: string, log: Log) {
    this.#path = path
    this.#log = log
  }

  read(): DoNotDisturbState {
    try {
      return DoNotDisturbState.parse(JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn('do not disturb is unreadable, starting without', { path: this.#path, cause })
      return {}
    }
  }

  /** Synchronous, so that no exit comes between. @returns whether it is stored */
  write(state: DoNotDisturbState): boolean {
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify(state), { mode: 0o600 })
      renameSync(`${this.#path}.new`, this.#path)
      return true
    } catch (cause) {
      this.#log.warn('cannot save do not disturb', { path: this.#path, cause })
      return false
    }
  }

  /** Calls `listener` after another console changed it. @returns stops watching */
  follow(listener: () => void): () => void {
    let timer: NodeJS.Timeout | undefined
    try {
      const watcher = watch(dirname(this.#path), (_event, name) => {
        if (name !== null && name !== basename(this.#path)) return
        clearTimeout(timer)
        timer = setTimeout(listener, settleMs)
      })
      watcher.on('error', (cause) => this.#log.warn('cannot watch do not disturb', { cause }))
      return () => {
        clearTimeout(timer)
        watcher.close()
      }
    } catch (cause) {
      this.#log.warn('cannot watch do not disturb', { cause })
      return () => undefined
    }
  }
}
