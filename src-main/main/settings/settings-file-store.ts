import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, watch, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { emptySettingsFile, readSettingsFile, settingsSchema, settingsText } from '#shared/settings/settings-file.ts'
import type { SettingsFile } from '#shared/settings/settings-file.ts'
import type { Log } from '#shared/log.ts'

export interface SettingsFileDeps {
  /** Path of settings.json. */
  readonly path: string
  readonly log: Log
  /** Epoch ms, for the name of a file that is moved aside. */
  readonly now: () => number
}

/** Wait after a change of the file: an editor writes in several steps. */
const settleMs = 200

/**
 * settings.json. A person may edit it while ReMo runs, and a second ReMo may write it: it is read again before each
 * change, and whenever it changes. Writing replaces it as a whole.
 */
export class SettingsFileStore {
  readonly #deps: SettingsFileDeps
  #file: SettingsFile
  #text: string | undefined
  #movedAside: string | undefined

  constructor(deps: SettingsFileDeps) {
    this.#deps = deps
    this.#file = emptySettingsFile
    this.refresh()
  }

  get path(): string {
    return this.#deps.path
  }

  get file(): SettingsFile {
    return this.#file
  }

  /** Where a file that was no settings file is now, if that happened in this run. */
  get movedAside(): string | undefined {
    return this.#movedAside
  }

  /**
   * Reads the file again.
   * @returns whether it has changed
   */
  refresh(): boolean {
    const text = this.#read()
    if (text === this.#text) return false
    this.#text = text
    if (text === undefined) {
      this.#file = emptySettingsFile
      return true
    }
    const result = readSettingsFile(text)
    if (result.kind === 'read') this.#file = result.file
    else this.#moveAside(result.reason)
    return true
  }

  /**
   * Changes the newest content of the file and writes it.
   * @throws an error whose message is a sentence, if the file cannot be written; the settings are then unchanged
   */
  change(edit: (file: SettingsFile) => SettingsFile): void {
    this.refresh()
    const next = edit(this.#file)
    const text = settingsText(next)
    try {
      replaceFile(this.path, text)
      this.#writeSchema()
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`ReMo cannot write ${this.path} (${reason}). The setting is unchanged.`, { cause })
    }
    this.#text = text
    this.#file = next
  }

  /**
   * Moves the file aside, so that all settings are defaults. Connections are kept.
   * @returns the new path; `undefined` if there was no file
   */
  reset(): string | undefined {
    if (!existsSync(this.path)) return undefined
    const { connections, inUse } = this.#file.raw
    const aside = this.#aside('before-reset')
    renameSync(this.path, aside)
    this.#text = undefined
    this.#file = emptySettingsFile
    if (connections !== undefined) {
      const kept = { ...emptySettingsFile.raw, connections, ...(inUse === undefined ? {} : { inUse }) }
      this.change(() => ({ ...emptySettingsFile, raw: kept }))
      this.#text = undefined
      this.refresh()
    }
    return aside
  }

  /** Calls `listener` after a change that was not made here. @returns stops watching */
  follow(listener: () => void): () => void {
    let timer: NodeJS.Timeout | undefined
    try {
      // The folder, because replacing the file ends the watch of a file.
      const watcher = watch(dirname(this.path), (_event, name) => {
        if (name !== null && name !== basename(this.path)) return
        clearTimeout(timer)
        timer = setTimeout(() => this.refresh() && listener(), settleMs)
      })
      watcher.on('error', (cause) => this.#deps.log.warn('cannot watch the settings file', { cause }))
      return () => {
        clearTimeout(timer)
        watcher.close()
      }
    } catch (cause) {
      this.#deps.log.warn('cannot watch the settings file', { cause })
      return () => undefined
    }
  }

  #read(): string | undefined {
    try {
      return readFileSync(this.path, 'utf8')
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#deps.log.warn('cannot read the settings file', { path: this.path, cause })
      return undefined
    }
  }

  #moveAside(reason: string): void {
    const aside = this.#aside('broken')
    this.#deps.log.warn('settings file moved aside', { path: this.path, reason, aside })
    this.#file = emptySettingsFile
    this.#text = undefined
    try {
      renameSync(this.path, aside)
      this.#movedAside = aside
    } catch (cause) {
      this.#deps.log.warn('cannot move the settings file aside', { cause })
    }
  }

  #aside(why: string): string {
    const stamp = new Date(this.#deps.now()).toISOString().replace(/[:.]/g, '-')
    return this.path.replace(/(\.json)?$/, `.${why}-${stamp}.json`)
  }

  /** Beside the file, so that an editor that follows `$schema` completes and checks it. */
  #writeSchema(): void {
    const path = join(dirname(this.path), 'settings.schema.json')
    const text = `${JSON.stringify(settingsSchema(), null, 2)}\n`
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return
    replaceFile(path, text)
  }
}

/** Synchronous, so that no exit comes between. Readers see the old file or the new one. */
function replaceFile(path: string, text: string): void {
  const descriptor = openSync(`${path}.new`, 'w', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(`${path}.new`, path)
}
