import type { RangePart } from '#shared/ipc/contract.ts'
import { formatDuration } from '#shared/format/duration.ts'

/** The moments within a chart at which its values begin to come from somewhere else. */
export function seamsOf(parts: readonly RangePart[]): readonly number[] {
  return parts.filter((part, i) => i > 0 && part.source !== parts[i - 1]?.source).map(({ from }) => from)
}

/**
 * Which part came from where: `until 12:40 from the backend (1 m values), then from this console`. `undefined` where
 * all of it is this console's own: then there is nothing to know. `clock` writes a moment.
 */
export function sourceLine(parts: readonly RangePart[], clock: (at: number) => string): string | undefined {
  if (parts.every(({ source }) => source === 'cache')) return undefined
  const words = parts.map(({ source, resolution, to }, i) => {
    const values = resolution > 0 ? ` (${formatDuration(resolution * 1000)} values)` : ''
    const from = source === 'backend' ? `from the backend${values}` : 'from this console'
    return i === parts.length - 1 ? from : `until ${clock(to)} ${from}`
  })
  return words.join(', then ')
}
