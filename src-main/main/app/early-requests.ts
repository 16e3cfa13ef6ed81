/**
 * Requests of other starts that arrive before the app can follow them. macOS passes the link that started ReMo as an
 * event before the app is ready, and a second ReMo may be started while the first one starts. The newest one counts:
 * following another before it would only flash a page.
 */
export class EarlyRequests<T> {
  #waiting: { readonly request: T } | undefined
  #follow: ((request: T) => void) | undefined

  receive(request: T): void {
    if (this.#follow) this.#follow(request)
    else this.#waiting = { request }
  }

  /** From now on, requests are followed at once: first the one that waits. */
  followBy(follow: (request: T) => void): void {
    this.#follow = follow
    if (this.#waiting) follow(this.#waiting.request)
    this.#waiting = undefined
  }
}
