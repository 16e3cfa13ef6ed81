import type { LiveFrame } from '#shared/ipc/live-frame.ts'
import type { LiveValues } from './live-values.ts'

/**
 * A commit sends a frame if this part of the period has passed, so that a frame leaves with the newest records. Without
 * a commit, what waits is sent after `latestAt` periods.
 */
const earliestAt = 0.8
const latestAt = 1.2

/** Sends the changed values to the window, about as often as the window asks: after a commit, not by a clock of its own. */
export class LiveFrames {
  readonly #values: LiveValues
  readonly #send: (frame: LiveFrame, transfer: readonly ArrayBuffer[]) => void
  /** Ms between two frames; `undefined` without a window. */
  #periodMs: number | undefined
  #sentAt = -Infinity
  #timer: NodeJS.Timeout | undefined

  constructor(values: LiveValues, send: (frame: LiveFrame, transfer: readonly ArrayBuffer[]) => void) {
    this.#values = values
    this.#send = send
  }

  /** A window is visible and subscribed. */
  get isSubscribed(): boolean {
    return this.#periodMs !== undefined
  }

  /** `hz`: frames per second; 0 stops them. */
  subscribe(hz: number): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#periodMs = hz > 0 ? 1000 / hz : undefined
    this.changed()
  }

  /** Values changed: after each commit. */
  changed(): void {
    if (this.#periodMs === undefined) return
    const passed = performance.now() - this.#sentAt
    if (passed >= this.#periodMs * earliestAt) this.#sendFrame()
    else this.#timer ??= setTimeout(() => this.#sendFrame(), Math.max(0, this.#periodMs * latestAt - passed))
  }

  #sendFrame(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const frame = this.#values.takeFrame()
    if (!frame) return
    this.#sentAt = performance.now()
    this.#send(frame, buffersOf(frame))
  }
}

/** Not those of `growth`: the data thread keeps its lists. */
function buffersOf({ blocks, at, intervals, values }: LiveFrame): ArrayBuffer[] {
  return [blocks.buffer, at.buffer, intervals.buffer, values.buffer] as ArrayBuffer[]
}
