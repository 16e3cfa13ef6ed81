/** What the table `node_part` has of one part of a node, apart from the values themselves. */
export interface NodePart {
  /** Metrics with values, in order of their first ones. */
  readonly metrics: string[]
  /** The transaction that wrote its row; `undefined`: there is no row. */
  savedBy: string | undefined
  /** Whether its row is to be written. */
  isChanged: boolean
  /** Whether its row lacks metrics or units. */
  isGrown: boolean
  /** Event time of the newest sample, epoch ms. */
  newest: number
}

/** Which part of a node has which metric. A metric belongs to the part that had it first. */
export class PartIndex {
  /** Parts other than that of ReMo's own format. */
  readonly byName = new Map<string, NodePart>()
  /** What the row of the node has itself: metrics of ReMo's own format, and the state of the node. */
  readonly own = new Set<string>()
  readonly #homes = new Map<string, string>()
  readonly #units = new Map<string, object>()

  /** The part that has the metric; `''` is ReMo's own format. */
  homeOf(metric: string): string {
    return this.#homes.get(metric) ?? ''
  }

  /** A metric that the node did not have before belongs to `part` from now on. */
  adopt(metric: string, part: string): void {
    if (this.#homes.has(metric) || this.own.has(metric)) return
    if (part === '') {
      this.own.add(metric)
      return
    }
    const adopting = this.#part(part)
    adopting.metrics.push(metric)
    adopting.isGrown = true
    this.#homes.set(metric, part)
  }

  /** A state of the metric changed. */
  touch(metric: string): void {
    const part = this.byName.get(this.homeOf(metric))
    if (part) part.isChanged = true
  }

  /** A sample of the part came, with this event time. */
  receive(name: string, at: number): void {
    if (name === '') return
    const part = this.#part(name)
    part.isChanged = true
    part.newest = Math.max(part.newest, at)
  }

  /** The times of all parts may have changed. */
  touchAll(): void {
    for (const part of this.byName.values()) part.isChanged = true
  }

  /** Whether these units were noted last for the part; they are from now on. */
  hasUnitsOf(part: string, units: object): boolean {
    if (this.#units.get(part) === units) return true
    this.#units.set(part, units)
    return false
  }

  /** A unit is new. It is stored with its metric: one of a counter comes before the first rate. */
  touchUnit(metric: string, part: string): void {
    const home = this.#homes.get(metric)
    if (home !== undefined) {
      const grown = this.#part(home)
      grown.isGrown = grown.isChanged = true
    } else if (part === '') this.own.add(metric)
  }

  /** As it is in its row. */
  open(part: string, stored: Pick<NodePart, 'metrics' | 'savedBy' | 'newest'>): void {
    this.byName.set(part, { ...stored, isChanged: false, isGrown: false })
    for (const metric of stored.metrics) this.#homes.set(metric, part)
  }

  /** The rows were committed. */
  saved(savedBy: string): void {
    for (const part of this.byName.values()) {
      if (!part.isChanged) continue
      part.savedBy = savedBy
      part.isChanged = part.isGrown = false
    }
  }

  #part(name: string): NodePart {
    let part = this.byName.get(name)
    if (!part) {
      part = { metrics: [], savedBy: undefined, isChanged: true, isGrown: true, newest: -Infinity }
      this.byName.set(name, part)
    }
    return part
  }
}
