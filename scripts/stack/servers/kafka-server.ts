/** A real single-node Apache Kafka on this machine, for the native stack and for tests. Prints nothing. */
import { brokerName, type BrokerFolder, launchBroker, prepareFolder, stopBroker } from './broker.ts'
import { findDaemon } from '../../process/daemon.ts'
import { type ManagedServer, startManagedServer } from '../../process/managed-server.ts'
import { ensureKafkaJars } from './kafka-install.ts'

export interface KafkaOptions extends BrokerFolder {
  /** Receives a line before each slow step: downloads, the first start. */
  log?: (line: string) => void
  /** Whether the broker keeps running after this process exits. Default false: any exit but SIGKILL kills it. */
  keepRunning?: boolean
}

export interface Kafka extends ManagedServer {
  /** `127.0.0.1:<port>` */
  readonly bootstrap: string
}

/**
 * Starts a broker and resolves when it serves. First stops a broker of a killed run in the same folder, and keeps its
 * data. Unless `properties` change it, the broker does not create topics automatically.
 * @throws UserError if Java or Maven is missing or the download of Kafka fails
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
