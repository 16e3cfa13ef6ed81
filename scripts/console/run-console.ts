/**
 * One run of the console with stack, desktop and app. It first cleans up after killed runs. At its end it stops
 * everything that it started, in reverse order.
 */
import { cachePath } from '../bootstrap/cache.mjs'
import { hasDisplay } from '../bootstrap/needs.mjs'
import { printLine, secondsSince } from '../bootstrap/console-output.mjs'
import { type VirtualDesktop, startVirtualDesktop } from '../desktop/virtual-desktop.ts'
import { demoAccount } from '../stack/demo.ts'
import { demoKafka } from '../stack/demo.ts'
import { demoNodes } from '../stack/demo.ts'
import { releaseStack, ownerOfStack, claimStack } from '../stack/stack-owner.ts'
import { openStack } from '../stack/open-stack.ts'
import { type Mode, startApp } from './console-app.ts'
import { ensureBuild } from './build.ts'
import { metricsAddress, waitUntilLive } from './wait-until-live.ts'
import { takeScreenshot } from './screenshot.ts'
import { claimRunFolder, clearDeadRuns, clearRun } from './run-folder.ts'
import { listenForStop } from './stop-request.ts'

type Undo = (() => Promise<void>)[]

/** @returns the console's exit code; 130 or 143 if the user interrupted the run */
export async function runConsole(mode: Mode, flags: readonly string[]): Promise<number> {
  const begin = Date.now()
  const stop = listenForStop()
  const undo: Undo = []
  try {
    await clearDeadRuns()
    if (mode === 'start') await ensureBuild()
    stop.signal.throwIfAborted()
    const server = flags.includes('--demo') ? withoutServer() : await provideServer(undo)
    stop.signal.throwIfAborted()
    const dir = claimRunFolder()
    undo.push(() => clearRun(dir))
    const desktop = hasDisplay() ? undefined : await provideDesktop(dir)
    stop.signal.throwIfAborted()
    const env = { ...(desktop?.env ?? process.env), ...server.env }
    const address = await metricsAddress()
    const app = await startApp({ mode, dir, env, flags })
    const end = AbortSignal.any([stop.signal, exitCodeOf(app.exited)])
    await printWhenLive({ begin, address, desktop, nodes: server.nodes, end })
    return await Promise.race([app.exited, stop.requested])
  } catch (error) {
    if (stop.signal.aborted) return await stop.requested
    throw error
  } finally {
    if (undo.length > 0) printLine('stopping everything that this run started')
    for (const step of undo.toReversed()) await step()
  }
}

interface DemoServers {
  /** Passes the stack's addresses to the console. */
  env: NodeJS.ProcessEnv
  nodes: readonly string[]
}

/** The app simulates its own servers. */
function withoutServer(): DemoServers {
  printLine('--demo: the app simulates its own servers, not starting the demo stack')
  return { env: {}, nodes: [] }
}

/** The demo stack, or the cluster and backend that the user configured. */
async function provideServer(undo: Undo): Promise<DemoServers> {
  const named = process.env['KAFKA_BOOTSTRAP_SERVERS']
  if (named) {
    printLine(`KAFKA_BOOTSTRAP_SERVERS is set: reading from ${named}, not starting the demo stack`)
    return { env: {}, nodes: [] }
  }
  const stack = openStack()
  const owner = ownerOfStack()
  if (owner.kind === 'dead') {
    printLine(`stopping the stack that an earlier run (process ${owner.pid}) left running`)
    await stack.down()
    releaseStack()
  }
  const ofSomebodyElse = owner.kind === 'alive' || (await stack.isUp())
  if (!ofSomebodyElse) {
    claimStack()
    undo.push(async () => {
      await stack.down()
      releaseStack()
    })
  }
  printLine(ofSomebodyElse ? 'using the running stack; it stays up afterwards' : `starting the stack (${stack.kind})`)
  await stack.up()
  printLine(`sign in with username ${demoAccount.username}, password ${demoAccount.password}`)
  return {
    env: {
      ...demoKafka(stack.bootstrap),
      REMO_BACKEND_URL: process.env['REMO_BACKEND_URL'] || stack.backend,
    },
    nodes: demoNodes.map(({ id }) => id),
  }
}

async function provideDesktop(dir: string): Promise<VirtualDesktop> {
  printLine('no display found: starting a virtual desktop (Xvfb, session bus, dunst, keychain)')
  return startVirtualDesktop({ dir })
}

interface Showing {
  begin: number
  /** Port of the console's Prometheus metrics; without it the run cannot see when the console is live. */
  address: string | undefined
  desktop: VirtualDesktop | undefined
  nodes: readonly string[]
  /** Aborted when the console or the run ends. */
  end: AbortSignal
}

async function printWhenLive({ begin, address, desktop, nodes, end }: Showing): Promise<void> {
  try {
    if (address) {
      await waitUntilLive(address, nodes, end)
      printLine(`live data after ${secondsSince(begin)}; Prometheus metrics: ${address}`)
    }
    if (desktop) {
      const picture = cachePath('screen.png')
      await takeScreenshot(desktop, picture, end)
      printLine(`screenshot: ${picture}`)
    }
    printLine('press Ctrl+C to stop everything')
  } catch (error) {
    if (!end.aborted) throw error
  }
}

function exitCodeOf(exited: Promise<number>): AbortSignal {
  const ended = new AbortController()
  void exited.then(() => ended.abort())
  return ended.signal
}
