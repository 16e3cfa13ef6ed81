import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { posix, win32 } from 'node:path'
import type { z } from 'zod'
import type { Log } from '#shared/log.ts'

/**
 * A small JSON file with values for the next run. Losing it does no harm: if it is unreadable, ReMo logs a warning and
 * starts with defaults. `schema` has a default for every value.
 */
export class StateFile<T extends object> {
  readonly #path: string
  readonly #log: Log
  #value: T
  #saving: Promise<void> = Promise.resolve()

  constructor(path: string, schema: z.ZodType<T>, log: Log) {
    this.#path = path
    this.#log = log
    this.#value = this.#read(schema)
  }

  get value(): T {
    return this.#value
  }

  /** Takes effect immediately. The file is replaced atomically afterwards; a failure is logged. */
  update(changes: Partial<T>): void {
    this.#value = { ...this.#value, ...changes }
    this.#saving = this.#saving.then(() => this.#write())
  }

  flush(): Promise<void> {
    return this.#saving
  }

  /** The JSON to write: a file may have other key names than memory has. */
  protected encode(value: T): object {
    return value
  }

  #read(schema: z.ZodType<T>): T {
    try {
      return schema.parse(JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn('saved state is unreadable, starting fresh', { path: this.#path, cause })
      return schema.parse({})
    }
  }

  async #write(): Promise<void> {
    try {
      await writeFile(`${this.#path}.new`, JSON.stringify(this.encode(this.#value)))
      await rename(`${this.#path}.new`, this.#path)
    } catch (cause) {
      this.#log.warn('cannot save state', { path: this.#path, cause })
    }
  }
}

/** Default folder of cache, log and settings, by the convention of each operating system. */
export function defaultDataDir(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  const { join } = platform === 'win32' ? win32 : posix
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'ReMo')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'ReMo')
  // The XDG base directory specification: ignore relative paths.
  const base = env['XDG_DATA_HOME']
  return join(base?.startsWith('/') ? base : join(home, '.local', 'share'), 'remo')
}
