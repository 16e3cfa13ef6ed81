import type { LiveFrame } from '#shared/ipc/live-frame.ts'
import type { LiveValues } from './live-values.ts'

/** Sends the changed values to the window, as often as the window asks. */
export class LiveFrames {
  readonly #values: LiveValues
  readonly #send: (frame: LiveFrame, transfer: readonly ArrayBuffer[]) => void
  #timer: NodeJS.Timeout | undefined

  constructor(values: LiveValues, send: (frame: LiveFrame, transfer: readonly ArrayBuffer[]) => void) {
    this.#values = values
    this.#send = send
  }

  /** A window is visible and subscribed. */
  get isSubscribed(): boolean {
    return this.#timer !== undefined
  }

  /** `hz`: frames per second; 0 stops them. */
  subscribe(hz: number): void {
    clearInterval(this.#timer)
    this.#timer = hz > 0 ? setInterval(() => this.#sendFrame(), 1000 / hz) : undefined
  }

  #sendFrame(): void {
    const frame = this.#values.takeFrame()
    if (frame) this.#send(frame, buffersOf(frame))
  }
}

function buffersOf({ nodes, at, intervals, values }: LiveFrame): ArrayBuffer[] {
  return [nodes.buffer, at.buffer, intervals.buffer, values.buffer] as ArrayBuffer[]
}
