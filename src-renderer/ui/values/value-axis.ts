import { formatNumber } from '#shared/format/number.ts'
import { unitScale } from '#shared/format/unit-scale.ts'

/** A value axis with round ends. Drawings divide values by `factor`, so that ±1.7e308 has a finite span. */
export interface ValueAxis {
  /** In drawn units: value / `factor`. `min` < `max`. */
  readonly min: number
  readonly max: number
  readonly interval: number
  readonly factor: number
  /** Unit of the labels, `GB/s` for MB/s; '' if unknown. */
  readonly unit: string
  /** Label of a tick, in drawn units, without the unit. */
  label(drawn: number): string
}

export interface ValueAxisOptions {
  /** Lowest and highest of everything that must be visible: values and levels. Infinite or NaN: nothing is. */
  readonly low: number
  readonly high: number
  readonly unit: string
  /** The least end, such as 100 for a percentage. A higher value still makes the axis longer. */
  readonly max?: number | undefined
  /** About how many intervals. */
  readonly splits?: number
}

/** Space between the highest value and the end of the axis, if nothing fixes the end. */
const headroom = 1.04
const roundSteps = [1, 2, 2.5, 5, 10]

/** The axis of a chart or sparkline. It has 0, all values, and the end of the metric's range. */
export function valueAxis({ low, high, unit, max = 0, splits = 5 }: ValueAxisOptions): ValueAxis {
  const isEmpty = !(low <= high)
  const bottom = isEmpty ? 0 : Math.min(0, drawable(low))
  const top = Math.max(max, isEmpty ? 0 : drawable(high))
  const scale = axisScale(Math.max(-bottom, top), unit)
  // A value at the end of the metric's range needs no room above it.
  const end = (top > max || max === 0 ? headroom : 1) * (top / scale.factor)
  const start = bottom / scale.factor
  const ends = end === 0 && start === 0 ? { start: 0, end: 1 } : { start: start * (start < 0 ? headroom : 1), end }
  const interval = roundStep((ends.end - ends.start) / splits)
  const decimals = decimalsOf(interval)
  return {
    min: onGrid(Math.floor(ends.start / interval + 1e-9) * interval, decimals),
    max: onGrid(Math.ceil(ends.end / interval - 1e-9) * interval, decimals),
    interval,
    factor: scale.factor,
    unit: scale.unit,
    label: (drawn) => {
      const text = formatNumber(drawn, decimals)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '')
      return text === '0' ? text : text + scale.suffix
    },
  }
}

/** Lowest and highest of some values; NaN counts as no value. */
export function extentOf(values: Iterable<number>): { readonly low: number; readonly high: number } {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

/** As for a text, but an exponent becomes a factor too: labels are 1e+308, 2e+308. */
function axisScale(size: number, unit: string): { factor: number; unit: string; suffix: string } {
  const { factor, unit: scaledUnit, exponent } = unitScale(size, unit)
  if (exponent === undefined) return { factor, unit: scaledUnit, suffix: '' }
  const power = Math.floor(Math.log10(size))
  return { factor: 10 ** power, unit, suffix: `e${power < 0 ? '\u2212' : '+'}${Math.abs(power)}` }
}

/** Powers of ten below this are inexact, so smaller values are drawn as 0. */
function drawable(value: number): number {
  return Math.abs(value) < 1e-290 ? 0 : value
}

/** The step of 1, 2, 2.5 or 5 × 10^n that is next to `wanted`, or up to 15 % smaller. */
function roundStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return (roundSteps.find((step) => step * power >= wanted * 0.85) ?? 10) * power
}

/** Decimals that tell the ticks of this interval apart. */
function decimalsOf(interval: number): number {
  const power = Math.floor(Math.log10(interval) + 1e-9)
  const isWhole = Math.abs(interval / 10 ** power - 2.5) > 0.1
  return Math.min(100, Math.max(0, (isWhole ? 0 : 1) - power))
}

/** Removes the error of a multiplication: 3 × 0.1 is 0.3. */
function onGrid(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
