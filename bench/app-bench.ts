import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { startVirtualDesktop } from '../scripts/desktop/virtual-desktop.ts'
import { freePort } from '../scripts/process/free-port.ts'
import { RunningConsole } from '../tests/support/running-console.ts'
import { startFleet } from './fleet-load.ts'
import { type BenchResult, singleMeasurement, timeLimit } from './measure.ts'

export interface AppBench {
  readonly bootstrap: string
  readonly dir: string
  /** Of each of the three measurements. */
  readonly seconds: number
  readonly say: (step: string) => void
}

const topic = 'bench-app'
/** Each sends four metrics once a second. */
const nodes = 2_000
const megabyte = 1024 * 1024
const limits = { cpu: 50, framesPerSecond: 30, ageMs: 2_000, heapGrowth: 1.5 }

/**
 * The real app on a virtual desktop while a fleet sends: with its window on Overview, on Metrics, and hidden. CPU is in
 * percent of a core; the page includes its compositor.
 */
export async function appBench({ bootstrap, dir, seconds, say }: AppBench): Promise<BenchResult[]> {
  const desktop = await startVirtualDesktop({ dir: join(dir, 'desktop') })
  const stopFleet = await startFleet({ bootstrap, topic, nodes })
  const dataDir = mkdtempSync(join(dir, 'app-'))
  const env = { ...desktop.env, KAFKA_TOPIC_PATTERN: `^${topic}$` }
  const running = await RunningConsole.start({ env, bootstrap, dataDir, metricsPort: await freePort() })
  try {
    const page = await running.window()
    await page.getByRole('banner').getByRole('status').filter({ hasText: 'Live' }).waitFor({ timeout: 60_000 })
    await delay(10_000)
    const heapAtStart = await heapOf(running, page)
    const results: BenchResult[] = []
    for (const view of ['Overview', 'Metrics', 'hidden'] as const) {
      say(`app, ${view}, ${seconds} s`)
      await show(running, page, view)
      results.push(...(await measureView(running, page, { view, seconds })))
    }
    await show(running, page, 'Overview')
    const heapAtEnd = await heapOf(running, page)
    return [...results, ...heapGrowth(heapAtStart, heapAtEnd)]
  } finally {
    await running.quit()
    await stopFleet()
    await desktop.stop()
  }
}

type View = 'Overview' | 'Metrics' | 'hidden'

async function show({ app }: RunningConsole, page: Page, view: View): Promise<void> {
  await app.evaluate(({ BrowserWindow }, visible) => {
    const [window] = BrowserWindow.getAllWindows()
    if (visible) window?.show()
    else window?.hide()
  }, view !== 'hidden')
  if (view !== 'hidden') await page.getByRole('navigation').getByText(view, { exact: true }).click()
  await delay(3_000)
}

async function measureView(
  running: RunningConsole,
  page: Page,
  { view, seconds }: { view: View; seconds: number },
): Promise<BenchResult[]> {
  const before = await cpuSeconds(running)
  const begin = performance.now()
  const seen = view === 'hidden' ? undefined : await page.evaluate(watchPage, seconds * 1000)
  if (!seen) await delay(seconds * 1000)
  const after = await cpuSeconds(running)
  const passed = (performance.now() - begin) / 1000
  const cpu = (part: 'main' | 'page'): BenchResult =>
    singleMeasurement({
      name: `app at ${nodes} msg/s, ${view}: CPU of ${part}`,
      unit: '%',
      ours: ((after[part] - before[part]) / passed) * 100,
      limitName: 'half a core',
      limit: limits.cpu,
      target: { atMost: 1 },
    })
  if (!seen) return [cpu('main'), cpu('page')]
  return [
    cpu('main'),
    cpu('page'),
    singleMeasurement({
      name: `app, ${view}: frames a second`,
      unit: '/s',
      ours: seen.framesPerSecond,
      limitName: 'what looks smooth',
      limit: limits.framesPerSecond,
      target: { atLeast: 1 },
    }),
    timeLimit(`app, ${view}: largest age in the chip`, seen.largestAgeMs, limits.ageMs),
  ]
}

/** Runs in the page: counts its frames, and reads the chip whenever its text changes. */
function watchPage(ms: number): Promise<{ framesPerSecond: number; largestAgeMs: number }> {
  const chip = document.querySelector('header [role="status"]')
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  let largestAgeMs = 0
  const read = (): void => {
    const text = chip?.textContent ?? ''
    // Not live is as bad as an age without bound.
    if (!/^\s*Live/.test(text)) largestAgeMs = Infinity
    const age = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h)\b/g)]
    const sum = age.reduce((total, [, value, unit]) => total + Number(value) * (units[unit ?? ''] ?? 0), 0)
    largestAgeMs = Math.max(largestAgeMs, sum)
  }
  const observer = new MutationObserver(read)
  if (chip) observer.observe(chip, { characterData: true, childList: true, subtree: true })
  read()
  return new Promise((resolve) => {
    const begin = performance.now()
    let frames = 0
    const frame = (now: number): void => {
      frames++
      if (now - begin < ms) return void requestAnimationFrame(frame)
      observer.disconnect()
      resolve({ framesPerSecond: (frames / (now - begin)) * 1000, largestAgeMs: chip ? largestAgeMs : Infinity })
    }
    requestAnimationFrame(frame)
  })
}

/** CPU time since the start of each process, in seconds. */
async function cpuSeconds({ app }: RunningConsole): Promise<{ main: number; page: number }> {
  const used = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().map(({ type, cpu }) => ({ type, seconds: cpu.cumulativeCPUUsage ?? 0 })),
  )
  const of = (types: readonly string[]): number =>
    used.reduce((sum, { type, seconds }) => sum + (types.includes(type) ? seconds : 0), 0)
  return { main: of(['Browser']), page: of(['Tab', 'GPU']) }
}

interface Heap {
  /** All of the main process: three threads and native memory. */
  readonly mainRss: number
  readonly pageHeap: number
}

async function heapOf({ app }: RunningConsole, page: Page): Promise<Heap> {
  const mainRss = await app.evaluate(() => process.memoryUsage.rss())
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return { mainRss, pageHeap: usedSize }
}

function heapGrowth(start: Heap, end: Heap): BenchResult[] {
  return (['mainRss', 'pageHeap'] as const).map((part) =>
    singleMeasurement({
      name: `app: ${part === 'mainRss' ? 'memory of main' : 'heap of the page'} at the end`,
      unit: 'MB',
      ours: end[part] / megabyte,
      limitName: 'at the start',
      limit: start[part] / megabyte,
      target: { atMost: limits.heapGrowth },
    }),
  )
}
