import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file that is there while the store is open. Found at start, it tells that the last run did not end well. */
export class OpenMarker {
  readonly #path: string

  constructor(dir: string) {
    this.#path = join(dir, 'remo.sqlite.open')
  }

  /** Leaves the mark; true when an earlier one was still there. */
  create(): boolean {
    const found = existsSync(this.#path)
    writeFileSync(this.#path, '')
    return found
  }

  remove(): void {
    rmSync(this.#path, { force: true })
  }
}
