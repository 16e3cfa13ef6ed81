import { dayMs } from '#shared/format/time-units.ts'
import type { StoredPart } from './stored-part.ts'

/** A part whose counters are newer goes on: some programs send once a day. */
const keptMs = 7 * dayMs

/**
 * The parts of which nothing is left: no chunk, no head, no record in the journal. Disks, network interfaces and
 * containers come and go, and their series would count as those of the node forever. Its first part has the number of
 * the node and stays.
 */
export function emptyParts(parts: readonly StoredPart[]): StoredPart[] {
  return parts.filter(({ node, row, head, base, isInJournal, counters }) => {
    if (row.no === node.no || base || head.count > 0 || isInJournal) return false
    return counters.every((values) => values.newestAt() < node.presentAt - keptMs)
  })
}
