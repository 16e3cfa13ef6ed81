import type { Chunk } from '../store/chunk/chunk.ts'
import type { ClosedTimeRange, ReadPart, ReadStore } from '../store/read-store.ts'

/** A chunk of one of several parts. */
export interface PartChunk {
  /** Index of its part among them. */
  readonly rank: number
  readonly part: ReadPart
  readonly chunk: Chunk
}

/** A part whose next chunk is known. */
interface Source {
  readonly rank: number
  readonly part: ReadPart
  readonly rest: Iterator<Chunk>
  next: Chunk
}

/**
 * Chunks of several parts in order of their first second, as those of one part. A chunk begins at most the longest bump
 * of the parts before one that was read before it.
 */
export function* chunksOfParts(
  store: ReadStore,
  parts: readonly ReadPart[],
  range: ClosedTimeRange,
): Generator<PartChunk> {
  const open: Source[] = []
  for (const [rank, part] of parts.entries()) {
    const rest = store.chunks(part, range)
    const next = rest.next()
    if (next.done !== true) open.push({ rank, part, rest, next: next.value })
  }
  while (open.length > 0) {
    let first = 0
    for (let i = 1; i < open.length; i++) if (startOf(open, i) < startOf(open, first)) first = i
    const source = open[first] as Source
    yield { rank: source.rank, part: source.part, chunk: source.next }
    const next = source.rest.next()
    if (next.done === true) open.splice(first, 1)
    else source.next = next.value
  }
}

function startOf(open: readonly Source[], i: number): number {
  return open[i]?.next.header.t0 ?? Infinity
}
