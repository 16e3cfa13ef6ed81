interface Place<T> {
  running: Promise<T> | undefined
  next: Promise<T> | undefined
}

/**
 * One read for all callers who ask for the same at the same time. A caller never gets a read that began before the
 * call, but joins the next one. **Invariant**: a result contains everything that was committed before the call, by any
 * replica. It is never older than the call, so a writer always sees their own change.
 */
export class SharedReads<T> {
  readonly #places = new Map<string, Place<T>>()

  /**
   * @param key callers with the same key share a read
   * @param read of the caller who is first; it must read committed data only
   * @throws the error of the read
   */
  get(key: string, read: () => Promise<T>): Promise<T> {
    const place = this.#places.get(key) ?? { running: undefined, next: undefined }
    this.#places.set(key, place)
    if (place.running === undefined) return this.#begin(key, place, read)
    return (place.next ??= settled(place.running).then(() => {
      place.next = undefined
      return this.#begin(key, place, read)
    }))
  }

  #begin(key: string, place: Place<T>, read: () => Promise<T>): Promise<T> {
    const running = (place.running = read())
    void settled(running).then(() => {
      if (place.running === running) place.running = undefined
      if (place.next === undefined && place.running === undefined) this.#places.delete(key)
    })
    return running
  }
}

function settled(promise: Promise<unknown>): Promise<void> {
  return promise.then(
    () => undefined,
    () => undefined,
  )
}
