import type { LiveDirectory, LiveGrowth } from '#shared/ipc/live-frame.ts'
import type { Layout, SampleDirectory } from '#shared/metric/sample-columns.ts'

interface MetricList {
  readonly metrics: Uint32Array<ArrayBuffer>
  readonly places: ReadonlyMap<number, number>
}

/** The metrics of the live values with their units, and the lists of them that blocks have. All only grow. */
export class LiveMetrics {
  readonly #index = new Map<string, number>()
  readonly #names: string[] = []
  readonly #units: string[] = []
  readonly #lists: MetricList[] = []
  readonly #listIndex = new Map<string, number>()
  #directory: SampleDirectory | undefined
  /** By layout. Its units are right for one version of the units. */
  #ofLayout: Array<{ readonly metrics: Uint32Array; version: number } | undefined> = []
  #unitsVersion = 0
  /** By layout, then by list: where the values of the layout are in the list. */
  #places: Array<Array<Uint32Array | undefined> | undefined> = []
  /** What the last frame had. */
  #sentMetrics = 0
  #sentLists = 0
  #areUnitsChanged = false

  useDirectory(directory: SampleDirectory): void {
    this.#directory = directory
    this.#ofLayout = []
    this.#places = []
  }

  find(metric: string): number | undefined {
    return this.#index.get(metric)
  }

  /** The newest sample decides about a unit. */
  indexOf(metric: string, unit: string | undefined): number {
    const known = this.#index.get(metric)
    if (known === undefined) {
      this.#index.set(metric, this.#names.length)
      this.#units.push(unit ?? '')
      return this.#names.push(metric) - 1
    }
    if (unit !== undefined && this.#units[known] !== unit) {
      this.#units[known] = unit
      this.#unitsVersion++
      this.#areUnitsChanged = known < this.#sentMetrics || this.#areUnitsChanged
    }
    return known
  }

  /** A sample of this layout comes: its units count. So a layout is read again after the unit of any metric changed. */
  useLayout(layout: number): void {
    const known = this.#ofLayout[layout]
    if (known?.version === this.#unitsVersion) return
    const { names, units } = this.#directory?.layouts[layout] as Layout
    const metrics = Uint32Array.from(names, (name) => this.indexOf(name, units?.[name]))
    this.#ofLayout[layout] = { metrics: known?.metrics ?? metrics, version: this.#unitsVersion }
  }

  ofLayout(layout: number): Uint32Array {
    return this.#ofLayout[layout]?.metrics ?? new Uint32Array(0)
  }

  listOf(metrics: Iterable<number>): number {
    const list = Uint32Array.from(metrics)
    const key = list.join()
    let index = this.#listIndex.get(key)
    if (index === undefined) {
      this.#listIndex.set(key, (index = this.#lists.length))
      this.#lists.push({ metrics: list, places: new Map(Array.from(list, (metric, place) => [metric, place])) })
    }
    return index
  }

  /** The list that has these metrics too. Those that it had stay where they are. */
  listWith(list: number, metrics: Uint32Array): number {
    const { metrics: known, places } = this.#lists[list] as MetricList
    const added = metrics.filter((metric) => !places.has(metric))
    return added.length === 0 ? list : this.listOf([...known, ...added])
  }

  widthOf(list: number): number {
    return (this.#lists[list] as MetricList).metrics.length
  }

  placeIn(list: number, metric: number): number | undefined {
    return this.#lists[list]?.places.get(metric)
  }

  /** Where the values of a layout are in a list that has all of them. */
  placesOf(list: number, layout: number): Uint32Array {
    const ofLayout = (this.#places[layout] ??= [])
    const known = ofLayout[list]
    if (known !== undefined) return known
    const { places } = this.#lists[list] as MetricList
    return (ofLayout[list] = this.ofLayout(layout).map((metric) => places.get(metric) as number))
  }

  all(): Pick<LiveDirectory, 'metrics' | 'units' | 'lists'> {
    const lists = this.#lists.map(({ metrics }) => metrics)
    return { metrics: [...this.#names], units: [...this.#units], lists }
  }

  /** What the directory has more than in the last frame. */
  takeGrowth(): Omit<LiveGrowth, 'blocks' | 'nodes'> {
    const [metrics, lists] = [this.#names.slice(this.#sentMetrics), this.#lists.slice(this.#sentLists)]
    const growth = {
      metricsFrom: this.#sentMetrics,
      metrics,
      unitsOfMetrics: this.#units.slice(this.#sentMetrics),
      listsFrom: this.#sentLists,
      lists: lists.map((list) => list.metrics),
      ...(this.#areUnitsChanged ? { units: this.#units.slice(0, this.#sentMetrics) } : {}),
    }
    this.#sentMetrics = this.#names.length
    this.#sentLists = this.#lists.length
    this.#areUnitsChanged = false
    return growth
  }
}
