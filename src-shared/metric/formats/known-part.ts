import type { PartShape, RecordPart, RecordReading } from './record-part.ts'

const noShape: PartShape = {
  format: 'remo',
  part: '',
  names: [],
  units: {},
  counters: [],
  house: [],
  means: [],
  attributes: {},
}

/** A reading of one part that is used again for each record. So reading a known record leaves nothing to collect. */
export class KnownPart {
  readonly #part: { -readonly [K in keyof RecordPart]: RecordPart[K] } = {
    nodeId: '',
    nodeName: '',
    at: 0,
    shape: noShape,
    values: [],
  }
  readonly #reading: RecordReading = { kind: 'parts', parts: [this.#part] }

  /** @returns the reading, which is valid until the next call */
  of(nodeId: string, at: number, { shape, values }: Pick<RecordPart, 'shape' | 'values'>): RecordReading {
    const part = this.#part
    part.nodeId = nodeId
    part.nodeName = nodeId
    part.at = at
    part.shape = shape
    part.values = values
    return this.#reading
  }
}

/** Room for the values of a shape. Doubles from the begin on: an array of integers would be copied for the first one. */
export function roomFor(count: number): number[] {
  return Array.from({ length: count }, () => 0.5)
}
