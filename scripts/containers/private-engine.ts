/**
 * A private dockerd without systemd. It adds one firewall rule: containers may reach each other where forwarding is
 * closed. Its proxy publishes ports on this machine; containers have no route to other machines.
 * Images stay in the cache for the next run.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { cachePath } from '../bootstrap/cache.mjs'
import { isRunning, type ProcessIdentity } from '../bootstrap/process-identity.mjs'
import { printLine, secondsSince } from '../bootstrap/console-output.mjs'
import { findDaemon, logTail, startDaemon, stopDaemon } from '../process/daemon.ts'

const name = 'dockerd'
/** Short, because the path of a Unix socket has at most 107 characters. */
const dir = '/run/remo-engine'
const host = `unix://${join(dir, 'docker.sock')}`
/** Address range of all its networks. */
const addresses = '10.213.0.0/16'
const betweenContainers = ['FORWARD', '--source', addresses, '--destination', addresses, '--jump', 'ACCEPT']
const run = promisify(execFile)
const startWithinMs = 60_000
/** Includes stopping its containers, 10 s each by default. */
const stopWithinMs = 40_000
/** Magic numbers (statfs(2)) of file systems that overlay2 does not support: overlayfs, NFS, FUSE. */
const unstackable = [0x794c7630, 0x6969, 0x65735546]

/** @returns the address for DOCKER_HOST */
export async function startPrivateEngine(): Promise<string> {
  const begin = Date.now()
  await launch()
  await run('iptables', ['--insert', ...betweenContainers])
  printLine(`private Docker engine is ready (${secondsSince(begin)})`)
  return host
}

/**
 * Removes its containers, which all belong to these tests, and stops it. A killed engine is started again first: its
 * containers outlive it, and it finds them again.
 */
export async function stopPrivateEngine(): Promise<void> {
  if (!existsSync(dir)) return
  const engine = findDaemon(dir, name) ?? (await launch())
  await clear()
  await stopDaemon(engine, stopWithinMs)
  await run('iptables', ['--delete', ...betweenContainers]).catch(() => undefined) // the run was killed before it added the rule
  await unmount()
  rmSync(dir, { recursive: true, force: true })
}

async function launch(): Promise<ProcessIdentity> {
  const settings = join(dir, 'daemon.json')
  mkdirSync(dir, { recursive: true })
  writeFileSync(settings, JSON.stringify(daemonSettings(), null, 2))
  rmSync(join(dir, 'dockerd.pid'), { force: true }) // the engine is dead; a leftover file would prevent the next start
  const engine = await startDaemon({ name, dir, command: name, args: ['--config-file', settings] })
  await untilAnswering(engine)
  return engine
}

/** dockerd leaves its network namespaces mounted, and after a crash its data folders. */
async function unmount(): Promise<void> {
  const mounted = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const ours = mounted
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => [dir, dataRoot()].some((root) => path === root || path.startsWith(`${root}/`)))
  if (ours.length > 0) await run('umount', ['--lazy', ...ours.toReversed()])
}

function daemonSettings(): Record<string, unknown> {
  const root = dataRoot()
  mkdirSync(root, { recursive: true })
  const files = openFilesLimit()
  return {
    'data-root': root,
    'exec-root': join(dir, 'exec'),
    pidfile: join(dir, 'dockerd.pid'),
    hosts: [host],
    'storage-driver': unstackable.includes(statfsSync(root).type) ? 'vfs' : 'overlay2',
    bridge: 'none',
    iptables: false,
    ip6tables: false,
    'ip-forward': false,
    'default-address-pools': [{ base: addresses, size: 24 }],
    // a container's limit cannot exceed our own
    'default-ulimits': { nofile: { Name: 'nofile', Soft: Math.min(files, 65_536), Hard: files } },
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '10m', 'max-file': '2' },
    'shutdown-timeout': 20,
  }
}

function dataRoot(): string {
  return cachePath('engine')
}

/** proc(5): "Max open files", soft, hard, unit. */
function openFilesLimit(): number {
  const hard = /^Max open files +\S+ +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return hard === undefined || hard === 'unlimited' ? 1_048_576 : Number(hard)
}

async function untilAnswering(engine: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + startWithinMs
  while (!(await answers())) {
    if (!isRunning(engine) || Date.now() > deadline) {
      const end = logTail(dir, name)
      await stopDaemon(engine, stopWithinMs)
      throw new Error(`the private Docker engine does not answer. End of its log:\n${end}`)
    }
    await delay(200)
  }
}

async function answers(): Promise<boolean> {
  try {
    await docker('version', '--format', '{{.Server.Version}}')
    return true
  } catch {
    return false // not listening
  }
}

async function clear(): Promise<void> {
  const containers = (await docker('ps', '--all', '--quiet')).split('\n').filter(Boolean)
  if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers)
  await docker('network', 'prune', '--force')
  const volumes = (await docker('volume', 'ls', '--quiet')).split('\n').filter(Boolean)
  if (volumes.length > 0) await docker('volume', 'rm', '--force', ...volumes)
  await docker('image', 'prune', '--force')
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', ['--host', host, ...args], { timeout: 60_000 })
  return stdout
}
