import type { ProcessIdentity } from '../bootstrap/process-identity.mjs'
import { killDaemon, signal } from './daemon.ts'

/** A server of ours on this machine, for as long as somebody holds it. */
export interface ManagedServer {
  readonly pid: number
  /** After `stop` or `kill`: the same server on the same data and port. */
  start(): Promise<void>
  /** In order, within seconds. */
  stop(): Promise<void>
  /** As a power cut. */
  kill(): Promise<void>
  /** Freezes it: connections stay open and nothing answers. */
  pause(): void
  resume(): void
}

export interface ServerOptions {
  /** Returns once it serves. */
  readonly launch: () => Promise<ProcessIdentity>
  readonly stop: (server: ProcessIdentity) => Promise<void>
  /** It goes on when this process ends; else it is killed then, whatever the reason, but SIGKILL. */
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
