// Folder outside the repository for all files that the scripts download, compile or run.
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { identityOf, isRunning } from './process-identity.mjs'
import { printLine } from './console-output.mjs'

/**
 * @param {...string} parts below the cache folder
 * @returns {string} an absolute path; nothing is created
 */
export function cachePath(...parts) {
  const { REMO_CACHE_DIR, XDG_CACHE_HOME } = process.env
  const root = REMO_CACHE_DIR ? resolve(REMO_CACHE_DIR) : join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'remo')
  return join(root, ...parts)
}

/**
 * Builds a folder next to its target and renames it when complete. An interrupted run leaves no partial target.
 * @param {string} target the final folder
 * @param {(work: string) => Promise<string | void>} build fills `work`; may return a folder inside it to publish instead
 */
export async function publishFolder(target, build) {
  const work = `${target}.partial`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const made = (await build(work)) ?? work
  rmSync(target, { recursive: true, force: true })
  renameSync(made, target)
  rmSync(work, { recursive: true, force: true })
}

/**
 * Runs `work` while holding a lock between processes. Takes over the lock of a dead process.
 * @template T
 * @param {string} name a file name
 * @param {() => Promise<T>} work
 * @param {string} [folder] default: the cache folder
 * @returns {Promise<T>}
 */
export async function withLock(name, work, folder = cachePath('locks')) {
  const file = join(folder, `${name}.lock`)
  mkdirSync(folder, { recursive: true })
  let printed = false
  while (!take(file)) {
    const holder = readHolder(file)
    if (holder && !isRunning(holder)) {
      rmSync(file, { force: true })
      continue
    }
    if (!printed && holder && holder.pid !== process.pid)
      printLine(`waiting for process ${holder.pid} to prepare ${name}`)
    printed = printed || holder !== undefined
    await delay(200)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** @param {string} file @returns {boolean} */
function take(file) {
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, JSON.stringify(identityOf(process.pid)))
    closeSync(handle)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** @param {string} file @returns {import('./process-identity.mjs').ProcessIdentity | undefined} */
function readHolder(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // released, or not written yet: check again
  }
}
