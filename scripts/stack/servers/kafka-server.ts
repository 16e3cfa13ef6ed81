/** A real Apache Kafka of one node on this machine, for the native stack and for tests. Prints nothing. */
import { brokerName, type BrokerFolder, launchBroker, prepareFolder, stopBroker } from './broker.ts'
import { findDaemon } from '../../process/daemon.ts'
import { type ManagedServer, startManagedServer } from '../../process/managed-server.ts'
import { ensureKafkaJars } from './kafka-install.ts'

export interface KafkaOptions extends BrokerFolder {
  /** Told what takes time: downloads, the first start. */
  log?: (line: string) => void
  /** The broker goes on when this process ends. Default false: it is killed then, whatever the reason, but SIGKILL. */
  keepRunning?: boolean
}

export interface Kafka extends ManagedServer {
  /** `127.0.0.1:<port>` */
  readonly bootstrap: string
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
  const server = await startManagedServer({
    launch: () => launchBroker(install, options),
    stop: stopBroker,
    keepRunning: options.keepRunning ?? false,
  })
  return Object.assign(server, { bootstrap: `127.0.0.1:${options.port}` })
}
