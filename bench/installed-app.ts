/** Measures the installed app for package-bench.ts, in a copy of this system. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { processesOf } from '../tests/support/app-processes.ts'
import { requireInstalled } from '../tests/support/dpkg.ts'
import { emptyHome, type InstalledApp } from '../tests/support/installed-app.ts'
import { InstalledDesktop } from '../tests/support/installed-desktop.ts'
import { calm } from '../tests/support/node-steps.ts'
import { figuresName, type InstalledFigures } from './package-bench.ts'

const nodes = ['idle-1', 'idle-2', 'idle-3']
const sendEveryMs = 1_000
const settleMs = 60_000

await requireInstalled()
const on = await InstalledDesktop.start()
const home = emptyHome()
const send = () => on.producer.send(...nodes.map((nodeId) => ({ nodeId, at: Date.now(), metrics: calm })))
await send()
const timer = setInterval(() => void send(), sendEveryMs)
const starts: Array<InstalledFigures['starts'][number]> = []
let app = await start()
await app.quit()
app = await start()
await delay(settleMs)
const processes = processesOf(app.pid)
const memory = processes.map(({ pid }) => pssOf(pid)).reduce((sum, bytes) => sum + bytes, 0)
clearInterval(timer)
await on.end()
const figures: InstalledFigures = { starts, memory, processes: processes.length }
writeFileSync(join(import.meta.dirname, '..', 'test-results', figuresName), JSON.stringify(figures))

async function start(): Promise<InstalledApp> {
  const started = await on.launch({ home })
  const page = await started.window()
  await page.waitForFunction(() => /^\s*Live/.test(document.querySelector('header [role="status"]')?.textContent ?? ''))
  const live = Date.now() - started.startedAt
  // The protocol connects late; the page knows when it first showed something.
  const painted = await page.evaluate(
    () => performance.timeOrigin + (performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN),
  )
  starts.push({ window: painted - started.startedAt, live })
  return started
}

/** Proportional set size: memory that processes share counts in equal parts. */
function pssOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0 // it has ended
  }
}
