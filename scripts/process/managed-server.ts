import type { ProcessIdentity } from '../bootstrap/process-identity.mjs'
import { killDaemon, signal } from './daemon.ts'

/** A server on this machine, under the control of this process. */
export interface ManagedServer {
  readonly pid: number
  /** After `stop` or `kill`: starts it again on the same data and port. */
  start(): Promise<void>
  /** Orderly, within seconds. */
  stop(): Promise<void>
  /** Like a power cut. */
  kill(): Promise<void>
  /** Freezes it: connections stay open without responses. */
  pause(): void
  resume(): void
}

export interface ServerOptions {
  /** Resolves when it serves. */
  readonly launch: () => Promise<ProcessIdentity>
  readonly stop: (server: ProcessIdentity) => Promise<void>
  /** Whether it keeps running after this process exits. Otherwise any exit but SIGKILL kills it. */
  readonly keepRunning: boolean
}

export async function startManagedServer({ launch, stop, keepRunning }: ServerOptions): Promise<ManagedServer> {
  let server: ProcessIdentity
  const killAtExit = () => signal(server, 'SIGKILL')
  const start = async () => {
    server = await launch()
    if (!keepRunning) process.once('exit', killAtExit)
  }
  const end = async (by: (running: ProcessIdentity) => Promise<void>) => {
    await by(server)
    process.removeListener('exit', killAtExit)
  }
  await start()
  return {
    get pid() {
      return server.pid
    },
    start,
    stop: () => end(stop),
    kill: () => end(killDaemon),
    pause: () => signal(server, 'SIGSTOP'),
    resume: () => signal(server, 'SIGCONT'),
  }
}
