/**
 * Values at least this large are added up 2⁶⁰ times smaller: sums of a billion billion such values, or of smaller
 * ones, stay within a double.
 */
const large = 1e290
const scale = 2 ** 60
const largest = Number.MAX_VALUE / scale
/** PostgreSQL refuses a quotient that becomes 0. Such a sum counts as 0. */
const smallest = 1e-290

/**
 * SQL of the mean of a column in a group. Any finite values have a mean, between the smallest and the largest of them.
 * PostgreSQL's own `avg` fails for values above 1e154 that differ, because it also adds up squares.
 * @param value SQL of a `float8`, not null
 * @param n SQL of how often it counts: a whole number from 1, not null
 */
export function meanOf(value: string, n: string): string {
  const total = `sum(${n})::float8`
  const small = `coalesce(sum(${value} * ${n}) filter (where abs(${value}) < ${float(large)}), 0)`
  const scaled = `coalesce(sum(${value} * ${float(1 / scale)} * ${n}) filter (where abs(${value}) >= ${float(large)}), 0)`
  const smallMean = `case when abs(${small}) < ${float(smallest)} then 0 else ${small} / ${total} end`
  const scaledMean = `greatest(least(${scaled} / ${total}, ${float(largest)}), ${float(-largest)})`
  return `greatest(min(${value}), least(max(${value}), ${smallMean} + ${scaledMean} * ${float(scale)}))`
}

function float(value: number): string {
  return `'${value}'::float8`
}
