// Finds the Java that runs Kafka.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const oldestJava = 17

/** @returns {{ command: string, version: string } | undefined} a Java for Kafka 4: from JAVA_HOME, else from PATH */
export function findJava() {
  const home = process.env.JAVA_HOME
  const ofHome = join(home ?? '', 'bin', process.platform === 'win32' ? 'java.exe' : 'java')
  const commands = home && existsSync(ofHome) ? [ofHome, 'java'] : ['java']
  for (const command of commands) {
    const version = versionOf(command)
    if (version && Number.parseInt(version, 10) >= oldestJava) return { command, version }
  }
  return undefined
}

/** @param {string} command @returns {string | undefined} such as "17.0.15"; undefined without Java */
function versionOf(command) {
  const { status, stderr } = spawnSync(command, ['-version'], { encoding: 'utf8' })
  return status === 0 ? /version "([^"]+)"/.exec(stderr)?.[1] : undefined
}
