/**
 * Tells a broker that has gone silent (frozen, unplugged) from a quiet one: sockets stay open in both cases, but a
 * fetch is answered within its waiting time even when there is nothing to read. Times are epoch ms.
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
   * A retry does not start the time anew.
   * @returns false when the fetch before this one failed
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
   * To be called each `everyMs`.
   * @returns since when a broker has been silent for longer than the limit, undefined when all is well
   */
  check(now: number, everyMs: number): number | undefined {
    // When this call comes late, this process stood still (a slow disk, a suspended machine), not the broker.
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
