/** Runs its listeners at most once per animation frame. A hidden window has no frames, so requests coalesce. */
export class FrameGate {
  readonly #listeners = new Set<() => void>()
  readonly #request: (run: () => void) => void
  #queued = false

  constructor(request: (run: () => void) => void = (run) => requestAnimationFrame(run)) {
    this.#request = request
  }

  /** @returns the unsubscribe */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly ask = (): void => {
    if (this.#queued) return
    this.#queued = true
    this.#request(() => {
      this.#queued = false
      for (const listener of this.#listeners) listener()
    })
  }
}
