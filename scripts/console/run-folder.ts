/** A folder per run of the console, named after its process, so that leftovers of killed runs can be cleaned up. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachePath } from '../bootstrap/cache.mjs'
import { identityOf, isRunning, type ProcessIdentity } from '../bootstrap/process-identity.mjs'
import { printLine } from '../bootstrap/console-output.mjs'
import { stopVirtualDesktop } from '../desktop/virtual-desktop.ts'
import { stopApp } from './console-app.ts'

const runs = cachePath('run')

export function claimRunFolder(): string {
  const dir = join(runs, String(process.pid))
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'owner'), JSON.stringify(identityOf(process.pid)))
  return dir
}

/** Stops programs that dead runs left running. */
export async function clearDeadRuns(): Promise<void> {
  for (const name of existsSync(runs) ? readdirSync(runs) : []) {
    const dir = join(runs, name)
    if (isAlive(dir)) continue
    printLine(`cleaning up after an earlier run (process ${name}) that was killed`)
    await clearRun(dir)
  }
}

/** In order of dependency. */
export async function clearRun(dir: string): Promise<void> {
  await stopApp(dir)
  await stopVirtualDesktop(dir)
  rmSync(dir, { recursive: true, force: true })
}

function isAlive(dir: string): boolean {
  try {
    return isRunning(JSON.parse(readFileSync(join(dir, 'owner'), 'utf8')) as ProcessIdentity)
  } catch {
    return false // killed before it wrote its record
  }
}
