import { crc32c } from './crc32c.ts'
import { type Crc32cModule, dataAt, dataBytes, makeCrc32cModule } from './crc32c-module.ts'

/** Small batches are copied many at a time: a copy of its own costs each as much as its checksum. */
const copiedAtOnce = 32 * 1024

let module: Crc32cModule | undefined | 'not made' = 'not made'
/** Whose bytes are in the memory of the module. Not the object itself: it would keep a fetch response alive. */
let owner = 0
let owners = 0

/** CRC-32C of parts of one buffer, asked for from front to back. The buffer must not change meanwhile. */
export class Checksums {
  readonly #bytes: Uint8Array
  readonly #id = ++owners
  readonly #module: Crc32cModule | undefined
  #copiedFrom = 0
  #copiedTo = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    if (module === 'not made') module = makeCrc32cModule()
    this.#module = module
  }

  /** As a signed 32-bit number. */
  of(from: number, to: number): number {
    if (!this.#module) return crc32c(this.#bytes, from, to)
    let crc = -1
    for (let at = from; at < to;) {
      const end = Math.min(to, at + dataBytes)
      this.#copy(this.#module, at, end)
      const shift = dataAt - this.#copiedFrom
      crc = this.#module.update(crc, at + shift, end + shift)
      at = end
    }
    return ~crc
  }

  #copy({ memory }: Crc32cModule, from: number, to: number): void {
    if (owner === this.#id && from >= this.#copiedFrom && to <= this.#copiedTo) return
    this.#copiedFrom = from
    this.#copiedTo = Math.max(to, Math.min(this.#bytes.length, from + copiedAtOnce))
    memory.set(this.#bytes.subarray(from, this.#copiedTo), dataAt)
    owner = this.#id
  }
}
