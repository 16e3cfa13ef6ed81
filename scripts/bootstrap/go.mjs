// Finds the Go that builds the programs of the test stage `field`.
import { spawnSync } from 'node:child_process'

/** The first Go that fetches a newer one, if a module asks for it. */
const oldestMinor = 21

/** @returns {string | undefined} such as "1.26.3"; undefined without a Go that can build them */
export function findGo() {
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' })
  const [, version, minor] = (status === 0 && /^go(1\.(\d+)\S*)/.exec(stdout)) || []
  return Number(minor) >= oldestMinor ? version : undefined
}
