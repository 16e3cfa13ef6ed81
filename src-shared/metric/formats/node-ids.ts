import type { RecordReading } from './record-part.ts'

/** One string for each node, whatever records have it: strings that are one object are found equal at once. */
export class NodeIds {
  readonly #ids = new Map<string, string>()

  /** The string of this node. A new node has the one of the reading, which others may know already. */
  of(nodeId: string, reading: RecordReading): string {
    const known = this.#ids.get(nodeId)
    if (known !== undefined) return known
    const read = reading.kind === 'parts' ? reading.parts[0]?.nodeId : undefined
    const kept = read === nodeId ? read : nodeId
    this.#ids.set(kept, kept)
    return kept
  }

  clear(): void {
    this.#ids.clear()
  }
}
