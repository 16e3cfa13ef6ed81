import type { RangeSegment } from '#shared/ipc/contract.ts'
import { formatDuration } from '#shared/format/duration.ts'

/** Times at which the source of the values changes. */
export function segmentBoundariesOf(segments: readonly RangeSegment[]): readonly number[] {
  return segments.filter((segment, i) => i > 0 && segment.source !== segments[i - 1]?.source).map(({ from }) => from)
}

/**
 * The source of each segment: `until 12:40 from the backend (1 m values), then from this console`. `undefined` if all
 * values are from this console. `clock` formats a time.
 */
export function segmentLine(segments: readonly RangeSegment[], clock: (at: number) => string): string | undefined {
  if (segments.every(({ source }) => source === 'cache')) return undefined
  const words = segments.map(({ source, resolution, to }, i) => {
    const values = resolution > 0 ? ` (${formatDuration(resolution * 1000)} values)` : ''
    const from = source === 'backend' ? `from the backend${values}` : 'from this console'
    return i === segments.length - 1 ? from : `until ${clock(to)} ${from}`
  })
  return words.join(', then ')
}
