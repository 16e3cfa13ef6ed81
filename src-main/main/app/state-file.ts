import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import type { Log } from '#shared/log.ts'

/**
 * A few values that one run leaves to the next, in one small file. It can be lost without harm: an unreadable one is
 * said in the log and begins anew. `schema` has a default for everything.
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

  /** Takes effect at once; the file follows, whole or not at all. */
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

/** Where ReMo keeps its cache, log and settings when nothing else was asked for: the convention of each system. */
export function defaultDataDir(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'ReMo')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'ReMo')
  // The base directory specification says that a relative path is to be ignored.
  const base = env['XDG_DATA_HOME']
  return join(base?.startsWith('/') ? base : join(home, '.local', 'share'), 'remo')
}
