import { hourMs, minuteMs } from '#shared/format/time-units.ts'
import type { SampleRows } from './copy-samples.ts'
import type { DueMinutes } from '../samples-repo.ts'

/** Minutes to roll up after these samples. One row per hour, so that a late record does not cover days. */
export function dueMinutes(parts: ReadonlyArray<Pick<SampleRows, 'count' | 'node' | 'at'>>): DueMinutes[] {
  const hours = new Map<number, { nodes: Set<number>; since: number; until: number }>()
  for (const part of parts) {
    for (let i = 0; i < part.count; i++) {
      const [node, at] = [part.node[i] as number, part.at[i] as number]
      const hour = Math.floor(at / hourMs)
      const minute = Math.floor(at / minuteMs) * minuteMs
      let due = hours.get(hour)
      if (!due) hours.set(hour, (due = { nodes: new Set(), since: minute, until: minute + minuteMs }))
      due.nodes.add(node)
      due.since = Math.min(due.since, minute)
      due.until = Math.max(due.until, minute + minuteMs)
    }
  }
  return Array.from(hours.values(), ({ nodes, since, until }) => ({ nodes: [...nodes], since, until }))
}
