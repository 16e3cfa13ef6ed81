import { rename, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Log } from '#shared/log.ts'

const Memory = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() }).optional(),
  maximized: z.boolean().default(false),
  /** Folder of the last export, for the next save dialog. */
  exportFolder: z.string().optional(),
  /** The one hint that a closed window goes on in the tray was given. */
  trayHintGiven: z.boolean().default(false),
})
type Memory = z.infer<typeof Memory>

/**
 * What the window remembers from run to run, in one small file. It can be lost without harm: an unreadable one is
 * said in the log and begins anew.
 */
export class WindowMemory {
  readonly #path: string
  readonly #log: Log
  #memory: Memory
  #saving: Promise<void> = Promise.resolve()

  constructor(path: string, log: Log) {
    this.#path = path
    this.#log = log
    this.#memory = this.#read()
  }

  get value(): Memory {
    return this.#memory
  }

  /** Takes effect at once; the file follows, whole or not at all. */
  change(changes: Partial<Memory>): void {
    this.#memory = { ...this.#memory, ...changes }
    this.#saving = this.#saving.then(() => this.#write())
  }

  saved(): Promise<void> {
    return this.#saving
  }

  #read(): Memory {
    try {
      return Memory.parse(JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') this.#log.warn('window memory begins anew', { cause })
      return Memory.parse({})
    }
  }

  async #write(): Promise<void> {
    try {
      await writeFile(`${this.#path}.new`, JSON.stringify(this.#memory))
      await rename(`${this.#path}.new`, this.#path)
    } catch (cause) {
      this.#log.warn('window memory not saved', { cause })
    }
  }
}
