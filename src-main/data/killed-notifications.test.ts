import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { NotifyingConsole } from './notifying-console.ts'

const notifier = fileURLToPath(new URL('./test-notifier.ts', import.meta.url))

const kills = 8

test('a console that is killed again and again shows the end of each alert whose popup it showed, once', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'remo-killed-'))
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, [notifier, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
    await recordsOf(child.stdout, 8)
    // Not a wait for a result: each run is killed at another moment.
    await new Promise((resolve) => setTimeout(resolve, (kill * 11) % 60))
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const last = new NotifyingConsole(dir)
  const { fixture } = last
  last.show()
  const shownOf = fixture.call('alerts.list', { open: false }).map(({ id }) =>
    fixture
      .call('alerts.timeline', { id })
      .filter(({ kind }) => kind === 'notified')
      .map(({ as }) => as),
  )
  expect(shownOf.length).toBeGreaterThan(2 * kills)
  // An alert of which the crash took the popup has none of its end, either.
  const isWhole = (shown: readonly unknown[]): boolean => shown.length === 0 || shown.join() === 'popup,resolved'
  expect(shownOf.filter((shown) => !isWhole(shown))).toEqual([])
  expect(shownOf.filter((shown) => shown.length > 0).length).toBeGreaterThan(shownOf.length - kills)
  fixture.remove()
  rmSync(dir, { recursive: true, force: true })
}, 120_000)

/** Waits until the process has read this many records. */
async function recordsOf(output: Readable, count: number): Promise<void> {
  let read = 0
  output.on('data', (dots: Buffer) => (read += dots.length))
  while (read < count) await once(output, 'data')
}
