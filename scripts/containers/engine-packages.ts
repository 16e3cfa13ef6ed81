/** What a private engine and its images are made with, from Debian's archive. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { onPath, provide } from '../bootstrap/system.mjs'

const programs = [
  // the engine and its command
  { thing: 'dockerd', packages: ['docker.io'] },
  // what it starts containers with
  { thing: 'runc', packages: ['runc'] },
  // reads compose.yaml; Debian 12 has the older of the two composes
  { thing: 'docker-compose', packages: ['docker-compose'] },
  // makes the root file system that stands in for debian:bookworm-slim
  { thing: 'mmdebstrap', packages: ['mmdebstrap'] },
]
/** Debian's packages ask it before they start a service. */
const servicePolicy = '/usr/sbin/policy-rc.d'

/** The engine is run by us and ends with the tests, so its package must not start one as a service of the machine. */
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
