import type { HouseFormula, Term } from './record-part.ts'

/** A dimension of a chart, with the sign of its value: charts draw what leaves the host below zero. */
interface Signed {
  readonly id: string
  readonly unit: string
  readonly value: number
}

/** kilobits/s to Mbps, and KiB/s to MB/s. */
const megabits = 1 / 1e3
const megabytes = 1024 / 1e6

/** The metrics of the house, from a whole chart. None if a dimension is missing that they need. */
export function netdataHouse(chart: string, dimensions: readonly Signed[]): HouseFormula[] {
  const ids = dimensions.map(({ id }) => id)
  const has = (...wanted: readonly string[]): boolean => wanted.every((id) => ids.includes(id))
  const isIn = (unit: string): boolean => dimensions.every((one) => one.unit === unit)
  const over = 'record'
  if (chart === 'system.cpu' && has('user', 'system') && isIn('percentage')) {
    const terms = termsOf(dimensions, (id) => (id === 'idle' ? 0 : 1))
    return [{ metric: 'cpu_usage', combine: 'sum', over, terms }]
  }
  if (chart === 'system.ram' && has('used', 'free')) {
    const terms = termsOf(dimensions, (id) => (id === 'used' ? 1 : 0)).map((term) => ({ ...term, denominator: 1 }))
    return [{ metric: 'memory_usage', combine: 'share', over, terms }]
  }
  if (chart === 'system.net' && isIn('kilobits/s') && has('received', 'sent')) {
    return [{ metric: 'network_traffic', combine: 'sum', over, terms: termsOf(dimensions, () => megabits) }]
  }
  if (chart === 'system.io' && isIn('KiB/s')) {
    return [{ metric: 'disk_io', combine: 'sum', over, terms: termsOf(dimensions, () => megabytes) }]
  }
  return []
}

function termsOf(dimensions: readonly Signed[], factor: (id: string) => number): Term[] {
  return dimensions.map(({ id, value }, index) => {
    return { index, numerator: value < 0 ? -factor(id) : factor(id), denominator: 0 }
  })
}
