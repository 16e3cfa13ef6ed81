import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { VirtualDesktop } from '../desktop/virtual-desktop.ts'
import { demoInterval } from '../stack/demo.ts'

/** An empty screen has one color, an unpainted window has few. */
const paintedColours = 64

/**
 * Takes a screenshot after the window has painted and one more round of values has arrived.
 * @throws AbortError if `stop` is aborted first
 */
export async function takeScreenshot(desktop: VirtualDesktop, file: string, stop: AbortSignal): Promise<void> {
  do {
    await delay(500, undefined, { signal: stop })
    await desktop.screenshot(file)
  } while ((await coloursIn(file)) < paintedColours)
  await delay(demoInterval * 1000, undefined, { signal: stop })
  await desktop.screenshot(file)
}

async function coloursIn(file: string): Promise<number> {
  const { stdout } = await promisify(execFile)('identify', ['-format', '%k', file])
  return Number(stdout)
}
