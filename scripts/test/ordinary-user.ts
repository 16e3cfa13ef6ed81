/**
 * Runs a program as an ordinary user that root creates for it. The checkout and the cache may be in folders that this
 * user cannot read (below /root). A private mount namespace shows them to that program, read-only except its results.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cachePath } from '../bootstrap/cache.mjs'
import { runInForeground, runQuietly } from '../bootstrap/run-command.mjs'
import { printLine } from '../bootstrap/console-output.mjs'

export const user = 'remo-e2e'
/** Where the program finds the checkout, the cache and its runtimes. */
export const mounts = {
  checkout: '/mnt/remo-checkout',
  cache: '/mnt/remo-cache',
  electron: '/mnt/remo-electron',
  node: '/mnt/remo-node',
}

/** What runs as the ordinary user. */
export interface Work {
  root: string
  /** Folder that receives the program's `test-results`. */
  results: string
  reportName: string
  /** Arguments of Node; paths are relative to the root. */
  args: readonly string[]
}

export async function canSwitchUser(): Promise<boolean> {
  return (await runQuietly('unshare', ['--mount', 'true'])).ok && (await hasUser())
}

/** @returns the program's exit code */
export async function runAsOrdinaryUser({ root, results, reportName, args }: Work): Promise<number> {
  printLine(`runs as the user ${user}, with Chromium's sandbox`)
  const { uid, gid } = idsOf(user)
  const own = mkdtempSync(join(tmpdir(), 'remo-e2e-')) // for results and the runtime folder
  const [ownResults, runtime] = [join(own, 'results'), join(own, 'runtime')]
  for (const folder of [own, ownResults, runtime]) {
    mkdirSync(folder, { recursive: true })
    chownSync(folder, uid, gid)
    chmodSync(folder, 0o700)
  }
  const script = [
    ...folders(root, ownResults).map(([from, to]) => `mount --bind ${quoted(from)} ${quoted(to)}`),
    `cd ${mounts.checkout}`,
    `exec ${asUser(environment(runtime, reportName), args)}`,
  ]
  for (const mount of Object.values(mounts)) mkdirSync(mount, { recursive: true })
  try {
    return await runInForeground('unshare', ['--mount', 'sh', '-ec', script.join('\n')])
  } finally {
    cpSync(ownResults, results, { recursive: true })
    rmSync(own, { recursive: true, force: true })
  }
}

/** Folders of this machine, and where the program finds them; in this order. */
export function folders(root: string, results: string): ReadonlyArray<readonly [from: string, to: string]> {
  return [
    [root, mounts.checkout],
    [cachePath(), mounts.cache],
    [process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? root, mounts.electron],
    [dirname(dirname(process.execPath)), mounts.node],
    [results, join(mounts.checkout, 'test-results')],
  ]
}

/** A command of the shell that runs Node as the ordinary user. */
export function asUser(environment: readonly string[], args: readonly string[]): string {
  return `runuser -u ${user} -- env -i ${environment.map(quoted).join(' ')} node ${args.map(quoted).join(' ')}`
}

/** A clean environment: nothing of root's session leaks into the stage. */
export function environment(runtime: string, reportName: string): string[] {
  const passed = ['LANG', 'TZ', 'NODE_EXTRA_CA_CERTS', 'JAVA_HOME', 'CI'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [`${name}=${value}`]
  })
  return [
    ...passed,
    `HOME=/home/${user}`,
    `USER=${user}`,
    `PATH=${mounts.node}/bin:/usr/local/bin:/usr/bin:/bin`,
    `XDG_RUNTIME_DIR=${runtime}`,
    `REMO_CACHE_DIR=${mounts.cache}`,
    `ELECTRON_OVERRIDE_DIST_PATH=${mounts.electron}`,
    `ELECTRON_EXEC_PATH=${mounts.electron}/electron`,
    `PLAYWRIGHT_JSON_OUTPUT_NAME=${mounts.checkout}/test-results/${reportName}`,
  ]
}

async function hasUser(): Promise<boolean> {
  if ((await runQuietly('id', ['-u', user])).ok) return true
  return (await runQuietly('useradd', ['--create-home', '--shell', '/bin/sh', user])).ok
}

export function idsOf(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
