/** Debian packages of a private engine and its image tools. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { onPath } from '../bootstrap/find-program.mjs'
import { provide } from '../bootstrap/system.mjs'

const programs = [
  // the engine and its command
  { thing: 'dockerd', packages: ['docker.io'] },
  // the container runtime
  { thing: 'runc', packages: ['runc'] },
  // reads compose.yaml; Debian 12 has the older compose
  { thing: 'docker-compose', packages: ['docker-compose'] },
  // creates the root file system of the fallback for debian:bookworm-slim
  { thing: 'mmdebstrap', packages: ['mmdebstrap'] },
]
/** Debian packages run it before they start a service. */
const servicePolicy = '/usr/sbin/policy-rc.d'

/** The package must not start its engine as a system service: the tests start and stop their own. */
export async function installEngine(): Promise<void> {
  const missing = programs.filter(({ thing }) => !onPath(thing))
  if (missing.length === 0) return
  const ours = !existsSync(servicePolicy)
  if (ours) writeFileSync(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await provide(missing)
  } finally {
    if (ours) rmSync(servicePolicy, { force: true })
  }
}
