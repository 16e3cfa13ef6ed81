/** Signature, flags and extension length: https://www.postgresql.org/docs/current/sql-copy.html (Binary Format). */
const headerLength = 19
/** PostgreSQL counts microseconds since 2000. */
const epochMs = Date.UTC(2000, 0, 1)
/** Header of an array: dimensions, flags and type, then length and lower bound of each dimension. */
const arrayHeaderLength = 12
const dimensionLength = 8

/** The fields of one row, valid until the next one is read. */
export class BinaryRow {
  #bytes: Buffer = Buffer.alloc(0)
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  /**
   * Finds the fields of the row at `start`.
   * @returns the start of the next row; -1 if this row is incomplete
   */
  read(bytes: Buffer, start: number): number {
    const fields = bytes.readInt16BE(start)
    let place = start + 2
    for (let i = 0; i < fields; i++) {
      if (place + 4 > bytes.length) return -1
      const length = Math.max(0, bytes.readInt32BE(place))
      this.#starts[i] = place + 4
      this.#ends[i] = place = place + 4 + length
    }
    this.#bytes = bytes
    return place > bytes.length ? -1 : place
  }

  integer(field: number): number {
    return this.#bytes.readInt32BE(this.#start(field))
  }

  double(field: number): number {
    return this.#bytes.readDoubleBE(this.#start(field))
  }

  text(field: number): string {
    return this.#bytes.toString('utf8', this.#start(field), this.#ends[field])
  }

  /** A `timestamptz` in epoch ms. */
  time(field: number): number {
    const start = this.#start(field)
    const micros = this.#bytes.readInt32BE(start) * 4_294_967_296 + this.#bytes.readUInt32BE(start + 4)
    return epochMs + micros / 1000
  }

  /** A `double precision[]` without nulls; several dimensions one after another. Null is like an empty list. */
  doubles(field: number): number[] {
    return this.#items(field, 8, (place) => this.#bytes.readDoubleBE(place))
  }

  /** An `integer[]`, as `doubles`. */
  integers(field: number): number[] {
    return this.#items(field, 4, (place) => this.#bytes.readInt32BE(place))
  }

  #items(field: number, itemLength: number, read: (place: number) => number): number[] {
    const items: number[] = []
    const [start, end] = [this.#start(field), this.#ends[field] ?? 0]
    if (start === end) return items
    const first = start + arrayHeaderLength + this.#bytes.readInt32BE(start) * dimensionLength
    // each item has its length before it
    for (let place = first + 4; place < end; place += 4 + itemLength) items.push(read(place))
    return items
  }

  #start(field: number): number {
    return this.#starts[field] ?? 0
  }
}

/** Reads rows from the chunks of `copy … to stdout (format binary)`, wherever they are cut. */
export class BinaryRows {
  #rest: Buffer = Buffer.alloc(0)
  #hasBegun = false
  readonly #row = new BinaryRow()

  push(chunk: Buffer, take: (row: BinaryRow) => void): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let place = 0
    if (!this.#hasBegun && bytes.length >= headerLength) {
      place = headerLength
      this.#hasBegun = true
    }
    while (this.#hasBegun && place + 2 <= bytes.length && bytes.readInt16BE(place) !== -1) {
      const next = this.#row.read(bytes, place)
      if (next < 0) break
      take(this.#row)
      place = next
    }
    this.#rest = bytes.subarray(place)
  }
}
