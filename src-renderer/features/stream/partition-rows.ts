import type { PartitionView } from '#shared/ipc/source-calls.ts'

export type PartitionSort = 'lag' | 'topic' | 'rate' | 'rejected' | 'last'

export type PartitionRow = PartitionView & { readonly id: string }

type Compare = (a: PartitionView, b: PartitionView) => number

const byTopic: Compare = (a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1)
/** The worst first. Of equal ones, by topic, so that rows keep their places. */
const orders: Readonly<Record<PartitionSort, Compare>> = {
  lag: (a, b) => (b.lagSeconds ?? 0) - (a.lagSeconds ?? 0) || b.lagMessages - a.lagMessages,
  topic: () => 0,
  rate: (a, b) => b.recordsPerSecond - a.recordsPerSecond,
  rejected: (a, b) => b.rejected - a.rejected,
  last: (a, b) => (a.lastAt ?? Infinity) - (b.lastAt ?? Infinity),
}

export function sortedPartitions(partitions: readonly PartitionView[], sort: PartitionSort): PartitionRow[] {
  return partitions
    .map((partition) => ({ ...partition, id: `${partition.topic}/${partition.partition}` }))
    .sort((a, b) => orders[sort](a, b) || byTopic(a, b))
}

/** Points of a line in a box of `width` × `height`, from 0 at the bottom to the largest value. */
export function trendPoints(trend: readonly number[], width: number, height: number): string {
  const most = Math.max(...trend, 0)
  const step = trend.length > 1 ? width / (trend.length - 1) : 0
  const y = (value: number): number => height - (most === 0 ? 0 : (value / most) * height)
  return trend.map((value, i) => `${round(i * step)},${round(y(value))}`).join(' ')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
