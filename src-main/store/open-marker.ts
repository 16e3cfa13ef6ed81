import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file that exists while the store is open. One found at start means that the last run crashed. */
export class OpenMarker {
  readonly #path: string

  constructor(dir: string) {
    this.#path = join(dir, 'remo.sqlite.open')
  }

  /** @returns whether a mark of an earlier run existed */
  create(): boolean {
    const found = existsSync(this.#path)
    writeFileSync(this.#path, '')
    return found
  }

  remove(): void {
    rmSync(this.#path, { force: true })
  }
}
