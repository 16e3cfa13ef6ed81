import { metricInfo, unitIn } from '#shared/metric/metric-info.ts'
import { csvNumber, csvText } from '#shared/format/csv.ts'

export const csvHeader = 'Timestamp,Node ID,Metric Type,Value,Unit\r\n'

export interface ExportedNode {
  readonly nodeId: string
  /** By metric, from the producers. */
  readonly units: Readonly<Record<string, string>>
}

/** Nodes and layouts by their numbers. */
export interface ExportNames {
  readonly nodes: ReadonlyMap<number, ExportedNode>
  /** Metrics of each layout, in the order of its values. */
  readonly layouts: ReadonlyMap<number, readonly string[]>
}

export interface SampleRecord {
  /** Epoch ms. */
  readonly at: number
  readonly node: number
  readonly layout: number
  readonly values: readonly number[]
}

/** Text before and after a value. */
interface LineParts {
  readonly before: string
  readonly behind: string
}

/** CSV lines of records, one per value. Text that does not change between records is built once. */
export class CsvLines {
  readonly #names: ExportNames
  readonly #metric: string | undefined
  readonly #frames = new Map<string, ReadonlyArray<LineParts | undefined>>()
  #at = NaN
  #time = ''

  /** @param metric `undefined`: all */
  constructor(names: ExportNames, metric: string | undefined) {
    this.#names = names
    this.#metric = metric
  }

  linesOf({ at, node, layout, values }: SampleRecord): string {
    if (at !== this.#at) {
      this.#at = at
      this.#time = new Date(at).toISOString()
    }
    const frames = this.#framesOf(node, layout)
    let lines = ''
    for (let i = 0; i < values.length; i++) {
      const frame = frames[i]
      if (frame) lines += this.#time + frame.before + csvNumber(values[i] ?? NaN) + frame.behind
    }
    return lines
  }

  #framesOf(node: number, layout: number): ReadonlyArray<LineParts | undefined> {
    const key = `${node}/${layout}`
    let frames = this.#frames.get(key)
    if (!frames) this.#frames.set(key, (frames = this.#makeFrames(node, layout)))
    return frames
  }

  #makeFrames(node: number, layout: number): Array<LineParts | undefined> {
    const named = this.#names.nodes.get(node)
    return (this.#names.layouts.get(layout) ?? []).map((metric) => {
      if (!named || (this.#metric !== undefined && metric !== this.#metric)) return undefined
      const { unit } = metricInfo(metric, unitIn(named.units, metric))
      return { before: `,${csvText(named.nodeId)},${csvText(metric)},`, behind: `,${csvText(unit)}\r\n` }
    })
  }
}
