import type { Attachment } from 'svelte/attachments'
import { RowOffsets } from './row-offsets.ts'

interface RowWindowOptions<T> {
  readonly rows: () => readonly T[]
  /** Pixels of a row as it is drawn. */
  readonly heightOf: (row: T) => number
  /** Pixels of the heads, which stay above the rows. */
  readonly headHeight?: () => number
}

/** Rows are drawn so far above and below the view: a list that scrolls shows no gap. Pixels. */
const margin = 200

/**
 * Which rows of a list that scrolls are drawn, and where. Heights are known before a row is drawn, and none is measured:
 * a row is where it belongs from its first frame on, however far the list jumped.
 */
export class RowWindow<T> {
  readonly #options: RowWindowOptions<T>
  #scroller: HTMLElement | undefined
  #scrollTop = $state(0)
  #clientHeight = $state(0)

  constructor(options: RowWindowOptions<T>) {
    this.#options = options
  }

  readonly offsets: RowOffsets = $derived.by(
    () => new RowOffsets(this.#options.rows().map((row) => this.#options.heightOf(row))),
  )

  /** Pixels of the rows above the view. A list that became shorter is not scrolled beyond its end. */
  readonly #top: number = $derived.by(() => Math.min(this.#scrollTop, Math.max(0, this.offsets.total - this.#room)))

  /** Index of the first row that is drawn. */
  readonly start: number = $derived.by(() => this.offsets.endedAt(this.#top - margin))

  readonly #end: number = $derived.by(() => this.offsets.endedAt(this.#top + this.#room + margin) + 1)

  /** The rows that are drawn. */
  readonly drawn: readonly T[] = $derived.by(() => this.#options.rows().slice(this.start, this.#end))

  /** Pixels of the rows below the view. */
  readonly below: number = $derived.by(() => this.offsets.total - this.#top - this.#room)

  /** Pixels of the view, without the heads. */
  get #room(): number {
    return this.#clientHeight - this.#headHeight
  }

  get #headHeight(): number {
    return this.#options.headHeight?.() ?? 0
  }

  /** For the element that scrolls. */
  readonly follow: Attachment<HTMLElement> = (scroller) => {
    this.#scroller = scroller
    const read = (): void => this.#read(scroller)
    read()
    const resizes = new ResizeObserver(read)
    resizes.observe(scroller)
    scroller.addEventListener('scroll', read, { passive: true })
    return () => {
      resizes.disconnect()
      scroller.removeEventListener('scroll', read)
    }
  }

  /** Scrolls as little as brings the rows from `first` to `last` into view. Does nothing before they are drawn. */
  show(first: number, last = first): void {
    const scroller = this.#scroller
    if (!scroller) return
    const top = this.offsets.topOf(first)
    const lowest = this.offsets.topOf(last + 1) - (scroller.clientHeight - this.#headHeight)
    if (top < scroller.scrollTop) scroller.scrollTop = top
    else if (lowest > scroller.scrollTop) scroller.scrollTop = Math.min(top, lowest)
    // The event of a scroll comes a frame later.
    this.#read(scroller)
  }

  #read({ scrollTop, clientHeight }: HTMLElement): void {
    this.#scrollTop = scrollTop
    this.#clientHeight = clientHeight
  }
}
