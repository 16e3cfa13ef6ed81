import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../scripts/process/free-port.ts'
import { electronPath } from '../tests/support/running-console.ts'

export interface HiddenApp {
  /** Of the virtual desktop. It needs a tray: without one, a hidden start shows the window. */
  readonly desktop: NodeJS.ProcessEnv
  readonly bootstrap: string
  readonly topicPattern: string
  readonly dataDir: string
}

/** The built app in the tray, live, without a debugger, which would wake it. */
export async function startHiddenApp({ desktop, bootstrap, topicPattern, dataDir }: HiddenApp): Promise<ChildProcess> {
  const port = await freePort()
  const env = {
    ...desktop,
    KAFKA_BOOTSTRAP_SERVERS: bootstrap,
    KAFKA_TOPIC_PATTERN: topicPattern,
    REMO_DATA_DIR: dataDir,
    PROMETHEUS_PORT: String(port),
  }
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const app = spawn(electronPath(), ['.', '--hidden', ...sandbox], { env, stdio: 'ignore' })
  try {
    await untilLive(app, port)
  } catch (error) {
    await endApp(app)
    throw error
  }
  return app
}

async function untilLive(app: ChildProcess, port: number): Promise<void> {
  for (let left = 120; left > 0; left--) {
    if (app.exitCode !== null) throw new Error(`the app exited with code ${app.exitCode}`)
    const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
      (response) => response.text(),
      () => '',
    )
    if (text.includes('\nremo_console_live 1')) return
    await delay(500)
  }
  throw new Error('the app was not live within a minute')
}

export async function endApp(app: ChildProcess): Promise<void> {
  if (app.exitCode !== null) return
  const exited = once(app, 'exit')
  app.kill('SIGTERM')
  await exited
}
