/**
 * Distinguishes an unresponsive broker (frozen, unplugged) from an idle one. Sockets stay open in both cases, but an
 * idle broker answers a fetch within its waiting time. Times are epoch ms.
 */
export class BrokerLiveness {
  readonly #waitingSince = new Map<number, number>()
  readonly #limitMs: number
  #lastCheck: number

  constructor(limitMs: number, now: number) {
    this.#limitMs = limitMs
    this.#lastCheck = now
  }

  /**
   * A retry does not reset the time.
   * @returns false if the fetch before this one failed
   */
  requestSent(nodeId: number, now: number): boolean {
    if (this.#waitingSince.has(nodeId)) return false
    this.#waitingSince.set(nodeId, now)
    return true
  }

  responseReceived(nodeId: number): void {
    this.#waitingSince.delete(nodeId)
  }

  /**
   * Call it every `everyMs`.
   * @returns since when a broker has been unresponsive for longer than the limit, otherwise `undefined`
   */
  check(now: number, everyMs: number): number | undefined {
    // A late call means that this process was suspended or blocked, not that the broker was.
    const late = Math.max(0, now - this.#lastCheck - 2 * everyMs)
    this.#lastCheck = now
    let unresponsiveSince: number | undefined
    for (const [nodeId, since] of this.#waitingSince) {
      const counted = since + late
      this.#waitingSince.set(nodeId, counted)
      if (now - counted > this.#limitMs) unresponsiveSince = Math.min(counted, unresponsiveSince ?? counted)
    }
    return unresponsiveSince
  }
}
