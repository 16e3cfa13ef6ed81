/** A real Apache Kafka of one node on this machine, for the native stack and for tests. Prints nothing. */
import type { ProcessIdentity } from '../bootstrap/process-identity.mjs'
import { brokerName, type BrokerFolder, launchBroker, prepareFolder, stopBroker } from './broker.ts'
import { findDaemon, killDaemon, signal } from '../process/daemon.ts'
import { ensureKafkaJars } from './kafka-install.ts'

export interface KafkaOptions extends BrokerFolder {
  /** Told what takes time: downloads, the first start. */
  log?: (line: string) => void
  /** The broker goes on when this process ends. Default false: it is killed then, whatever the reason, but SIGKILL. */
  keepRunning?: boolean
}

export interface Kafka {
  /** `127.0.0.1:<port>` */
  readonly bootstrap: string
  readonly pid: number
  /** After `stop` or `kill`: the same broker on the same data and ports. */
  start(): Promise<void>
  /** In order, within seconds. */
  stop(): Promise<void>
  /** As a power cut. */
  kill(): Promise<void>
  /** Freezes it: connections stay open and nothing answers. */
  pause(): void
  resume(): void
}

/**
 * Starts a broker and returns once it serves. A broker that an earlier, killed run left in the same folder is stopped
 * first; its data is kept. Topics are not created by themselves.
 * @throws Stop when Java or Maven is missing or Kafka cannot be fetched
 */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const install = await ensureKafkaJars(options.log ?? (() => undefined))
  const left = findDaemon(options.dir, brokerName)
  if (left) await stopBroker(left)
  await prepareFolder(install, options)
  let broker: ProcessIdentity
  const killAtExit = () => signal(broker, 'SIGKILL')
  const start = async () => {
    broker = await launchBroker(install, options)
    if (!options.keepRunning) process.once('exit', killAtExit)
  }
  await start()
  return {
    bootstrap: `127.0.0.1:${options.port}`,
    get pid() {
      return broker.pid
    },
    start,
    stop: async () => {
      await stopBroker(broker)
      process.removeListener('exit', killAtExit)
    },
    kill: async () => {
      await killDaemon(broker)
      process.removeListener('exit', killAtExit)
    },
    pause: () => signal(broker, 'SIGSTOP'),
    resume: () => signal(broker, 'SIGCONT'),
  }
}
