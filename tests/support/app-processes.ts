import { readdirSync, readFileSync } from 'node:fs'

export interface AppProcess {
  readonly pid: number
  /** With its arguments. */
  readonly command: string
  /** Text of `/proc/<pid>/status`. */
  readonly status: string
}

/** A program and all processes that it started, directly or not. Linux only. */
export function processesOf(root: number): AppProcess[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return [{ pid: Number(name), command, status, parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) }]
      } catch {
        return [] // it has ended
      }
    })
  const found = all.filter(({ pid }) => pid === root)
  // Grows while it is read: the children of each process follow it.
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid))
  return found
}
