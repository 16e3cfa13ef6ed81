import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface LogFileOptions {
  readonly folder: string
  readonly name: string
  /** The file is rotated before it would exceed this size. */
  readonly maxBytes: number
  /** Number of files, including the current one. */
  readonly files: number
  /** Called once per series of failed writes: lines are being lost. */
  readonly onLost: (cause: unknown) => void
}

/**
 * `<name>.log`, and the rotated files `<name>.1.log` (newest) to `<name>.<files - 1>.log`. One writer at a time writes
 * lines in order, without blocking the caller. Lines that cannot be written are dropped and reported once.
 */
export class LogFile {
  readonly #options: LogFileOptions
  #waiting: string[] = []
  #writing: Promise<void> | null = null
  #size: number | null = null
  #failed = false

  constructor(options: LogFileOptions) {
    this.#options = options
  }

  write(line: string): void {
    this.#waiting.push(line)
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = null
    })
  }

  /** Resolves when all earlier lines are on disk or dropped. */
  async flush(): Promise<void> {
    await this.#writing
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const text = `${this.#waiting.join('\n')}\n`
      this.#waiting = []
      try {
        await this.#append(text)
        this.#failed = false
      } catch (cause) {
        if (!this.#failed) this.#options.onLost(cause)
        this.#failed = true
      }
    }
  }

  async #append(text: string): Promise<void> {
    this.#size ??= await this.#open()
    const bytes = Buffer.byteLength(text)
    if (this.#size > 0 && this.#size + bytes > this.#options.maxBytes) {
      await this.#rotate()
      this.#size = 0
    }
    await appendFile(this.#path(0), text, { mode: 0o600 })
    this.#size += bytes
  }

  async #open(): Promise<number> {
    await mkdir(this.#options.folder, { recursive: true })
    return sizeOf(this.#path(0))
  }

  async #rotate(): Promise<void> {
    const oldest = this.#options.files - 1
    await rm(this.#path(oldest), { force: true })
    for (let number = oldest - 1; number >= 0; number--) {
      if ((await sizeOf(this.#path(number))) > 0) await rename(this.#path(number), this.#path(number + 1))
    }
  }

  #path(number: number): string {
    return join(
      this.#options.folder,
      number === 0 ? `${this.#options.name}.log` : `${this.#options.name}.${number}.log`,
    )
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}
