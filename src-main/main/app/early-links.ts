/** A request to come to the front, with the link that asked for it, if any. It is not checked yet. */
type Follow = (link: unknown) => void

/**
 * Links that arrive before the window can follow them. macOS passes the link that started ReMo as an event before the
 * app is ready, and a second ReMo may be started while the first one starts. The newest one counts: following another
 * before it would only flash a page.
 */
export class EarlyLinks {
  #waiting: { readonly link: unknown } | undefined
  #follow: Follow | undefined

  receive(link: unknown): void {
    if (this.#follow) this.#follow(link)
    else this.#waiting = { link }
  }

  /** From now on, links are followed at once: first the one that waits. */
  followBy(follow: Follow): void {
    this.#follow = follow
    if (this.#waiting) follow(this.#waiting.link)
    this.#waiting = undefined
  }
}
