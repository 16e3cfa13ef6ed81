/** The stage in real containers: compose.yaml, unchanged, on the engine that answers or on a private one. */
import { withLock } from '../bootstrap/cache.mjs'
import { say, Stop } from '../bootstrap/say.mjs'
import { listenForStop } from '../console/stop-request.ts'
import { type Engine, provideEngine } from '../containers/engine.ts'
import { provideImages } from '../containers/stand-ins.ts'
import type { Count } from './report.ts'
import { runVitest } from './runners.ts'

/** One at a time on a machine: there is one private engine, and the demo's ports. */
export function runContainers(results: string, options: readonly string[]): Promise<Count> {
  listenForStop() // a signal ends what we run; the engine is still to be stopped then
  return withLock('engine', async () => {
    const engine = await findEngine()
    if (!engine) return { passed: 0, failed: 0, skipped: 1 }
    try {
      await provideImages(engine)
      // the tests find the engine by it
      Object.assign(process.env, engine.env, { REMO_TEST_COMPOSE: JSON.stringify(engine.compose) })
      return await runVitest('containers', results, options)
    } catch (error) {
      if (!(error instanceof Stop)) throw error
      say(`containers cannot run: ${error.message}`)
      return { passed: 0, failed: 1 }
    } finally {
      await engine.release()
    }
  })
}

async function findEngine(): Promise<Engine | undefined> {
  try {
    return await provideEngine()
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    say(`the stage is SKIPPED: ${error.message}`)
    return undefined
  }
}
