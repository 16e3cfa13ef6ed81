/** The stage in real containers: compose.yaml, unchanged, on a running engine or a private one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withLock } from '../bootstrap/cache.mjs'
import { printLine, UserError } from '../bootstrap/console-output.mjs'
import { ensureBuild } from '../console/build.ts'
import { listenForStop } from '../console/stop-request.ts'
import { type ContainerEngine, provideEngine } from '../containers/container-engine.ts'
import { provideImages } from '../containers/fallback-images.ts'
import { stopVirtualDesktop } from '../desktop/virtual-desktop.ts'
import type { Count } from './test-counts.ts'
import { runVitest } from './runners.ts'

/** Root can start the private engine, one per machine whatever the cache folder is. */
const locks = process.platform === 'linux' && process.getuid?.() === 0 ? '/run/remo-locks' : undefined

/** One run at a time: there is one private engine and one project name. */
export function runContainers(results: string, options: readonly string[]): Promise<Count> {
  listenForStop() // after a signal, the engine must still be stopped
  return withLock('engine', () => runOnEngine(results, options), locks)
}

async function runOnEngine(results: string, options: readonly string[]): Promise<Count> {
  const engine = await findEngine()
  if (!engine) return { passed: 0, failed: 0, skipped: 1 }
  const desktop = mkdtempSync(join(tmpdir(), 'remo-desktop-'))
  try {
    await ensureBuild() // for the console that reads from the containers
    await provideImages(engine)
    // gives the tests the engine and a folder for the console's desktop
    Object.assign(process.env, engine.env)
    Object.assign(process.env, { REMO_TEST_COMPOSE: JSON.stringify(engine.compose), REMO_TEST_DESKTOP: desktop })
    return await runVitest('containers', results, options)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    printLine(`containers cannot run: ${error.message}`)
    return { passed: 0, failed: 1 }
  } finally {
    await engine.release()
    await stopVirtualDesktop(desktop) // only left if the tests were killed
    rmSync(desktop, { recursive: true, force: true })
  }
}

async function findEngine(): Promise<ContainerEngine | undefined> {
  try {
    return await provideEngine()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    printLine(`stage SKIPPED: ${error.message}`)
    return undefined
  }
}
