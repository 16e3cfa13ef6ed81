import type { LiveDirectory, LiveFrame } from '#shared/ipc/live-frame.ts'
import { SampleIntervals } from './sample-intervals.ts'

/** What the cache knows of a part. `values`: in the order of its list. */
export interface RestoredBlock {
  readonly at: number
  readonly steps: readonly number[]
  readonly values: readonly number[]
}

/** The values of all parts of all nodes, one after the other, with their times. */
export class LiveBlocks {
  #count = 0
  #node = new Uint32Array(16)
  #list = new Uint32Array(16)
  #start = new Uint32Array(16)
  #width = new Uint32Array(16)
  #at = new Float64Array(16)
  #isChanged = new Uint8Array(16)
  #values = new Float64Array(64).fill(NaN)
  #used = 0
  readonly #intervals = new SampleIntervals()
  #changed: number[] = []
  /** Blocks that are new or have another list since the last frame. */
  readonly #grown = new Set<number>()

  get count(): number {
    return this.#count
  }

  /** Bytes of the values, for measurements. */
  get valueBytes(): number {
    return this.#values.byteLength
  }

  add(node: number, list: number, width: number): number {
    const block = this.#count++
    if (block >= this.#node.length) this.#growColumns()
    this.#node[block] = node
    this.#list[block] = list
    this.#width[block] = width
    this.#start[block] = this.#room(width)
    this.#grown.add(block)
    return block
  }

  /** The block gets a longer list. Its values keep their places in it. */
  widen(block: number, list: number, width: number): void {
    if (this.#list[block] === list) return
    const [from, before] = [this.#start[block] as number, this.#width[block] as number]
    const to = this.#room(width)
    this.#values.copyWithin(to, from, from + before)
    this.#start[block] = to
    this.#width[block] = width
    this.#list[block] = list
    this.#grown.add(block)
  }

  restore(block: number, { at, steps, values }: RestoredBlock): void {
    this.#at[block] = at
    this.#values.set(values, this.#start[block])
    for (const stepMs of steps) this.#intervals.add(block, stepMs)
    this.change(block)
  }

  /** A sample that is the newest of its part. */
  note(block: number, at: number): void {
    const previous = this.#at[block] as number
    this.#intervals.add(block, previous === 0 ? 0 : at - previous)
    this.#at[block] = at
  }

  /** Its values were from the future. */
  setBack(block: number, at: number): void {
    const start = this.#start[block] as number
    this.#at[block] = at
    this.#values.fill(NaN, start, start + (this.#width[block] as number))
    this.change(block)
  }

  /** `onlyNew`: a metric that has a value keeps it. */
  // eslint-disable-next-line max-params -- called per value: an object of arguments would be one more allocation
  set(block: number, place: number, value: number, onlyNew: boolean): void {
    const cell = (this.#start[block] as number) + place
    if (!onlyNew || Number.isNaN(this.#values[cell])) this.#values[cell] = value
  }

  change(block: number): void {
    if (this.#isChanged[block] !== 0) return
    this.#isChanged[block] = 1
    this.#changed.push(block)
  }

  /** Event time of the newest sample; 0 before the first. */
  at(block: number): number {
    return this.#at[block] as number
  }

  listOf(block: number): number {
    return this.#list[block] as number
  }

  value(block: number, place: number): number {
    return this.#values[(this.#start[block] as number) + place] as number
  }

  /** NaN while it is unknown. */
  intervalMs(block: number): number {
    return this.#intervals.median(block)
  }

  takeChanged(): Uint32Array<ArrayBuffer> {
    const changed = Uint32Array.from(this.#changed)
    for (const block of changed) this.#isChanged[block] = 0
    this.#changed = []
    return changed
  }

  /** As `LiveGrowth` has them. */
  takeGrowth(): Uint32Array<ArrayBuffer> {
    const grown = Uint32Array.from(
      [...this.#grown].flatMap((block) => [block, this.#node[block] as number, this.#list[block] as number]),
    )
    this.#grown.clear()
    return grown
  }

  table(): Pick<LiveDirectory, 'blockNode' | 'blockList'> {
    return { blockNode: this.#node.slice(0, this.#count), blockList: this.#list.slice(0, this.#count) }
  }

  columns(blocks: Uint32Array<ArrayBuffer>): Omit<LiveFrame, 'seq' | 'growth'> {
    let width = 0
    for (const block of blocks) width += this.#width[block] as number
    const at = new Float64Array(blocks.length)
    const intervals = new Float64Array(blocks.length)
    const values = new Float64Array(width)
    let to = 0
    blocks.forEach((block, i) => {
      const start = this.#start[block] as number
      at[i] = this.#at[block] || NaN
      intervals[i] = this.#intervals.median(block)
      values.set(this.#values.subarray(start, start + (this.#width[block] as number)), to)
      to += this.#width[block] as number
    })
    return { blocks, at, intervals, values }
  }

  /** The blocks without those of a node. The nodes after it move up by one. */
  without(node: number): { readonly blocks: LiveBlocks; readonly renumbered: ReadonlyArray<number | undefined> } {
    const blocks = new LiveBlocks()
    const renumbered: Array<number | undefined> = []
    for (let block = 0; block < this.#count; block++) {
      const own = this.#node[block] as number
      if (own === node) continue
      const [start, width] = [this.#start[block] as number, this.#width[block] as number]
      const kept = blocks.add(own > node ? own - 1 : own, this.#list[block] as number, width)
      const values = Array.from(this.#values.subarray(start, start + width))
      blocks.restore(kept, { at: this.#at[block] as number, steps: this.#intervals.steps(block), values })
      renumbered[block] = kept
    }
    return { blocks, renumbered }
  }

  #room(width: number): number {
    const start = this.#used
    this.#used += width
    if (this.#used > this.#values.length) {
      const larger = new Float64Array(Math.max(this.#used, this.#values.length * 2)).fill(NaN)
      larger.set(this.#values)
      this.#values = larger
    }
    return start
  }

  #growColumns(): void {
    const length = this.#node.length * 2
    const larger = <T extends Uint32Array | Float64Array | Uint8Array>(of: new (length: number) => T, column: T): T => {
      const grown = new of(length)
      grown.set(column)
      return grown
    }
    this.#node = larger(Uint32Array, this.#node)
    this.#list = larger(Uint32Array, this.#list)
    this.#start = larger(Uint32Array, this.#start)
    this.#width = larger(Uint32Array, this.#width)
    this.#at = larger(Float64Array, this.#at)
    this.#isChanged = larger(Uint8Array, this.#isChanged)
  }
}
