import type { SampleColumns, SampleDirectory } from './sample-columns.ts'

/** Columns of samples while they are decoded. The memory stays for the next samples. */
export class GrowingColumns {
  count = 0
  /** Values of all samples so far. A sample that is being read writes its values behind them. */
  width = 0
  node = new Uint32Array(1024)
  layout = new Uint32Array(1024)
  at = new Float64Array(1024)
  recordedAt = new Float64Array(1024)
  offset = new Float64Array(1024)
  first = new Uint32Array(1024)
  values = new Float64Array(4096)
  /** Raw values of all samples so far. */
  rawWidth = 0
  rawFirst = new Uint32Array(1024)
  raw = new Float64Array(1024)

  /** Makes room for one more sample with `values` values. */
  reserve(values: number): void {
    if (this.width + values > this.values.length) this.values = grown(this.values, this.width + values)
    if (this.count < this.node.length) return
    this.node = grown(this.node, this.count + 1)
    this.layout = grown(this.layout, this.count + 1)
    this.at = grown(this.at, this.count + 1)
    this.recordedAt = grown(this.recordedAt, this.count + 1)
    this.offset = grown(this.offset, this.count + 1)
    this.first = grown(this.first, this.count + 1)
    this.rawFirst = grown(this.rawFirst, this.count + 1)
  }

  /** Makes room for `values` raw values of the next sample. */
  reserveRaw(values: number): void {
    if (this.rawWidth + values > this.raw.length) this.raw = grown(this.raw, this.rawWidth + values)
  }

  /** Removes the last sample. */
  dropLast(): void {
    this.count--
    this.width = this.first[this.count] as number
    this.rawWidth = this.rawFirst[this.count] as number
  }

  /** A copy of the samples, which are then removed here. */
  take(directory: SampleDirectory): SampleColumns {
    const { count, width, rawWidth } = this
    this.count = 0
    this.width = 0
    this.rawWidth = 0
    return {
      directory,
      count,
      node: this.node.slice(0, count),
      layout: this.layout.slice(0, count),
      at: this.at.slice(0, count),
      recordedAt: this.recordedAt.slice(0, count),
      offset: this.offset.slice(0, count),
      first: this.first.slice(0, count),
      values: this.values.slice(0, width),
      ...(rawWidth > 0 ? { raw: { first: this.rawFirst.slice(0, count), values: this.raw.slice(0, rawWidth) } } : {}),
    }
  }
}

function grown<T extends Uint32Array | Float64Array>(column: T, least: number): T {
  const longer = new (column.constructor as new (length: number) => T)(Math.max(least, column.length * 2))
  longer.set(column)
  return longer
}
