import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { isMet, type BenchResult, type RatioTarget } from './measure.ts'

export function tableOf(results: readonly BenchResult[]): string {
  const rows = results.map((result) => [
    result.name,
    `${shown(result.ours)} ${result.unit}`,
    shown(result.limit),
    result.ratio.toFixed(2),
    result.rounds > 1 ? `${result.spread[0].toFixed(2)}–${result.spread[1].toFixed(2)}` : '',
    result.target ? shownTarget(result.target, result.ratio) : '',
    result.limitName,
  ])
  const table = [['what', 'ours', 'limit', 'ratio', 'spread', 'target', 'the limit is'], ...rows]
  const widths = [0, 1, 2, 3, 4, 5, 6].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Includes the hardware and versions that other machines must be compared by. */
export function writeReport(path: string, results: readonly BenchResult[], quick: boolean): void {
  const processors = cpus()
  const machine = {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    os: `${process.platform} ${release()}`,
    node: process.version,
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), quick, machine, results }, null, 2)}\n`)
}

function shownTarget(target: RatioTarget, ratio: number): string {
  const wanted = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
  return isMet(target, ratio) ? wanted : `${wanted} missed`
}

/** Three significant digits, with a thousands separator. */
function shown(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)))
  const rounded = Number(value.toPrecision(3)).toFixed(digits)
  return rounded.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
