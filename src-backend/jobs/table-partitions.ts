import { dayMs } from '#shared/format/time-units.ts'

/** Start of the day (UTC). */
export const floorDay = (at: number): number => Math.floor(at / dayMs) * dayMs

/** A partition of a table. Epoch ms, `to` exclusive. */
export interface TablePartition {
  readonly parent: 'sample' | 'rollup_row' | 'rollup'
  readonly name: string
  readonly from: number
  readonly to: number
}

/** `sample_20261124`. */
export function dayPartition(at: number): TablePartition {
  const from = floorDay(at)
  return { parent: 'sample', name: `sample_${digits(from).slice(0, 8)}`, from, to: from + dayMs }
}

/** `rollup_row_202611`. */
export function monthPartition(at: number): TablePartition {
  return monthOf('rollup_row', at)
}

function monthOf(parent: 'rollup_row' | 'rollup', at: number): TablePartition {
  const date = new Date(at)
  const from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  const to = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
  return { parent, name: `${parent}_${digits(from).slice(0, 6)}`, from, to }
}

/** The partition with this name; `undefined` if the name has another form. */
export function partitionNamed(name: string): TablePartition | undefined {
  const [, parent, year, month, day] = /^(sample|rollup_row|rollup)_(\d{4})(\d{2})(\d{2})?$/.exec(name) ?? []
  if (parent === undefined) return undefined
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1))
  const made = parent === 'sample' ? dayPartition(at) : monthOf(parent as 'rollup_row' | 'rollup', at)
  return made.name === name ? made : undefined
}

function digits(at: number): string {
  return new Date(at).toISOString().replaceAll(/\D/g, '')
}
