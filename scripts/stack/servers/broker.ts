/** Runs the Java programs of an Apache Kafka on this machine. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'
import { isRunning, type ProcessIdentity } from '../../bootstrap/process-identity.mjs'
import { logTail, startDaemon, stopDaemon } from '../../process/daemon.ts'

export interface KafkaInstall {
  java: string
  /** Folder of the jars. */
  libs: string
  /** Class archive of this Java; empty if it writes none. */
  archive: string
}

export interface BrokerFolder {
  /** Folder for settings, data, log and process record of one broker. */
  dir: string
  port: number
  controllerPort: number
  /** Further lines of server.properties, such as `{ 'log.retention.ms': '60000' }`. They override the template. */
  properties?: Readonly<Record<string, string>>
  /** Brokers of one cluster share it: 16 bytes in base64url. Default: a random one. */
  clusterId?: string
}

interface Launch extends BrokerFolder {
  writeArchiveTo?: string
}

export const brokerName = 'kafka'
const templates = join(import.meta.dirname, '..', 'kafka')
const startWithinMs = 90_000
const stopWithinMs = 30_000

export function randomClusterId(): string {
  // StorageTool would take an id that begins with a dash for an option
  return randomBytes(16).toString('base64url').replace(/^-/, 'A')
}

/** Writes the settings, and formats the data folder on the first call. */
export async function prepareFolder(install: KafkaInstall, folder: BrokerFolder): Promise<void> {
  const data = join(folder.dir, 'data')
  mkdirSync(folder.dir, { recursive: true })
  const settings = readFileSync(join(templates, 'server.properties'), 'utf8')
    .replaceAll('@PORT@', String(folder.port))
    .replaceAll('@CONTROLLER_PORT@', String(folder.controllerPort))
    .replaceAll('@DATA@', data.replaceAll('\\', '/')) // in a properties file, a backslash escapes
  const extra = Object.entries(folder.properties ?? {}).map(([key, value]) => `${key}=${value}\n`)
  writeFileSync(settingsOf(folder.dir), settings + extra.join(''))
  if (existsSync(join(data, 'meta.properties'))) return
  const clusterId = folder.clusterId ?? randomClusterId()
  const args = [
    '-Xmx128m',
    ...quickStart,
    ...logTo,
    '-cp',
    '*',
    'kafka.tools.StorageTool',
    'format',
    `--cluster-id=${clusterId}`,
  ]
  await promisify(execFile)(install.java, [...args, '-c', settingsOf(folder.dir)], { cwd: install.libs })
}

/** Starts the broker and waits until it answers. */
export async function launchBroker(install: KafkaInstall, launch: Launch): Promise<ProcessIdentity> {
  const identity = await startDaemon({
    name: brokerName,
    dir: launch.dir,
    // a relative class path: the archive stays valid if the cache is mounted at another path
    cwd: install.libs,
    command: install.java,
    args: [
      '-Xmx256m',
      ...quickStart,
      ...archiveOption(install, launch),
      ...logTo,
      '-cp',
      '*',
      'kafka.Kafka',
      settingsOf(launch.dir),
    ],
  })
  try {
    await untilServing(`127.0.0.1:${launch.port}`, identity)
  } catch (cause) {
    await stopBroker(identity)
    const end = logTail(launch.dir, brokerName)
    throw new Error(`Kafka did not become ready on port ${launch.port}. End of its log:\n${end}`, { cause })
  }
  return identity
}

export function stopBroker(identity: ProcessIdentity): Promise<void> {
  return stopDaemon(identity, stopWithinMs)
}

const quickStart = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const logTo = [`-Dlog4j2.configurationFile=${pathToFileURL(join(templates, 'log4j2.properties')).href}`]

function archiveOption(install: KafkaInstall, launch: Launch): string[] {
  if (launch.writeArchiveTo)
    return [`-XX:ArchiveClassesAtExit=${launch.writeArchiveTo}`, '-Xlog:cds=error', '-Xlog:cds+dynamic=error']
  const usable = existsSync(install.archive) && statSync(install.archive).size > 0
  return usable ? [`-XX:SharedArchiveFile=${install.archive}`] : []
}

function settingsOf(dir: string): string {
  return join(dir, 'server.properties')
}

/** An open port is not enough: the broker answers clients only after the controller has admitted it. */
async function untilServing(bootstrap: string, broker: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + startWithinMs
  for (;;) {
    const problem = await probeBroker(bootstrap)
    if (!problem) return
    if (!isRunning(broker)) throw new Error('it stopped immediately', { cause: problem })
    if (Date.now() > deadline) throw new Error(`no answer within ${startWithinMs / 1000} s`, { cause: problem })
    await delay(100)
  }
}

/** undefined if a broker answers, else the reason. */
export async function probeBroker(bootstrap: string): Promise<unknown> {
  const client = new Kafka({
    brokers: [bootstrap],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2000,
    retry: { retries: 0 },
  })
  const admin = client.admin()
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    return brokers.length > 0 ? undefined : new Error('no broker has joined the cluster')
  } catch (error) {
    return error
  } finally {
    await admin.disconnect()
  }
}
