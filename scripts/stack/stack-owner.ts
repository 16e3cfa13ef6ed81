/**
 * The process that stops the stack. `npm start` owns a stack that it started, and stops it at its end. It uses a stack
 * from `npm run stack -- up` or of another `npm start` without stopping it. A dead owner leaves a stale stack.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cachePath } from '../bootstrap/cache.mjs'
import { identityOf, isRunning, type ProcessIdentity } from '../bootstrap/process-identity.mjs'

export type Owner = { kind: 'none' } | { kind: 'alive' | 'dead'; pid: number }

export function ownerOfStack(): Owner {
  let identity: ProcessIdentity
  try {
    identity = JSON.parse(readFileSync(ownerFile(), 'utf8')) as ProcessIdentity
  } catch {
    return { kind: 'none' }
  }
  return { kind: isRunning(identity) ? 'alive' : 'dead', pid: identity.pid }
}

export function claimStack(): void {
  mkdirSync(cachePath(), { recursive: true })
  writeFileSync(ownerFile(), JSON.stringify(identityOf(process.pid)))
}

export function releaseStack(): void {
  rmSync(ownerFile(), { force: true })
}

function ownerFile(): string {
  return cachePath('stack-owner')
}
