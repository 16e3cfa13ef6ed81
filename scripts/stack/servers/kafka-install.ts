/**
 * Apache Kafka's jars, fetched once with Maven, and a class archive for this Java version that halves the start time of
 * the broker. Both stay in the cache, one folder per version.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachePath, publishFolder, withLock } from '../../bootstrap/cache.mjs'
import { kafkaFolder, kafkaPom } from '../../bootstrap/kafka-folder.mjs'
import { findJava } from '../../bootstrap/java.mjs'
import { reasonIn, runQuietly } from '../../bootstrap/run-command.mjs'
import { UserError } from '../../bootstrap/console-output.mjs'
import { onPath } from '../../bootstrap/find-program.mjs'
import { type KafkaInstall, launchBroker, prepareFolder, stopBroker } from './broker.ts'
import { freePort } from '../../process/free-port.ts'

type PrintLine = (line: string) => void

/**
 * Provides the files of a broker; instant if they are in the cache.
 * @param log receives a line before each download
 * @throws UserError if Java or Maven is missing or the download fails
 */
export async function ensureKafkaJars(log: PrintLine): Promise<KafkaInstall> {
  const java = findJava()
  if (!java) throw new UserError('Kafka requires Java 17 or newer. Install it or set JAVA_HOME.')
  const { version, folder, libs } = kafkaFolder()
  const archive = join(folder, `classes-java-${java.version}.jsa`)
  const install = { java: java.command, libs, archive }
  if (existsSync(libs) && existsSync(archive)) return install
  await withLock(`kafka-${version}`, async () => {
    if (!existsSync(libs)) await fetchJars(folder, version, log)
    if (!existsSync(archive)) await archiveClasses(install, log)
  })
  return install
}

/** `-C`: Maven refuses jars with a wrong checksum. */
async function fetchJars(folder: string, version: string, log: PrintLine): Promise<void> {
  if (!onPath('mvn')) throw new UserError('ReMo downloads Kafka with Maven. Install it and try again.')
  log(`downloading Apache Kafka ${version} with Maven (42 jars, 40 MB)`)
  await publishFolder(folder, async (work) => {
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${join(work, 'libs')}`, '-DincludeScope=runtime']
    const { ok, output } = await runQuietly('mvn', ['-q', '-B', '-C', '-f', kafkaPom, ...goal])
    if (!ok) throw new UserError(`Maven could not download Kafka. Check the network and try again: ${reasonIn(output)}`)
  })
}

/** A throw-away run of the broker writes its loaded classes when it stops. */
async function archiveClasses(install: KafkaInstall, log: PrintLine): Promise<void> {
  log('preparing a class archive, once, so that Kafka starts faster')
  const dir = cachePath('kafka-archive-run.partial')
  rmSync(dir, { recursive: true, force: true })
  const folder = { dir, port: await freePort(), controllerPort: await freePort() }
  const made = join(dir, 'classes.jsa')
  await prepareFolder(install, folder)
  await stopBroker(await launchBroker(install, { ...folder, writeArchiveTo: made }))
  if (existsSync(made)) renameSync(made, install.archive)
  else writeFileSync(install.archive, '') // this Java writes none: do not retry, Kafka starts without it
  rmSync(dir, { recursive: true, force: true })
}
