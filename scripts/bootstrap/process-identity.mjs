// Process ids are reused, so only id and start time together identify a process.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** @typedef {{ pid: number, started: string }} ProcessIdentity */

/**
 * @param {number} pid
 * @returns {string | undefined} start time of the process, only for comparison; undefined if it does not run
 */
export function startTimeOf(pid) {
  if (process.platform === 'linux') return startFromProc(pid)
  if (process.platform === 'win32') return startFromPowerShell(pid)
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined // ps exits with 1 if the process does not exist
  }
}

/** @param {number} pid @returns {ProcessIdentity} */
export function identityOf(pid) {
  return { pid, started: startTimeOf(pid) ?? 'gone' }
}

/** @param {ProcessIdentity} identity @returns {boolean} whether this process runs */
export function isRunning(identity) {
  return startTimeOf(identity.pid) === identity.started
}

/** @param {number} pid */
function startFromProc(pid) {
  let stat
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // proc(5): the name in field 2 may contain blanks and brackets; state is field 3, starttime field 22
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

/** Start times from PowerShell, which takes half a second: this process asks for its own one often. */
const ownStart = new Map()

/** @param {number} pid @returns {string | undefined} 'unknown' where PowerShell does not answer */
function startFromPowerShell(pid) {
  if (!isThere(pid)) return undefined
  const known = ownStart.get(pid)
  if (known !== undefined) return known
  const command = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`
  const args = ['-NoProfile', '-NonInteractive', '-Command', command]
  const { stdout } = spawnSync('powershell.exe', args, { encoding: 'utf8', windowsHide: true, timeout: 10_000 })
  const started = /^\d+/.exec(stdout ?? '')?.[0] ?? 'unknown'
  if (pid === process.pid) ownStart.set(pid, started)
  return started
}

/** @param {number} pid */
function isThere(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
