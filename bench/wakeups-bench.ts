import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startVirtualDesktop } from '../scripts/desktop/virtual-desktop.ts'
import { TrayHost } from '../tests/support/tray-host.ts'
import { startFleet } from './fleet-load.ts'
import { endApp, startHiddenApp } from './hidden-app.ts'
import { type BenchResult, singleMeasurement } from './measure.ts'

export interface WakeupsBench {
  readonly bootstrap: string
  readonly dir: string
  readonly seconds: number
  readonly say: (step: string) => void
}

const topic = 'bench-wakeups'
const nodes = 100
const intervalSeconds = 5
const wakeupsAtMost = 20
/** Caches fill, code is compiled, and Chromium finishes what it does after a start. */
const settleMs = 60_000

/**
 * Wake-ups a second of the real app, started in the tray, while 100 nodes send every 5 s. Counted are the voluntary
 * context switches of all threads of all its processes (`voluntary_ctxt_switches` of /proc/<pid>/task/<tid>/status): a
 * thread that waits is woken once for each. Involuntary ones are left out: the scheduler took the CPU from a thread that
 * was awake. The app is started without a debugger, which would wake it.
 */
export async function wakeupsBench({ bootstrap, dir, seconds, say }: WakeupsBench): Promise<BenchResult[]> {
  const desktop = await startVirtualDesktop({ dir: join(dir, 'desktop') })
  // Without a tray, a hidden start shows the window.
  const tray = await new TrayHost(desktop.env.DBUS_SESSION_BUS_ADDRESS ?? '').start()
  const stopFleet = await startFleet({ bootstrap, topic, nodes, intervalSeconds })
  const app = await startHiddenApp({
    desktop: desktop.env,
    bootstrap,
    topicPattern: `^${topic}$`,
    dataDir: mkdtempSync(join(dir, 'wakeups-')),
  })
  try {
    say(`wake-ups, hidden, ${seconds} s`)
    await delay(settleMs)
    const before = wakeupsOf(app)
    const begin = performance.now()
    await delay(seconds * 1000)
    const passed = (performance.now() - begin) / 1000
    const threads = difference(before, wakeupsOf(app))
    const named = threads.filter(({ count }) => count / passed >= 0.1)
    for (const { name, count } of named) say(`  ${(count / passed).toFixed(1)}/s ${name}`)
    return [
      singleMeasurement({
        name: `wake-ups, hidden, ${nodes} nodes at ${intervalSeconds} s`,
        unit: '/s',
        ours: threads.reduce((sum, { count }) => sum + count, 0) / passed,
        limitName: 'what a battery tolerates',
        limit: wakeupsAtMost,
        target: { atMost: 1 },
      }),
    ]
  } finally {
    await endApp(app)
    await stopFleet()
    tray.stop()
    await desktop.stop()
  }
}

interface ThreadWakeups {
  /** "type of the process: thread", as Chromium and Node name them. */
  readonly name: string
  readonly count: number
}

/** By `pid/tid`. */
function wakeupsOf({ pid = 0 }: ChildProcess): Map<string, ThreadWakeups> {
  const found = new Map<string, ThreadWakeups>()
  for (const id of withDescendants(pid)) {
    const type = /--type=([\w-]+)/.exec(read(`/proc/${id}/cmdline`))?.[1] ?? 'main'
    for (const tid of list(`/proc/${id}/task`)) {
      const status = read(`/proc/${id}/task/${tid}/status`)
      const count = Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1] ?? 0)
      found.set(`${id}/${tid}`, { name: `${type}: ${/^Name:\s*(.*)$/m.exec(status)?.[1] ?? ''}`, count })
    }
  }
  return found
}

/** The most first. A thread that began in between counts from its start. */
function difference(
  before: ReadonlyMap<string, ThreadWakeups>,
  after: ReadonlyMap<string, ThreadWakeups>,
): ThreadWakeups[] {
  const counted = [...after].map(([id, { name, count }]) => ({ name, count: count - (before.get(id)?.count ?? 0) }))
  return counted.sort((a, b) => b.count - a.count)
}

function withDescendants(root: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of list('/proc')) {
    const parent = /^PPid:\s*(\d+)/m.exec(/^\d+$/.test(entry) ? read(`/proc/${entry}/status`) : '')?.[1]
    if (parent !== undefined) parents.set(Number(entry), Number(parent))
  }
  const family = [root]
  for (const member of family) for (const [id, parent] of parents) if (parent === member) family.push(id)
  return family
}

/** Empty if the process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
