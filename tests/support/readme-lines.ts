import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const readme = join(import.meta.dirname, '..', '..', 'README.md')

/** The configuration that the README has for a program, with the address of a real broker. */
export function readmeLines(program: string, bootstrap: string): string {
  const row = readFileSync(readme, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| **${program}**`))
  const cell = row?.split('|')[2] ?? ''
  const lines = [...cell.matchAll(/`([^`]+)`/g)].map(([, line]) => line)
  if (lines.length === 0) throw new Error(`README.md has no configuration of ${program}`)
  return lines.join('\n').replaceAll('kafka:9092', bootstrap)
}
