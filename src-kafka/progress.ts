/** Where a partition was read to, and since when it has stood there. */
export interface Mark {
  readonly offset: number
  readonly since: number
}

export interface Reading {
  /** Topic and partition, as one text. */
  readonly key: string
  readonly offset: number
  readonly end: number
}

/**
 * One round of the progress watch: partitions that have records to read and have not moved for `limitMs` are stalled.
 * A client can be connected, heartbeat and deliver nothing for hours without an error.
 */
export function watchProgress(
  marks: ReadonlyMap<string, Mark>,
  readings: readonly Reading[],
  { now, limitMs }: { readonly now: number; readonly limitMs: number },
): { marks: Map<string, Mark>; stalled: string[] } {
  const next = new Map<string, Mark>()
  const stalled: string[] = []
  for (const { key, offset, end } of readings) {
    if (offset >= end) continue
    const before = marks.get(key)
    const mark = before?.offset === offset ? before : { offset, since: now }
    next.set(key, mark)
    if (now - mark.since >= limitMs) stalled.push(key)
  }
  return { marks: next, stalled }
}
